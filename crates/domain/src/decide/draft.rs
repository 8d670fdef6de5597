//! A command being decided: what it has found out and done so far.

use std::collections::BTreeMap;

use super::{Answer, Context, Decision, Refusal, World};
use crate::card_number::holds_card_number;
use crate::catalogue::{Catalogue, Item};
use crate::check::{Check, CheckFact, CheckState, LineState, Marked, NOTE_CHARS_MAX};
use crate::fact::Fact;
use crate::ids::{ChangeId, CheckId, IdSource, ItemId, LineId};
use crate::permission::Permission;
use crate::stock::{Stock, StockFact};

pub(super) struct Draft<'a> {
    pub world: &'a World,
    pub context: &'a Context,
    pub ids: IdSource,
    pub answer: Answer,
    checks: BTreeMap<CheckId, Check>,
    facts: Vec<Marked<Fact>>,
    taken: BTreeMap<ItemId, i64>,
    numbers: u32,
}

impl<'a> Draft<'a> {
    pub fn new(world: &'a World, context: &'a Context) -> Self {
        Self {
            world,
            context,
            ids: IdSource::new(&context.idempotency_key),
            answer: Answer::default(),
            checks: BTreeMap::new(),
            facts: Vec::new(),
            taken: BTreeMap::new(),
            numbers: 0,
        }
    }

    pub fn finish(self) -> Decision {
        Decision { facts: self.facts, checks: self.checks, answer: self.answer }
    }

    pub fn allow(&self, permission: Permission) -> Result<(), Refusal> {
        let may = self.context.may(self.catalogue(), permission);
        if may { Ok(()) } else { Err(Refusal::Forbidden(permission)) }
    }

    pub fn catalogue(&self) -> &'a Catalogue {
        &self.world.catalogue
    }

    /// The check as it is by now.
    pub fn check(&self, id: CheckId) -> Result<&Check, Refusal> {
        self.checks
            .get(&id)
            .or_else(|| self.world.checks.get(&id).map(AsRef::as_ref))
            .ok_or(Refusal::Unknown("check"))
    }

    /// The check, which must be open.
    pub fn open_check(&self, id: CheckId) -> Result<&Check, Refusal> {
        let check = self.check(id)?;
        match check.state() {
            CheckState::Open => Ok(check),
            state @ (CheckState::Closed | CheckState::Merged { .. }) => Err(Refusal::CheckNotOpen(state)),
        }
    }

    /// A line of an open check, which must still count.
    pub fn standing_line(&self, check: CheckId, line: LineId) -> Result<&LineState, Refusal> {
        let state = self.open_check(check)?.lines.get(&line).ok_or(Refusal::Unknown("line"))?;
        if state.is_standing() && state.comp.is_none() { Ok(state) } else { Err(Refusal::LineGone) }
    }

    /// Writes down a fact about a check.
    pub fn record(&mut self, id: CheckId, fact: CheckFact) {
        let marked = Marked { mark: self.context.mark(self.facts.len()), fact };
        if let Some(check) = self.checks.get_mut(&id) {
            check.apply(&marked);
        } else {
            let check = match self.world.checks.get(&id) {
                Some(before) => {
                    let mut check = Check::clone(before);
                    check.apply(&marked);
                    Some(check)
                }
                None => Check::open(id, &marked),
            };
            self.checks.extend(check.map(|check| (id, check)));
        }
        self.facts.push(Marked { mark: marked.mark, fact: Fact::Check { id, fact: marked.fact } });
    }

    /// Writes down a fact about something else.
    pub fn record_other(&mut self, fact: Fact) {
        let mark = self.context.mark(self.facts.len());
        self.facts.push(Marked { mark, fact });
    }

    /// Availability of an item, with what this command has taken.
    pub fn stock(&self, item: ItemId) -> Stock {
        let mut stock = self.world.stock.get(&item).copied().unwrap_or_default();
        if let (Some(remaining), Some(taken)) = (stock.remaining.as_mut(), self.taken.get(&item)) {
            *remaining -= taken;
        }
        stock
    }

    /// Takes some of a counted item, or with a negative `quantity` gives it back.
    pub fn take(&mut self, item: ItemId, count: ChangeId, taken: ChangeId, quantity: i64) {
        self.end(item, StockFact::StockTaken { count, taken, quantity, of: None }, quantity);
    }

    /// Writes down a fact about a counted item, by which `quantity` are taken.
    pub fn end(&mut self, item: ItemId, fact: StockFact, quantity: i64) {
        self.record_other(Fact::Stock { id: item, fact });
        *self.taken.entry(item).or_default() += quantity;
    }

    /// The next number for people to call a check by.
    pub fn next_number(&mut self) -> String {
        self.numbers += 1;
        format!("{}{}", self.world.number_prefix, self.world.numbers_given + self.numbers)
    }

    pub fn item(&self, id: ItemId) -> Result<&'a Item, Refusal> {
        let item = self.catalogue().items.get(&id).filter(|item| !item.archived);
        item.ok_or(Refusal::Unknown("item"))
    }
}

/// A reason given by a person: not empty, not too long, no card number.
pub(super) fn reason(text: &str) -> Result<String, Refusal> {
    let text = free_text("reason", text)?;
    if text.is_empty() { Err(Refusal::NoReason) } else { Ok(text) }
}

/// Text typed by a person: trimmed, bounded, never a card number.
pub(super) fn free_text(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Refusal::TooLong { field, chars_max: NOTE_CHARS_MAX });
    }
    if holds_card_number(text) {
        return Err(Refusal::CardNumber(field));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_never_written_down_and_other_numbers_are() {
        assert_eq!(free_text("note", "card 4111 1111-1111 1111"), Err(Refusal::CardNumber("note")));
        assert!(free_text("note", "call +39 055 1234567, table 12, 4111 1111 1111 1112").is_ok());
    }
}
