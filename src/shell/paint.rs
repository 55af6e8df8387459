//! The line being typed in colours: what SQL and commands are made of, seen at a glance.

use super::names::Names;
use super::syntax::highlight::spans;
use crate::meta;
use crate::ui::Role;

/// A text longer than this is not coloured, so that every key is answered at once.
const LONGEST: usize = 10_000;

impl Names {
    /// The line, which goes on from what is above it, in colours.
    pub(super) fn painted(&self, above: &str, line: &str, cursor: usize) -> String {
        if above.len() + line.len() > LONGEST {
            return line.to_owned();
        }
        if line.trim_start().starts_with('\\') || (above.is_empty() && line.trim_start().starts_with('.')) {
            return command(line);
        }
        let text = format!("{above}{line}");
        let mut painted = String::with_capacity(line.len() * 2);
        let mut done = above.len();
        for span in spans(&text, Some(above.len() + cursor), self) {
            if span.end <= done {
                continue;
            }
            let start = span.start.max(done);
            painted.push_str(&text[done..start]);
            painted.push_str(&span.role.paint(&text[start..span.end], true));
            done = span.end;
        }
        painted + &text[done..]
    }
}

/// A command: its name, right or wrong, and the rest as it is.
fn command(line: &str) -> String {
    let blank = line.len() - line.trim_start().len();
    let end = line[blank..].find([' ', '\t', ';']).map_or(line.len(), |end| blank + end);
    let name = &line[blank..end];
    // While it is typed it may become one.
    let known = meta::names().any(|known| known.starts_with(name)) || name.starts_with("\\!");
    let role = if known { Role::Keyword } else { Role::Fault };
    format!("{}{}{}", &line[..blank], role.paint(name, true), &line[end..])
}
