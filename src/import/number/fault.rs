//! Why a text is no number, in the words that a user reads.

use super::{Decimal, Mark};
use crate::language::Message;
use crate::say;

/// Says why a text cannot be taken as a number, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberFault {
    /// There is no text.
    Empty,
    /// The text is one number with a decimal comma and another with a decimal point.
    Ambiguous {
        /// The number with a decimal comma.
        comma: Decimal,
        /// The number with a decimal point.
        point: Decimal,
    },
    /// The text is a number, but not with the declared decimal mark.
    Contradicts {
        /// The mark that was declared.
        declared: Mark,
        /// The number with the other mark.
        other: Decimal,
    },
    /// The marks stand where neither way of writing has them.
    Groups(String),
    /// A spreadsheet has shortened the number (`4,12E+11`): its digits are gone from the text.
    DigitsLost(String),
    /// A word says that the number is not exact (`trên`, `gần`).
    Vague(String),
    /// There are two numbers, from and to.
    Range(String),
    /// A spreadsheet's formula had no value.
    FormulaError(String),
    /// A digit or number sign that is not one of `0` to `9`.
    OtherDigit(char),
    /// A word that is no scale and no currency.
    Word(String),
    /// The parts of `1 tỷ 500 triệu` are not in order.
    Parts(String),
    /// The number has more digits than can be held.
    TooLarge,
    /// There is no number in the text.
    NotANumber(String),
}

impl NumberFault {
    /// Says it to the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Empty => say!("no number is given"),
            Self::Ambiguous { comma, point } => say!(
                "can be read as {comma} (`--decimal ,`) or as {point} (`--decimal .`): say which by `--decimal`",
                comma = Message::number(comma),
                point = Message::number(point)
            ),
            Self::Contradicts { declared, other } => say!(
                "is no number with the decimal mark `{declared}`, but {other} with `{mark}`: \
                 mend it, or give `--decimal {mark}`",
                declared,
                other = Message::number(other),
                mark = declared.other()
            ),
            Self::Groups(text) => say!(
                "`{text}` has its marks in no place of a number: groups have three digits, \
                 and one decimal mark stands after them",
                text
            ),
            Self::DigitsLost(text) => say!(
                "`{text}` was shortened by a spreadsheet, its last digits are lost: \
                 give the column the format of whole numbers there and save again",
                text
            ),
            Self::Vague(word) => say!("`{word}` makes the number inexact: write the number alone", word),
            Self::Range(text) => say!("`{text}` is a range: write one number", text),
            Self::FormulaError(text) => {
                say!("`{text}` is a formula without a value: mend it in the spreadsheet", text)
            }
            Self::OtherDigit(c) => {
                say!("`{digit}` is not one of the digits 0 to 9: write it with those", digit = c)
            }
            Self::Word(word) => say!(
                "`{word}` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it",
                word
            ),
            Self::Parts(text) => say!(
                "`{text}` has parts that do not add up to a number: \
                 each but the last is whole, each has a scale smaller than the one before",
                text
            ),
            Self::TooLarge => say!("has more digits than a number can hold (38)"),
            Self::NotANumber(text) => say!("`{text}` is not a number", text),
        }
    }
}
