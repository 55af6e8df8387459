//! The names of headings in the page: those that their template gives, where they are free.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Tag};

/// The names that parts of the page have, and the letters before the number of the others: entries,
/// tables, charts and headings.
const OURS: [&str; 4] = ["appendix", "contents", "sources", "text"];
const NUMBERED: [char; 4] = ['c', 'n', 's', 't'];

/// The names of a template's headings.
#[derive(Default)]
pub(super) struct Names {
    /// Of each heading that has one, in their order.
    of_headings: std::vec::IntoIter<String>,
    /// What the page has in the place of each name that is given.
    given: BTreeMap<String, String>,
}

impl Names {
    /// The names in a text. One that the page needs itself, or that was given before, gets a number.
    pub(super) fn of(events: &[Event<'_>]) -> Self {
        let asked: Vec<&str> = events.iter().filter_map(asked).collect();
        let mut taken: BTreeSet<String> = asked.iter().map(|&name| name.to_owned()).collect();
        let mut given = BTreeMap::new();
        let mut of_headings = Vec::new();
        for name in asked {
            let is_free = !is_ours(name) && !given.contains_key(name);
            let numbered = || (2..).map(|n| format!("{name}-{n}")).find(|name| !taken.contains(name));
            let own = if is_free { None } else { numbered() }.unwrap_or_else(|| name.to_owned());
            taken.insert(own.clone());
            given.entry(name.to_owned()).or_insert_with(|| own.clone());
            of_headings.push(own);
        }
        Self { of_headings: of_headings.into_iter(), given }
    }

    /// The name of the next heading, where it asks for one.
    pub(super) fn next(&mut self, asked: Option<&str>) -> Option<String> {
        asked.filter(|name| !name.is_empty()).and_then(|_| self.of_headings.next())
    }

    /// Where a link of the template leads to in the page, where that is not where it says.
    pub(super) fn led(&self, to: &str) -> Option<String> {
        self.given.get(to.strip_prefix('#')?).map(|name| format!("#{name}"))
    }
}

/// The name that a heading asks for.
fn asked<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Start(Tag::Heading { id: Some(id), .. }) if !id.is_empty() => Some(id),
        _ => None,
    }
}

fn is_ours(name: &str) -> bool {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    OURS.contains(&name) || name.strip_prefix(NUMBERED).is_some_and(is_number)
}
