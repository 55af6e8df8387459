//! The user's own settings: `config.toml` and `tongketrc` in `$XDG_CONFIG_HOME/tongket`.
//!
//! ```toml
//! maxrows = 100          # the default of a flag, by its long name
//! table = ["plan=~/plan.csv"]
//!
//! [shell]
//! keys = "vi"            # or "emacs"
//! prompt = "năm 2022> "
//! pager = "less -S"      # empty for none
//!
//! [colors]
//! keyword = "bold blue"  # as in Git's configuration
//! ```

use std::path::PathBuf;

use super::Shell;
use crate::error::{Error, Excerpt, Result};
use crate::language::Message;
use crate::say;
use crate::ui::text;
use crate::ui::theme::{ROLES, Role};

/// What the user has settled once for all runs.
#[derive(Debug, Default)]
pub struct Settings {
    /// The file that they come from.
    pub path: PathBuf,
    /// The defaults of flags: each by its long name, with its values.
    pub flags: Vec<(String, Vec<String>)>,
    /// How the shell is to be.
    pub shell: Shell,
    /// Colours instead of ours.
    pub colors: Vec<(Role, anstyle::Style)>,
}

/// The folder of the user's settings: `$XDG_CONFIG_HOME/tongket`, else `~/.config/tongket`; `None`
/// where there is no home.
pub fn folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    config.map(|config| config.join("tongket"))
}

/// The file of commands that the shell begins with.
pub fn rc() -> Option<PathBuf> {
    folder().map(|folder| folder.join("tongketrc"))
}

impl Settings {
    /// Reads the user's settings; none where there is no file.
    ///
    /// # Errors
    /// The file cannot be read or is wrong; the place in it is given.
    pub fn read() -> Result<Self> {
        let Some(path) = folder().map(|folder| folder.join("config.toml")) else {
            return Ok(Self::default());
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::reading(&path, &error)),
        }
    }

    fn parse(path: PathBuf, text: &str) -> Result<Self> {
        let fault = |error: &toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text[..at].matches('\n').count() + 1;
            let column = text[..at].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let words = error.message().lines().next();
            let words = words.map_or_else(|| say!("not valid TOML"), Message::verbatim);
            Error::usage(say!("the configuration does not parse: {words}", words)).at(Excerpt {
                origin: path.display().to_string(),
                line,
                column,
                end: column + 1,
                text: text.lines().nth(line - 1).unwrap_or_default().to_owned(),
            })
        };
        let mut table: toml::Table = toml::from_str(text).map_err(|error| fault(&error))?;
        let shell = match table.remove("shell") {
            Some(shell) => shell.try_into().map_err(|error: toml::de::Error| {
                wrong(&path, Message::verbatim(format!("[shell]: {}", error.message())))
            })?,
            None => Shell::default(),
        };
        let mut colors = Vec::new();
        if let Some(chosen) = table.remove("colors") {
            let toml::Value::Table(chosen) = chosen else {
                return Err(wrong(&path, say!("`colors` is a table: [colors]")));
            };
            for (name, value) in chosen {
                colors.push(color(&name, &value).map_err(|reason| wrong(&path, reason))?);
            }
        }
        let flags = table.into_iter().map(|(name, value)| (name, words(value))).collect();
        Ok(Self { path, flags, shell, colors })
    }
}

/// The error for something wrong in the file of settings.
pub fn wrong(path: &std::path::Path, what: Message) -> Error {
    Error::usage(what).context(say!("the configuration `{path}`", path = path.display()))
}

fn color(name: &str, value: &toml::Value) -> std::result::Result<(Role, anstyle::Style), Message> {
    let Some((_, role)) = ROLES.iter().find(|(known, _)| *known == name) else {
        let names = || ROLES.iter().map(|(known, _)| *known);
        return Err(match text::nearest(name, names()) {
            Some(near) => say!("there is no color `{name}`; did you mean `{near}`?", name, near),
            None => {
                let known = names().collect::<Vec<_>>().join(", ");
                say!("there is no color `{name}`; there are {known}", name, known)
            }
        });
    };
    let style =
        value.as_str().ok_or_else(|| say!("the color `{name}` is a text, such as \"bold red\"", name))?;
    let style =
        anstyle_git::parse(style).map_err(|reason| say!("the color `{name}`: {reason}", name, reason))?;
    Ok((*role, style))
}

/// A value, or several, as they are typed after a flag.
fn words(value: toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(values) => values.into_iter().flat_map(words).collect(),
        toml::Value::String(text) => vec![text],
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Keys;

    fn parsed(text: &str) -> Result<Settings> {
        Settings::parse("config.toml".into(), text)
    }

    #[test]
    fn flags_shell_and_colors_are_read() {
        let settings = parsed(
            "maxrows = 7\nquiet = true\ntable = [\"a=b\"]\n[shell]\nkeys = \"vi\"\n[colors]\nkeyword = \"bold #ff0000\"\n",
        )
        .expect("parses");
        let flags: Vec<(&str, &str)> =
            settings.flags.iter().map(|(name, values)| (name.as_str(), values[0].as_str())).collect();
        assert_eq!(flags, [("maxrows", "7"), ("quiet", "true"), ("table", "a=b")]);
        assert_eq!((settings.shell.keys, settings.shell.prompt.as_str()), (Keys::Vi, "tongket> "));
        assert_eq!(settings.colors[0].0, Role::Keyword);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = parsed("maxrows = \n").expect_err("no value");
        assert_eq!(error.place().map(|place| place.line), Some(1));
        let words = |text: &str| parsed(text).expect_err(text).to_string();
        assert!(
            words("[shell]\nkeys = \"ed\"").contains("unknown variant `ed`"),
            "{}",
            words("[shell]\nkeys = \"ed\"")
        );
        assert!(words("[colors]\nkeywrod = \"red\"").contains("did you mean `keyword`?"));
        assert!(words("[colors]\nkeyword = \"rosy\"").contains("the color `keyword`"));
    }
}
