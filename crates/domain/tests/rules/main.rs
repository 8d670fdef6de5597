//! What may happen in a room and what comes of it, told as stories, and as laws that hold for any story.

#[cfg(test)]
mod approval;
#[cfg(test)]
mod bill;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod day;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod kitchen;
#[cfg(test)]
mod moves;
mod open_items;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod payment;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod room;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
mod tips;
