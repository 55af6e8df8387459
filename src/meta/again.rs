//! Commands that run a statement, or show the last result again.

use std::path::Path;
use std::time::Duration;

use super::commands::{Command, Verb};
use super::{Asked, Console, settings};
use crate::config::Output;
use crate::error::{Error, Result};
use crate::output::chart::Kind;
use crate::output::{Expanded, Format, Plot};
use crate::query::Source;
use crate::query::params::Given;
use crate::run::Kept;
use crate::say;
use crate::ui::interrupt;

impl Console<'_> {
    pub(super) async fn again(&mut self, command: &Command, words: &[&str], source: &Source) -> Result<()> {
        match (command.spec.verb, words) {
            (Verb::Run, [name, params @ ..]) => self.run_saved(command, name, params).await,
            (Verb::Go, []) => {
                let asked = self.meant(command, source)?;
                self.ask(asked).await
            }
            (Verb::GoExpanded, []) => {
                let asked = self.meant(command, source)?;
                let mut expanded = self.settings.clone();
                expanded.style.expanded = Expanded::On;
                self.delivery.restyle(&expanded, self.session.ui.terminal)?;
                let ran = self.ask(asked).await;
                self.delivery.restyle(&self.settings, self.session.ui.terminal).and(ran)
            }
            (Verb::Go | Verb::GoExpanded, [path]) => {
                let asked = self.meant(command, source)?;
                self.ask_into(asked, Path::new(path)).await
            }
            (Verb::GoDescribe, []) => match self.meant(command, source)? {
                Asked::Statement(source, statement) => {
                    self.session.describe_statement(&source, statement, &mut self.delivery).await
                }
                Asked::Saved(query, _) => self.session.describe_query(&query.name).await,
            },
            (Verb::Watch, words) => self.watch(command, words, source).await,
            (Verb::Last, []) => self.show_again(None, None),
            (Verb::Last, [format]) => {
                let output = self.settings.on_terminal().in_format(settings::format_of(format)?);
                self.show_again(Some(&output), None)
            }
            (Verb::Chart, words) => {
                self.fetch(command, source).await?;
                let plot = self.plot(words)?;
                // A file of \o that is an image takes it; anything else shows it.
                let output = self.settings.on_terminal().in_format(Format::Chart);
                let place = if self.delivery.draws() { None } else { Some(&output) };
                self.show_again(place, Some(plot))
            }
            (Verb::Crosstab, words) if words.len() <= 3 => {
                self.fetch(command, source).await?;
                let crossed = self.session.last.get()?.crosstab(words)?;
                self.show_kept(&crossed, None)
            }
            _ => Err(command.misused()),
        }
    }

    async fn run_saved(&mut self, command: &Command, name: &str, params: &[&str]) -> Result<()> {
        if params.contains(&"?") {
            let hint = say!("give them: \\run {name} param=value; \\dq {name} tells which there are", name);
            return Err(Error::usage(say!("`?` asks for the values, and here is nobody to ask")).hint(hint));
        }
        let given: std::result::Result<Vec<Given>, _> = params.iter().map(|param| param.parse()).collect();
        let given = given.map_err(|_| command.misused())?;
        let query = self.session.find(name)?;
        self.ask(Asked::Saved(Box::new(query), given)).await
    }

    /// The statement that a command ends, else what was asked last.
    fn meant(&self, command: &Command, source: &Source) -> Result<Asked> {
        match &command.ends {
            Some(statement) => Ok(Asked::Statement(source.clone(), statement.clone())),
            None => self.latest.clone().ok_or_else(|| {
                Error::usage(say!("`{name}` has nothing to run", name = command.name))
                    .hint(say!("write a statement before it"))
            }),
        }
    }

    /// Has the result that a command is about: of the statement that it ends, else the last one.
    async fn fetch(&mut self, command: &Command, source: &Source) -> Result<()> {
        if let Some(statement) = &command.ends {
            self.latest = Some(Asked::Statement(source.clone(), statement.clone()));
            self.session.fetch(source, statement.clone()).await?;
        }
        Ok(())
    }

    /// Runs a statement again and again.
    async fn watch(&mut self, command: &Command, words: &[&str], source: &Source) -> Result<()> {
        let (mut pause, mut times) = (2.0, u64::MAX);
        for word in words {
            let counted = word.strip_prefix("c=").map(str::parse);
            match (counted, word.strip_prefix("i=").unwrap_or(word).parse::<f64>()) {
                (Some(Ok(count)), _) if count > 0 => times = count,
                (None, Ok(seconds)) if (0.0..=86_400.0).contains(&seconds) => pause = seconds,
                _ => return Err(command.misused()),
            }
        }
        let asked = self.meant(command, source)?;
        for turn in 0..times {
            if turn > 0 {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs_f64(pause)) => {}
                    () = interrupt::asked() => return Err(Error::interrupted()),
                }
            }
            self.ask(asked.clone()).await?;
        }
        Ok(())
    }

    /// The chart that the words after `\\chart` ask for: that of the saved query, but for what they say.
    fn plot(&self, words: &[&str]) -> Result<Plot> {
        let mut plot = self.session.last.get()?.plot.clone().unwrap_or_default();
        let mut columns = Vec::new();
        for (i, word) in words.iter().enumerate() {
            match (word.parse::<Kind>(), *word) {
                (Ok(kind), _) if i == 0 => plot.kind = Some(kind),
                (_, "log") => plot.log = true,
                (Err(reason), word)
                    if i == 0 && self.session.last.get()?.column(word).is_err() && words.len() != 2 =>
                {
                    return Err(Error::usage(reason));
                }
                (_, column) => columns.push(column.to_owned()),
            }
        }
        let mut columns = columns.into_iter();
        if let Some(x) = columns.next() {
            plot.x = Some(x);
            plot.y = columns.next();
        }
        match columns.next() {
            Some(word) => Err(Error::usage(say!("a chart takes two columns, and `{word}` is a third", word))),
            None => Ok(plot),
        }
    }

    /// Shows the last result in another form, in a place of its own or where results go.
    fn show_again(&mut self, place: Option<&Output>, plot: Option<Plot>) -> Result<()> {
        let kept = self.session.last.get()?.clone();
        let kept = Kept { plot: plot.or(kept.plot.clone()), ..kept };
        self.show_kept(&kept, place)
    }

    /// Shows a result that is there: in the file that waits for the next one, else in its place.
    fn show_kept(&mut self, kept: &Kept, place: Option<&Output>) -> Result<()> {
        let once = self.once.take().map(|path| self.to_file(&path));
        match once.as_ref().or(place) {
            Some(output) => {
                let mut delivery = self.session.deliver(output)?;
                self.session.show_kept(kept, &mut delivery)?;
                delivery.finish()
            }
            None => self.session.show_kept(kept, &mut self.delivery),
        }
    }
}
