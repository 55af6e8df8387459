//! Reads a number: the text into tokens, the tokens into parts, the parts once for each decimal mark.

use unicode_normalization::UnicodeNormalization;

use super::words::{is_currency, is_range, is_vague, scale};
use super::{Decimal, Mark, NumberFault};
use crate::ui::text::trim;

/// Holds what a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The number as written: 45 for `45 %`.
    pub value: Decimal,
    /// Whether a per cent sign follows.
    pub percent: bool,
    /// The decimal mark, where the text can be read with one only.
    pub shows: Option<Mark>,
}

/// No number takes more bytes than this; a longer text is not looked into, nor quoted whole.
const LONGEST: usize = 256;

/// Reads a number as Vietnamese and English spreadsheets and reports write it.
///
/// A minus (`-`, `−`) or parentheses make it negative; spaces of any width group thousands as the other
/// mark does; `nghìn` (`ngàn`), `triệu`, `tỷ` (`tỉ`) and `nghìn tỷ` scale it, also in turn
/// (`1 tỷ 500 triệu`); the currency (`đồng`, `đ`, `₫`, `VND`, `VNĐ`) is dropped.
///
/// # Errors
/// A [`NumberFault`]; above all [`NumberFault::Ambiguous`] where both marks make a number of the text
/// and none is declared.
pub fn read(text: &str, declared: Option<Mark>) -> Result<Read, NumberFault> {
    let shown = trim(text);
    if shown.len() > LONGEST {
        let start: String = shown.chars().take(40).collect();
        return Err(NumberFault::NotANumber(format!("{start}…")));
    }
    if let Some(digits) = plain_digits(shown) {
        return Ok(Read { value: Decimal::new(digits, 0), percent: false, shows: None });
    }
    let text: String = shown.nfc().flat_map(char::to_lowercase).collect();
    refuse_other_kinds(&text, shown)?;
    let written = Written::new(&text, shown)?;
    let (value, shows) = match Mark::BOTH.map(|mark| written.value(mark, shown)) {
        [Ok(comma), Ok(point)] if comma == point => (comma, None),
        [Ok(comma), Ok(point)] => match declared {
            Some(Mark::Comma) => (comma, None),
            Some(Mark::Point) => (point, None),
            None => return Err(NumberFault::Ambiguous { comma, point }),
        },
        [Ok(comma), Err(_)] => (comma, Some(Mark::Comma)),
        [Err(_), Ok(point)] => (point, Some(Mark::Point)),
        [Err(NumberFault::Groups(_)), Err(fault)] | [Err(fault), Err(_)] => return Err(fault),
    };
    match (declared, shows) {
        (Some(declared), Some(shown)) if declared != shown => {
            Err(NumberFault::Contradicts { declared, other: value })
        }
        _ => Ok(Read { value, percent: written.percent, shows }),
    }
}

/// The number that ASCII digits alone are, which no mark can make another; most numbers are written so.
fn plain_digits(text: &str) -> Option<i128> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse::<u64>().ok().map(i128::from)).flatten()
}

/// Refuses what its characters alone tell from a number.
fn refuse_other_kinds(text: &str, shown: &str) -> Result<(), NumberFault> {
    if text.is_empty() {
        return Err(NumberFault::Empty);
    }
    if text.starts_with('#') || text.starts_with("err:") {
        return Err(NumberFault::FormulaError(shown.to_owned()));
    }
    if let Some(c) = text.chars().find(|c| c.is_numeric() && !c.is_ascii_digit()) {
        return Err(NumberFault::OtherDigit(c));
    }
    let is_exponent = |(head, tail): (&str, &str)| {
        let power = tail.strip_prefix(['+', '-', '−']).unwrap_or(tail);
        head.ends_with(|c: char| c.is_ascii_digit() || c == ',' || c == '.')
            && power.starts_with(|c: char| c.is_ascii_digit())
    };
    if text.split_once('e').is_some_and(is_exponent) {
        return Err(NumberFault::DigitsLost(shown.to_owned()));
    }
    Ok(())
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// Digits with the marks and single spaces among them.
    Number(&'a str),
    /// Letters, or one sign.
    Word(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let number = number_length(rest);
        let (length, is_number) = match number {
            0 if first.is_alphabetic() => {
                (rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()), false)
            }
            0 => (first.len_utf8(), false),
            length => (length, true),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(if is_number { Token::Number(token) } else { Token::Word(token) });
        rest = after.trim_start();
    }
    tokens
}

/// Gives how many bytes at the start of a text are a number, marks that end it included; 0 for none.
fn number_length(text: &str) -> usize {
    let mut length = 0;
    let mut digits = false;
    let mut after_digit = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let before_digit = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let belongs = match c {
            '.' | ',' => true,
            _ if c.is_whitespace() => after_digit && before_digit,
            _ => c.is_ascii_digit(),
        };
        if !belongs {
            break;
        }
        after_digit = c.is_ascii_digit();
        digits |= after_digit;
        length = at + c.len_utf8();
    }
    if digits { length } else { 0 }
}

/// A number with the power of ten of its scale words: `2,819 tỷ` is `2,819` and 9.
struct Part<'a> {
    number: &'a str,
    power: Option<u32>,
}

/// What a text holds, its numbers not yet read.
struct Written<'a> {
    negative: bool,
    percent: bool,
    parts: Vec<Part<'a>>,
}

impl<'a> Written<'a> {
    /// Takes the sign, the currency and the per cent sign off; what is left are numbers and scales.
    fn new(text: &'a str, shown: &str) -> Result<Self, NumberFault> {
        let tokens = tokens(text);
        refuse_words(&tokens, shown)?;
        let (mut negative, mut money, mut percent) = (None, false, false);
        let mut rest = &tokens[..];
        loop {
            rest = match rest {
                [Token::Word("("), inner @ .., Token::Word(")")] if negative.is_none() => {
                    negative = Some(true);
                    inner
                }
                [Token::Word(sign @ ("-" | "−" | "+")), after @ ..] if negative.is_none() => {
                    negative = Some(*sign != "+");
                    after
                }
                [Token::Word(word), after @ ..] | [after @ .., Token::Word(word)]
                    if !money && is_currency(word) =>
                {
                    money = true;
                    after
                }
                [before @ .., Token::Word("%")] if !percent => {
                    percent = true;
                    before
                }
                _ => break,
            };
        }
        let parts = parts(rest)
            .filter(|parts| !percent || (!money && parts.iter().all(|part| part.power.is_none())))
            .ok_or_else(|| NumberFault::NotANumber(shown.to_owned()))?;
        Ok(Self { negative: negative == Some(true), percent, parts })
    }

    /// Gives the number with this decimal mark.
    fn value(&self, mark: Mark, shown: &str) -> Result<Decimal, NumberFault> {
        let not_in_turn = || NumberFault::Parts(shown.to_owned());
        let mut total = Decimal::ZERO;
        let mut before: Option<&Part<'_>> = None;
        for part in &self.parts {
            let (whole, fraction) =
                split(part.number, mark).ok_or_else(|| NumberFault::Groups(shown.to_owned()))?;
            let number = Decimal::parse(&whole, fraction).ok_or(NumberFault::TooLarge)?;
            let unit = Decimal::power_of_ten(part.power.unwrap_or(0));
            let value = number.times(unit).ok_or(NumberFault::TooLarge)?;
            if let Some(before) = before {
                // `2,5 tỷ 300 triệu` and `1 tỷ 1.500 triệu` are slips, and `1 tỷ 5` is said for 1,5 tỷ.
                let room = Decimal::power_of_ten(before.power.ok_or_else(not_in_turn)?);
                let is_whole = total.times(Decimal::new(1, before.power.unwrap_or(0)));
                if part.power.is_none()
                    || part.power >= before.power
                    || is_whole.is_none_or(|count| count.scale() > 0)
                    || value.plus(room.negated()).is_none_or(|over| over.digits() >= 0)
                {
                    return Err(not_in_turn());
                }
            }
            total = total.plus(value).ok_or(NumberFault::TooLarge)?;
            before = Some(part);
        }
        Ok(if self.negative { total.negated() } else { total })
    }
}

/// Refuses the words that are no part of a number, with the reason of each.
fn refuse_words(tokens: &[Token<'_>], shown: &str) -> Result<(), NumberFault> {
    let is_number = |token: &Token<'_>| matches!(token, Token::Number(_));
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let between = tokens[..at].iter().any(is_number) && tokens[at..].iter().any(is_number);
        if between && is_range(word) {
            return Err(NumberFault::Range(shown.to_owned()));
        }
        if is_vague(word) {
            return Err(NumberFault::Vague((*word).to_owned()));
        }
    }
    let is_unknown =
        |word: &&str| word.starts_with(char::is_alphabetic) && scale(word).is_none() && !is_currency(word);
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(*word),
        Token::Number(_) => None,
    });
    match words.into_iter().find(|word| is_unknown(word)) {
        Some(word) if tokens.iter().any(is_number) => Err(NumberFault::Word(word.to_owned())),
        Some(_) => Err(NumberFault::NotANumber(shown.to_owned())),
        None => Ok(()),
    }
}

/// Gives the numbers with their scales; `None` where anything else is among the tokens.
fn parts<'a>(tokens: &[Token<'a>]) -> Option<Vec<Part<'a>>> {
    let mut parts = Vec::new();
    let mut rest = tokens;
    while let [Token::Number(number), after @ ..] = rest {
        let (power, after) = match after {
            [Token::Word("nghìn" | "ngàn"), Token::Word("tỷ" | "tỉ"), after @ ..] => (Some(12), after),
            [Token::Word(word), after @ ..] => (Some(scale(word)?), after),
            _ => (None, after),
        };
        parts.push(Part { number, power });
        rest = after;
    }
    (rest.is_empty() && !parts.is_empty()).then_some(parts)
}

/// Gives the digits of the whole part and of the fraction; `None` where the marks do not stand so.
///
/// Groups are of three, all parted by one and the same sign, and the first does not begin with 0.
fn split(number: &str, mark: Mark) -> Option<(String, &str)> {
    let (whole, fraction) = match number.split_once(mark.char()) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (number, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(fraction) {
        return None;
    }
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return Some((whole.to_owned(), fraction));
    };
    let (first, others) = whole.split_once(separator)?;
    let first_is_group = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let are_groups = others.split(separator).all(|group| group.len() == 3 && is_digits(group));
    (first_is_group && are_groups).then(|| (whole.replace(separator, ""), fraction))
}
