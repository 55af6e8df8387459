//! Whether an export is what it was, and comes out the same when it is run again.

use std::path::Path;

use super::compare::{self, Compared};
use super::finding::Finding;
use super::hash::Bytes;
use super::record::{Parameter, Ran, Record, TableFile, Text};
use super::{Places, count, hash, in_words, this_program};
use crate::config::{Access, NamedFile, Output, Workspace};
use crate::error::{Error, Kind, Result};
use crate::language::Message;
use crate::output::{Format, Style};
use crate::query::params::{self, Bindings};
use crate::query::{SavedQuery, Source, header, library};
use crate::run::reads::Reads;
use crate::run::{Delivery, Session};
use crate::ui::interrupt;
use crate::{many, say, storage};

/// Runs an export again and holds it, and all that it was made of, against its record.
///
/// The workspace is that of the session where it was `asked` for, else the one that lies as the
/// record says. The session is the record's from then on.
///
/// # Errors
/// There is no record, or the user pressed Ctrl-C. What cannot be run again is a finding.
pub async fn verify(session: &mut Session, named: &Path, asked: bool) -> Result<Vec<Finding>> {
    let (export, place) = Record::pair(named);
    let record = Record::read(&place)?;
    let export = storage::absolute(&export).unwrap_or(export);
    let (format, style) = record.written.form()?;
    let program = this_program();
    if record.program.version != program.version {
        session.ui.warn(say!(
            "it was written by {name} {version}, and this is {this}",
            name = record.program.name,
            version = record.program.version,
            this = program.version
        ));
    }
    settle(session, &record, &export, asked)?;
    let places = Places::of(session);
    let mut findings = Vec::new();
    let bytes = if storage::exists(&export) {
        Some(hash::of_path(&export, record.file.path.clone()).await?)
    } else {
        None
    };
    let untouched = bytes.as_ref().is_some_and(|bytes| bytes.sha256 == record.file.sha256);
    if !untouched {
        let words = |bytes: &Bytes| in_words(bytes, None);
        findings.push(Finding::new(
            say!("export `{path}`", path = record.file.path),
            Some(words(&record.file)),
            bytes.as_ref().map(words),
        ));
    }
    if let Ran::Query(text) = &record.ran {
        findings.extend(query(session, text, &record.parameters));
    }
    let mut gone = Vec::new();
    for table in &record.tables {
        for file in &table.files {
            match table_file(session, &places, file).await? {
                Some(finding) if finding.now.is_none() => gone.push((table, file, finding)),
                finding => findings.extend(finding),
            }
        }
    }
    let folder = tempfile::tempdir().map_err(|error| Error::writing_in(&std::env::temp_dir(), &error))?;
    let again = folder.path().join(format!("again.{}", format.ending()));
    session.config.output =
        Output { format: Some(format), path: Some(again.clone()), force: false, style: style.clone() };
    let spoken = session.ui.language;
    session.ui.language = record.written.language().unwrap_or(spoken);
    let ran = rerun(session, &record).await;
    session.ui.language = spoken;
    for (table, now) in added(&record, &places, &session.reads.take().unwrap_or_default()).await? {
        // The same bytes of the same table in another place are no other file.
        let moved =
            gone.iter().position(|(was, file, _)| was.name == table && file.file.sha256 == now.sha256);
        match moved {
            Some(moved) => drop(gone.remove(moved)),
            None => {
                let what = say!("table file `{path}`", path = now.path);
                findings.push(Finding::new(what, None, Some(in_words(&now, None))));
            }
        }
    }
    findings.extend(gone.into_iter().map(|(_, _, finding)| finding));
    match ran {
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        Err(error) => {
            let rows = many!(record.rows, "{n} row", "{n} rows");
            let now = say!("cannot be run again: {reason}", reason = error.message());
            findings.push(Finding::new(say!("result"), Some(rows), Some(now)));
        }
        Ok(_) => {
            let same = hash::of_path(&again, String::new()).await?.sha256 == record.file.sha256;
            let compared = Comparison {
                record: &record,
                export: &export,
                again: &again,
                format,
                style,
                untouched,
                same,
            };
            findings.extend(compared.findings(session, bytes.is_some()).await?);
        }
    }
    Ok(findings)
}

/// Makes the session that of the record: its workspace, its names, its folder.
fn settle(session: &mut Session, record: &Record, export: &Path, asked: bool) -> Result<()> {
    session.config.make_absolute();
    let beside = export.parent().unwrap_or(Path::new("/"));
    let recorded = record.workspace.as_ref().map(|way| super::real(&storage::seen_from(beside, way)));
    let recorded = recorded.and_then(|root| Workspace::find(Some(&root), &root).ok().flatten());
    let workspace = if asked { session.config.workspace.clone() } else { None };
    let workspace = workspace.or(recorded).or_else(|| session.config.workspace.clone());
    if let (Some(way), None) = (&record.workspace, &workspace) {
        return Err(Error::usage(say!(
            "the workspace that `{path}` was made in is not where it was, `{way}` from there",
            path = record.file.path,
            way
        ))
        .hint(say!("name it with `-C DIR`")));
    }
    let root = workspace.as_ref().filter(|_| record.workspace.is_some()).map(Workspace::root);
    let folder = super::real(&storage::seen_from(root.unwrap_or(beside), &record.folder));
    if folder.is_dir() {
        std::env::set_current_dir(&folder).map_err(|error| Error::entering(&folder, &error))?;
    }
    // A name that is given now stands for the one that was given then.
    for named in &record.named {
        session.config.fence().check(&named.path)?;
        if !session.config.tables.iter().any(|file| file.name == named.name) {
            session.config.tables.push(NamedFile { name: named.name.clone(), path: named.path.clone() });
        }
    }
    session.config.collate = record.collate;
    if session.config.access == Access::Write {
        session.config.access = Access::Read;
    }
    session.config.provenance = false;
    session.connect(workspace)
}

/// Runs what was run, as it was written down; the result is in its file.
async fn rerun(session: &mut Session, record: &Record) -> Result<()> {
    session.reads = Some(Reads::default());
    let delivery = match &record.ran {
        Ran::Query(text) => {
            let query = parsed(text)?;
            let mut delivery = session.deliver(&session.config.output.clone())?;
            let bindings = session.bind(&query, &Parameter::given(&record.parameters)).await?;
            session.bound(&query, bindings, &mut delivery).await?;
            delivery
        }
        Ran::Scripts(texts) => scripts(session, texts).await?,
    };
    delivery.finish()
}

async fn scripts(session: &mut Session, texts: &[Text]) -> Result<Delivery> {
    let sources: Vec<Source> =
        texts.iter().map(|text| Source::new(text.name.as_str(), text.text.as_str())).collect();
    // A record is a file that anybody may have written: it runs no more than `--provenance` allows.
    sources.iter().try_for_each(crate::meta::stands_alone)?;
    let (console, ran) = crate::meta::run_scripts(session, &sources).await?;
    ran.map(|()| console.into_delivery())
}

/// A saved query from its text.
fn parsed(text: &Text) -> Result<SavedQuery> {
    library::parse(&text.name, Source::new(text.name.as_str(), text.text.as_str()))
}

/// Whether the saved query is still what it was, its defaults among it.
fn query(session: &Session, was: &Text, parameters: &[Parameter]) -> Vec<Finding> {
    let now = match session.find(&was.name) {
        Ok(query) => query,
        Err(error) => {
            let before = many!(was.text.lines().count(), "{n} line", "{n} lines");
            let what = say!("query `{name}`", name = was.name);
            return vec![Finding::new(what, Some(before), Some(error.message().clone()))];
        }
    };
    if *now.source.text == *was.text {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let (before, after): (Vec<&str>, Vec<&str>) =
        (was.text.lines().collect(), now.source.text.lines().collect());
    let line = (0..before.len().max(after.len())).find(|line| before.get(*line) != after.get(*line));
    if let Some(line) = line {
        let text = |lines: &[&str]| lines.get(line).map(|line| Message::verbatim(*line));
        let what = say!("query `{name}`, line {line}", name = was.name, line = line + 1);
        findings.push(Finding::new(what, text(&before), text(&after)));
    }
    let defaults = |header: &header::Header| params::bind(&was.name, header, &[]).0;
    let before = parsed(was).and_then(|query| session.in_year(query));
    let before = before.map_or_else(|_| Bindings::new(), |query| defaults(&query.header));
    let after = defaults(&now.header);
    for parameter in parameters.iter().filter(|parameter| !parameter.given) {
        let words = |bindings: &Bindings| {
            let values = bindings.get(&parameter.name)?.values().into_iter().map(crate::query::value::shown);
            Some(Message::verbatim(values.collect::<Vec<_>>().join(", ")))
        };
        let (was, now) = (words(&before), words(&after));
        if was != now {
            let what = say!("default of parameter `{name}`", name = parameter.name);
            findings.push(Finding::new(what, was, now));
        }
    }
    findings
}

/// Whether a file of a table is still what it was.
async fn table_file(session: &Session, places: &Places, was: &TableFile) -> Result<Option<Finding>> {
    let path = places.find(&was.file.path);
    let finding = |now: Option<Message>| {
        let before = in_words(&was.file, Some(was.rows));
        Some(Finding::new(say!("table file `{path}`", path = was.file.path), Some(before), now))
    };
    if !storage::is_file(&path) {
        return Ok(finding(None));
    }
    let now = hash::of_path(&path, was.file.path.clone()).await?;
    if now.sha256 == was.file.sha256 {
        return Ok(None);
    }
    match count(session, &path).await {
        Ok(rows) => Ok(finding(Some(in_words(&now, Some(rows))))),
        Err(error) if error.kind() == Kind::Interrupted => Err(error),
        Err(error) => {
            let now = Message::joined([in_words(&now, None), error.message().clone()], "; ");
            Ok(finding(Some(now)))
        }
    }
}

/// The files that were read this time and not then, each with the name of its table.
async fn added(record: &Record, places: &Places, reads: &Reads) -> Result<Vec<(String, Bytes)>> {
    let mut added: Vec<(String, Bytes)> = Vec::new();
    for table in &reads.tables {
        for path in table.files.keys() {
            let name = places.name(path)?;
            let mut known = record.tables.iter().flat_map(|table| &table.files).map(|file| &file.file.path);
            if !known.any(|known| *known == name) && !added.iter().any(|(_, other)| other.path == name) {
                added.push((table.name.clone(), hash::of_path(path, name).await?));
            }
        }
    }
    Ok(added)
}

/// The export and what came out this time.
struct Comparison<'a> {
    record: &'a Record,
    export: &'a Path,
    again: &'a Path,
    format: Format,
    style: Style,
    /// The export's bytes are those that were written.
    untouched: bool,
    /// What came out this time has those bytes.
    same: bool,
}

impl Comparison<'_> {
    async fn findings(&self, session: &mut Session, there: bool) -> Result<Vec<Finding>> {
        if self.same && (self.untouched || !there) {
            return Ok(Vec::new());
        }
        if !there {
            let words = |bytes: &Bytes| Some(in_words(bytes, None));
            let now = hash::of_path(self.again, String::new()).await?;
            return Ok(vec![Finding::new(
                say!("bytes of the result"),
                words(&self.record.file),
                words(&now),
            )]);
        }
        // Where the result is as it was, what differs was changed in the export.
        let (was, now) = if self.same { (self.again, self.export) } else { (self.export, self.again) };
        let (was, now, format, style) = (was.to_owned(), now.to_owned(), self.format, self.style.clone());
        let comparing = tokio::task::spawn_blocking(move || compare::exports(&was, &now, format, &style));
        let compared = tokio::select! {
            compared = comparing => compared.map_err(|error| Error::data(Message::verbatim(error.to_string())))?,
            () = interrupt::asked() => return Err(Error::interrupted()),
        };
        let rows = many!(self.record.rows, "{n} row", "{n} rows");
        let another = || Some(say!("another"));
        Ok(match compared {
            Ok(Compared::Different(findings)) => findings,
            Ok(Compared::Order) if !self.same && self.untouched => {
                session.ui.warn(say!("the same rows came in another order, which the query leaves open"));
                Vec::new()
            }
            Ok(Compared::Order) => vec![Finding::new(say!("order of the rows"), None, another())],
            // Writers of Parquet and Arrow cut the same rows into other pieces.
            Ok(Compared::Same) if self.same || matches!(self.format, Format::Parquet | Format::Arrow) => {
                Vec::new()
            }
            // As null and the empty text, which CSV tells apart by quotes alone.
            Ok(Compared::Same) if self.untouched => {
                let now = say!("written in another way");
                vec![Finding::new(say!("bytes of the result"), Some(rows), Some(now))]
            }
            Ok(Compared::Same) => Vec::new(),
            Ok(Compared::Picture) if self.same => Vec::new(),
            Ok(Compared::Picture) => {
                vec![Finding::new(say!("picture of the result"), Some(rows), another())]
            }
            Err(error) => vec![Finding::new(say!("export"), Some(rows), Some(error.message().clone()))],
        })
    }
}
