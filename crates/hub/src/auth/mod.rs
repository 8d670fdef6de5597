//! Who is there: PINs, tokens, lock-outs, devices.

mod actor;
mod device;
mod lockout;
mod new_pin;
mod pins;
mod sign_in;
mod token;

pub use actor::Actor;
pub use device::{DevicePolicy, device_of, is_of_the_house, only_paired};
pub use lockout::Gate;
pub use new_pin::{PinRefused, accept as accept_pin};
pub use pins::{PEPPER_FILE, PepperError, Pins, back_up_pepper, restore_pepper};
pub use sign_in::{SignedIn, open_session, sign_in, sign_out};
