//! The text of the page: Markdown, with what stands at its marks.

use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::names::Names;
use super::{change, place_of, table, text_of};
use crate::report::Report;
use crate::report::marks::{Part, parts};
use crate::report::template::Piece;
use crate::say;

/// The longest number that stays in a line; a phone has room for so much.
const LONGEST_NUMBER: usize = 28;

/// The text of the page, in its parts.
pub(super) struct Body {
    /// The first heading, as text.
    pub(super) title: Option<String>,
    /// The same as an element.
    pub(super) heading: Option<String>,
    /// The headings of the second level, as items of a list.
    pub(super) contents: String,
    /// All that follows the first heading.
    pub(super) text: String,
}

struct Writer<'a> {
    report: &'a Report,
    events: Vec<Event<'a>>,
    title: Option<(String, String)>,
    contents: String,
    names: Names,
    headings: usize,
    /// The columns of the table of the text that is open, and the one that is next in a row.
    columns: Vec<Alignment>,
    column: usize,
    is_head: bool,
    tables: usize,
    charts: usize,
    /// Links that are open: a figure in one is no link of its own.
    links: usize,
    /// Links that are left out, as they lead where none may.
    bare: usize,
    /// Images that are open: what is in them is said in their place, and is no HTML.
    images: usize,
}

/// The text of a report.
pub(super) fn of(report: &Report) -> Body {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_HEADING_ATTRIBUTES;
    let events: Vec<Event<'_>> = Parser::new_ext(&report.text, options).collect();
    let mut writer = Writer {
        report,
        events: Vec::with_capacity(events.len()),
        title: None,
        contents: String::new(),
        names: Names::of(&events),
        headings: 0,
        columns: Vec::new(),
        column: 0,
        is_head: false,
        tables: 0,
        charts: 0,
        links: 0,
        bare: 0,
        images: 0,
    };
    let mut at = 0;
    while at < events.len() {
        at += writer.take(&events[at..]);
    }
    let mut text = String::new();
    html::push_html(&mut text, writer.events.into_iter());
    let (title, heading) = writer.title.map_or((None, None), |(title, heading)| (Some(title), Some(heading)));
    Body { title, heading, contents: writer.contents, text }
}

impl<'a> Writer<'a> {
    /// Takes the next event, or several that belong together; gives how many.
    fn take(&mut self, events: &[Event<'a>]) -> usize {
        match events {
            [Event::Start(Tag::Paragraph), Event::Text(text), Event::End(TagEnd::Paragraph), ..]
                if self.is_block(text) =>
            {
                self.text(text);
                3
            }
            [Event::Start(Tag::Heading { level, id, .. }), ..] => {
                let length = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
                let length = length.unwrap_or(events.len() - 1);
                self.heading(*level, id.as_deref(), &events[1..length]);
                length + 1
            }
            [event, ..] => {
                self.one(event.clone());
                1
            }
            [] => 1,
        }
    }

    fn is_block(&self, text: &str) -> bool {
        let [Part::Mark(piece)] = parts(text)[..] else { return false };
        matches!(self.report.pieces.get(piece), Some(Piece::Table { .. } | Piece::Chart { .. }))
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<&str>, inner: &[Event<'a>]) {
        let plain = self.plain(inner);
        let before = self.events.len();
        inner.iter().for_each(|event| self.one(event.clone()));
        let mut written = String::new();
        html::push_html(&mut written, self.events.drain(before..));
        let own = self.names.next(id);
        if level == HeadingLevel::H1 && self.title.is_none() {
            let id = own.map_or(String::new(), |id| format!(" id=\"{}\"", text_of(&id)));
            self.title = Some((plain, format!("<h1{id}>{written}</h1>")));
            return;
        }
        self.headings += 1;
        let id = text_of(&own.unwrap_or_else(|| format!("s{}", self.headings)));
        if level == HeadingLevel::H2 {
            self.contents.push_str(&format!("<li><a href=\"#{id}\">{}</a></li>\n", text_of(&plain)));
        }
        self.html(format!("<{level} id=\"{id}\">{written}</{level}>\n"));
    }

    fn one(&mut self, event: Event<'a>) {
        let event = self.with_bare_targets(event);
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) if self.images > 0 => {
                self.events.push(Event::Text(self.report.bare(&text).into()));
            }
            Event::Text(text) => self.text(&text),
            // The text of a template is Markdown; HTML in it is shown as it stands there.
            Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => self.events.push(Event::Code(self.report.bare(&text).into())),
            Event::Start(Tag::Link { ref dest_url, .. }) if !may_lead(dest_url) => self.bare += 1,
            Event::End(TagEnd::Link) if self.bare > 0 => self.bare -= 1,
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                self.links += 1;
                let dest_url = self.names.led(&dest_url).map_or(dest_url, CowStr::from);
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::End(TagEnd::Link) => {
                self.links -= 1;
                self.events.push(event);
            }
            // An image that is not in the page itself would be fetched.
            Event::Start(Tag::Image { link_type: LinkType::Inline, ref dest_url, .. })
                if dest_url.starts_with("data:image/") =>
            {
                self.images += 1;
                self.events.push(event);
            }
            Event::Start(Tag::Image { .. }) => self.events.push(Event::Start(Tag::Emphasis)),
            Event::End(TagEnd::Image) => self.end_image(),
            Event::Start(Tag::Table(columns)) => {
                // It has no name of its own, as a region must.
                let label = text_of(&say!("Table").text(self.report.language));
                self.html(format!(
                    "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\">\n"
                ));
                self.columns = columns;
                self.events.push(Event::Start(Tag::Table(Vec::new())));
            }
            Event::End(TagEnd::Table) => {
                self.events.push(event);
                self.html("</div>\n".to_owned());
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                self.is_head = matches!(event, Event::Start(Tag::TableHead));
                self.column = 0;
                self.events.push(event);
            }
            // The alignment would be a style in the cell, and the policy of the page allows none.
            Event::Start(Tag::TableCell) => {
                let class = match self.columns.get(self.column) {
                    Some(Alignment::Center) => " class=\"center\"",
                    Some(Alignment::Right) => " class=\"right\"",
                    _ => "",
                };
                self.column += 1;
                self.html(if self.is_head {
                    format!("<th scope=\"col\"{class}>")
                } else {
                    format!("<td{class}>")
                });
            }
            Event::End(TagEnd::TableCell) => {
                self.html(if self.is_head { "</th>" } else { "</td>" }.to_owned());
            }
            other => self.events.push(other),
        }
    }

    /// The event with figures as text in what a link or an image names.
    fn with_bare_targets(&self, event: Event<'a>) -> Event<'a> {
        let bare = |text: &CowStr<'a>| CowStr::from(self.report.bare(text));
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let (dest_url, title) = (bare(&dest_url), bare(&title));
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let (dest_url, title) = (bare(&dest_url), bare(&title));
                Event::Start(Tag::Image { link_type, dest_url, title, id })
            }
            other => other,
        }
    }

    fn end_image(&mut self) {
        self.images = self.images.saturating_sub(1);
        let opened = self.events.iter().rev().find_map(|event| match event {
            Event::Start(Tag::Image { .. }) => Some(TagEnd::Image),
            Event::Start(Tag::Emphasis) => Some(TagEnd::Emphasis),
            _ => None,
        });
        self.events.extend(opened.map(Event::End));
    }

    /// A text, with what stands at its marks.
    fn text(&mut self, text: &str) {
        for part in parts(text) {
            match part {
                Part::Text(text) => self.events.push(Event::Text(CowStr::from(text.to_owned()))),
                Part::Mark(piece) => {
                    let html = self.piece(piece);
                    self.html(html);
                }
            }
        }
    }

    fn html(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn piece(&mut self, piece: usize) -> String {
        let report = self.report;
        match report.pieces.get(piece) {
            None => String::new(),
            Some(Piece::Value { text, .. }) if self.links > 0 => text_of(text),
            Some(Piece::Value { entry, text, change: changed }) => {
                let told = changed.map_or(String::new(), |changed| change(changed, report.language));
                let (n, place) = (entry + 1, place_of(*entry));
                let class = if stays_whole(text) { "figure" } else { "figure text" };
                format!("<a class=\"{class}\" href=\"#{place}\" data-n=\"{n}\">{}</a>{told}", text_of(text))
            }
            Some(Piece::Table { entry, columns, title }) => {
                self.tables += 1;
                table::table(report, *entry, columns, title, self.tables)
            }
            Some(Piece::Chart { entry, columns, svg, title }) => {
                self.charts += 1;
                table::chart(report, (*entry, columns), svg, title, self.charts)
            }
        }
    }

    /// The text of events, with nothing around it.
    fn plain(&self, events: &[Event<'a>]) -> String {
        let text = |event: &Event<'a>| match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                Some(self.report.bare(text))
            }
            Event::SoftBreak | Event::HardBreak => Some(" ".to_owned()),
            _ => None,
        };
        events.iter().filter_map(text).collect()
    }
}

/// Whether a figure is a number, which is not to be broken in two lines, and fits a line.
fn stays_whole(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '−', '+']);
    digits.starts_with(|c: char| c.is_ascii_digit()) && text.chars().count() <= LONGEST_NUMBER
}

/// Whether a link may lead there: into the page, beside it, to the web or a mailbox.
fn may_lead(to: &str) -> bool {
    let scheme =
        to.split(['/', '?', '#']).next().unwrap_or_default().split_once(':').map(|(scheme, _)| scheme);
    scheme.is_none_or(|scheme| {
        ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::may_lead;

    #[test]
    fn a_link_leads_to_places_and_runs_nothing() {
        for to in ["#n1", "other.html", "https://example.org/a:b", "mailto:a@example.org", "a/b:c"] {
            assert!(may_lead(to), "{to}");
        }
        for to in ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd"] {
            assert!(!may_lead(to), "{to}");
        }
    }
}
