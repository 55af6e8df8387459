//! Which values a template shows as they are: `{{ value(…) }}`, with or without a filter for numbers.
//!
//! Those are figures, with a link to what they were made of. MiniJinja tells a function nothing of what
//! becomes of its value, so the text tells: in such places the function goes by another name, which is
//! as long as its own, so that every place in the text stays where it is.

use std::ops::Range;

/// What templates call the function.
const VALUE: &str = "value";

/// What it is called where its value is shown as it is.
pub(super) const FIGURE: &str = "_fig_";

/// The filters that write a number in another way.
const FILTERS: [&str; 3] = ["number", "vnd", "percent"];

/// The template with the other name where a value is shown as it is.
pub(super) fn named(template: &str) -> String {
    let mut named = template.to_owned();
    for place in places(template) {
        named.replace_range(place, FIGURE);
    }
    named
}

/// Where the name of the function stands in such places.
fn places(template: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = template[at..].find('{') {
        let start = at + found;
        let tag = &template[start..];
        at = start
            + match tag.as_bytes().get(1) {
                Some(b'#') => tag.find("#}").map_or(tag.len(), |end| end + 2),
                Some(b'%') => {
                    let end = end_of(tag, "%}");
                    let is_raw = tag[..end].trim_matches(['{', '%', '-', '+', ' ', '}']) == "raw";
                    if is_raw { tag.find("endraw").unwrap_or(tag.len()) } else { end }
                }
                Some(b'{') => {
                    let end = end_of(tag, "}}");
                    if let Some(name) = figure(&tag[2..end]) {
                        let name = start + 2 + name;
                        places.push(name..name + VALUE.len());
                    }
                    end
                }
                _ => 1,
            };
    }
    places
}

/// Where a tag ends; a text in it may hold what it ends with.
fn end_of(tag: &str, with: &str) -> usize {
    outside_texts(tag)
        .find(|at| *at >= 2 && tag[*at..].starts_with(with))
        .map_or(tag.len(), |at| at + with.len())
}

/// The places of a tag that are in none of its texts.
fn outside_texts(tag: &str) -> impl Iterator<Item = usize> {
    let (mut quote, mut is_escaped) = (None, false);
    tag.char_indices().filter_map(move |(at, c)| {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => return Some(at),
            Some(_) => {}
        }
        None
    })
}

/// Where the name stands in an expression that is the function alone, with filters for numbers.
fn figure(expression: &str) -> Option<usize> {
    let expression = expression.strip_suffix("}}")?.trim_end_matches(['-', '+']);
    let call = expression.trim_start_matches(['-', '+']).trim_start();
    let mut rest = after_brackets(call.strip_prefix(VALUE)?)?.trim();
    while !rest.is_empty() {
        let filter = rest.strip_prefix('|')?.trim_start();
        let after = FILTERS.iter().find_map(|name| filter.strip_prefix(name))?.trim_start();
        rest = if after.starts_with('(') { after_brackets(after)?.trim_start() } else { after };
    }
    Some(expression.len() - call.len())
}

/// What follows the brackets that a text begins with.
fn after_brackets(text: &str) -> Option<&str> {
    let mut depth = 0;
    for at in outside_texts(text) {
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            c if depth == 0 && !c.is_ascii_whitespace() => return None,
            _ => continue,
        }
        if depth == 0 {
            return text.get(at + 1..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_shown_as_it_is_is_a_figure() {
        for template in [
            "{{ value('a') }}",
            "{{value(\"a }} b\", x=(1, 2))}}",
            "{{- value (\"a\") | vnd(2) -}}",
            "{{ value(\"a\", \"b\")|number|percent( 1 ) }}",
            "{% if x %}{{ value(\"%}\\\"\") }}{% endif %}",
        ] {
            assert_eq!(named(template), template.replacen("value", FIGURE, 1), "{template}");
        }
    }

    #[test]
    fn what_is_made_of_it_is_none() {
        for template in [
            "{{ value('a') + 1 }}",
            "{{ (value('a')) }}",
            "{{ 2 * value('a') }}",
            "{{ values('a') }}",
            "{{ value('a') | upper }}",
            "{{ value('a') | numbers }}",
            "{{ value('a') if x else 1 }}",
            "{% set x = value('a') %}{{ x }}",
            "{# {{ value('a') }} #}",
            "{% raw %}{{ value('a') }}{% endraw %}",
            "{{ \"{{ value('a') }}\" }}",
            "{{ value('a'",
            "{ value('a') }",
        ] {
            assert_eq!(named(template), template, "{template}");
        }
    }
}
