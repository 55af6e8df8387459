//! What a piece of text means, and the style that follows from it.

use std::sync::OnceLock;

use anstyle::{AnsiColor, Effects, Style};

/// What a piece of text means; the style follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The word `error`.
    Error,
    /// The word `warning`.
    Warning,
    /// The word `hint`.
    Hint,
    /// The caret under a fault.
    Caret,
    /// A heading or a column name.
    Heading,
    /// What matters less: line numbers, rules, nulls, offers from the history.
    Dim,
    /// The bars and lines of a chart.
    Chart,
    /// The prompt.
    Prompt,
    /// A keyword of SQL, or a command of the shell.
    Keyword,
    /// A function that exists.
    Function,
    /// A table or column that exists.
    Name,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// A parameter: `$name`.
    Param,
    /// A bracket without its other half.
    Fault,
    /// The two halves of the bracket at the cursor.
    Bracket,
}

/// The roles with the names that the configuration file calls them by.
pub const ROLES: [(&str, Role); 17] = [
    ("error", Role::Error),
    ("warning", Role::Warning),
    ("hint", Role::Hint),
    ("caret", Role::Caret),
    ("heading", Role::Heading),
    ("dim", Role::Dim),
    ("chart", Role::Chart),
    ("prompt", Role::Prompt),
    ("keyword", Role::Keyword),
    ("function", Role::Function),
    ("name", Role::Name),
    ("text", Role::Text),
    ("number", Role::Number),
    ("comment", Role::Comment),
    ("param", Role::Param),
    ("fault", Role::Fault),
    ("bracket", Role::Bracket),
];

/// The styles that the user chose instead of ours; set once, at the start.
static CHOSEN: OnceLock<Vec<(Role, Style)>> = OnceLock::new();

/// Takes the user's own styles; only the first call counts.
pub fn choose(styles: Vec<(Role, Style)>) {
    let _ = CHOSEN.set(styles);
}

impl Role {
    fn style(self) -> Style {
        let chosen = CHOSEN.get().and_then(|styles| styles.iter().find(|(role, _)| *role == self));
        chosen.map_or_else(|| self.usual(), |(_, style)| *style)
    }

    fn usual(self) -> Style {
        let plain = Style::new();
        match self {
            Self::Error | Self::Caret | Self::Fault => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
            Self::Hint => AnsiColor::Cyan.on_default().bold(),
            Self::Heading => plain.bold(),
            Self::Dim | Self::Comment => plain.dimmed(),
            Self::Chart | Self::Function => AnsiColor::Blue.on_default(),
            Self::Prompt => AnsiColor::Green.on_default(),
            Self::Keyword => AnsiColor::Magenta.on_default().bold(),
            Self::Name => AnsiColor::Cyan.on_default(),
            Self::Text => AnsiColor::Green.on_default(),
            Self::Number | Self::Param => AnsiColor::Yellow.on_default(),
            Self::Bracket => plain.effects(Effects::BOLD | Effects::UNDERLINE),
        }
    }

    /// The text in the role's style, or as it is where `color` is false.
    pub fn paint(self, text: &str, color: bool) -> String {
        let style = self.style();
        if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
