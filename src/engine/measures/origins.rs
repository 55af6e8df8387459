//! What measures are, by the contract and by their names, and what of them does not go together.

use super::facts::{Origin, Unit};
use super::words;
use crate::contract::Measure;
use crate::language::Message;
use crate::say;

/// Why participations are not persons.
pub(super) fn once() -> Message {
    say!("who takes part twice is counted twice among participations, once among persons")
}

pub(super) fn benefit_text(benefit: &str, money: &str) -> Message {
    say!(
        "`{benefit}` is an estimated benefit and `{money}` is money: their sum means nothing",
        benefit,
        money
    )
}

/// The column of the contract behind a name that is not its own.
pub(super) fn of_field(arg: &str, origin: &Origin) -> Message {
    match arg == &*origin.field || origin.table.is_empty() {
        true => Message::verbatim(""),
        false => say!(" (`{field}` of `{table}`)", field = origin.field, table = origin.table),
    }
}

pub(super) fn is_stock(origin: &Origin) -> bool {
    origin.measure == Measure::Stock
}

pub(super) fn is_flow(origin: &Origin) -> bool {
    origin.measure == Measure::Flow
}

pub(super) fn is_participations(origin: &Origin) -> bool {
    origin.unit == Unit::Participations
}

pub(super) fn is_of_times(origin: &Origin) -> bool {
    matches!(origin.unit, Unit::Participations | Unit::Enrolments(_))
}

pub(super) fn is_of_persons(origin: &Origin) -> bool {
    origin.unit == Unit::Persons
}

/// By its name: money that a work saved or created, as it was valued.
pub(super) fn is_benefit(origin: &Origin) -> bool {
    is_flow(origin) && words::has(&origin.field, "benefit")
}

pub(super) fn is_money(origin: &Origin) -> bool {
    is_flow(origin) && words::has(&origin.field, "vnd") && !is_benefit(origin)
}

pub(super) fn pair(
    origins: &[Origin],
    one: fn(&Origin) -> bool,
    other: fn(&Origin) -> bool,
) -> Option<(&Origin, &Origin)> {
    Some((origins.iter().find(|origin| one(origin))?, origins.iter().find(|origin| other(origin))?))
}

/// Two stocks of the same unit in different columns.
pub(super) fn two_stocks(origins: &[Origin]) -> Option<(&Origin, &Origin)> {
    let mut stocks = origins.iter().filter(|origin| is_stock(origin) && !origin.rest);
    let first = stocks.next()?;
    let other = stocks.find(|other| !other.is_same_field(first) && other.unit == first.unit)?;
    Some((first, other))
}

pub(super) fn at_another_date(one: &Origin, other: &Origin) -> bool {
    is_stock(one) && one.is_same_field(other) && one.at.is_some() && other.at.is_some() && one.at != other.at
}

/// Whether some rows hold one thing and some another.
pub(super) fn is_mixed(origins: &[Origin]) -> bool {
    let Some((first, others)) = origins.split_first() else { return false };
    others.iter().any(|other| other.measure != first.measure || other.unit != first.unit)
}
