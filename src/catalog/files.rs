//! Files and folders as tables: which there are, of what format, and how they are opened.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::reader::FileReader;
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::physical_plan::parquet::metadata::CachedParquetMetaData;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use futures::FutureExt;

use super::hive::{parquet_files, partitions};
use super::paths::{namesake, url};
use super::records::{self, Record};
use super::store::Files;
use super::{csv, footer, json, unreadable};
use crate::error::{Error, Result, below, without_layers};
use crate::language::Message;
use crate::say;
use crate::storage::{self, Entry, File};
use crate::ui::text;

/// Of how many files in a bucket the ends are asked for at the same time.
const AT_ONCE: usize = 64;

/// Where a table's rows are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    /// One file.
    File(PathBuf),
    /// A folder of Parquet files; folders named `key=value` inside it are columns.
    Folder(PathBuf),
    /// One file, and a folder of the same name beside it: what was added since the file was written.
    Both {
        /// The file.
        file: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
}

/// What the name of a file says that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Parquet,
    Csv,
    Tsv,
    Json,
    Arrow,
}

const ENDINGS: [(&str, Ending); 10] = [
    ("parquet", Ending::Parquet),
    ("csv", Ending::Csv),
    ("tsv", Ending::Tsv),
    ("tab", Ending::Tsv),
    ("json", Ending::Json),
    ("ndjson", Ending::Json),
    ("jsonl", Ending::Json),
    ("arrow", Ending::Arrow),
    ("ipc", Ending::Arrow),
    ("feather", Ending::Arrow),
];

impl Ending {
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
    }
}

/// What a file is read as, which its name does not always say in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Parquet,
    /// With this separator.
    Csv(u8),
    JsonLines,
    JsonArray,
    Arrow,
}

impl Kind {
    /// Looks into the file where its name leaves a choice.
    fn of(ending: Ending, path: &Path) -> Result<Self> {
        Ok(match ending {
            Ending::Parquet => Self::Parquet,
            Ending::Csv => Self::Csv(csv::separator(path)?),
            Ending::Tsv => Self::Csv(b'\t'),
            Ending::Json if json::is_array(path)? => Self::JsonArray,
            Ending::Json => Self::JsonLines,
            Ending::Arrow => Self::Arrow,
        })
    }

    /// The format, with the types of text that the session wants.
    fn format(self, session: &SessionState) -> Arc<dyn FileFormat> {
        let views = session.config_options().execution.parquet.schema_force_view_types;
        match self {
            Self::Parquet => Arc::new(ParquetFormat::default().with_force_view_types(views)),
            Self::Csv(separator) => Arc::new(csv::format(separator)),
            Self::JsonLines => Arc::new(JsonFormat::default()),
            Self::JsonArray => Arc::new(JsonFormat::default().with_newline_delimited(false)),
            Self::Arrow => Arc::new(ArrowFormat),
        }
    }
}

/// Whether a name in FROM is meant as a path: it has a separator, the
/// ending of a data file, or it is a folder of Parquet files.
pub fn is_path(name: &str) -> bool {
    let path = Path::new(name);
    let folder = || storage::is_dir(path) && parquet_files(path).is_ok_and(|files| !files.is_empty());
    name.contains(['/', '\\']) || Ending::of(path).is_some() || folder()
}

/// The tables of a folder: `NAME.parquet`, or `NAME/` with Parquet files somewhere below it, or both.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn of_folder(folder: &Path) -> Result<BTreeMap<String, Location>> {
    let fault = |error: std::io::Error| Error::reading(folder, &error);
    let (mut alone, mut folders) = (BTreeMap::new(), BTreeMap::new());
    for Entry { path, is_dir } in storage::list(folder).map_err(fault)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') {
            continue;
        }
        let name = text::nfc(name).into_owned();
        if is_dir {
            if !parquet_files(&path)?.is_empty() {
                folders.insert(name, path);
            }
        } else if let Some(stem) = name.strip_suffix(".parquet") {
            alone.insert(stem.to_owned(), path.clone());
        }
    }
    let mut tables: BTreeMap<String, Location> = BTreeMap::new();
    for (name, file) in alone {
        let location = match folders.remove(&name) {
            Some(folder) => Location::Both { file, folder },
            None => Location::File(file),
        };
        tables.insert(name, location);
    }
    tables.extend(folders.into_iter().map(|(name, folder)| (name, Location::Folder(folder))));
    Ok(tables)
}

/// The table of that name in a folder, without listing it where the name says where to look.
///
/// # Errors
/// It cannot be found out.
pub(super) fn in_folder(folder: &Path, name: &str) -> Result<Option<Location>> {
    let file = folder.join(format!("{name}.parquet"));
    let inner = folder.join(name);
    let is_dir = |path: &Path| {
        let look = storage::find(path).map_err(|error| Error::reading(path, &error))?;
        Ok::<_, Error>(look.map(|look| look.is_dir))
    };
    if is_dir(&file)? == Some(false) && is_dir(&inner)? != Some(true) {
        return Ok(Some(Location::File(file)));
    }
    // A name may be written with other code points on disk (NFD), or be a folder.
    Ok(of_folder(folder)?.remove(text::nfc(name).as_ref()))
}

impl Location {
    /// A path as the user gave it.
    pub fn of_path(path: &Path) -> Self {
        if storage::is_dir(path) { Self::Folder(path.to_owned()) } else { Self::File(path.to_owned()) }
    }

    /// The file, else the folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Folder(path) | Self::Both { file: path, .. } => path,
        }
    }

    /// The files that hold its rows.
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::File(path) => vec![path.clone()],
            Self::Folder(folder) => Files::of(None, folder).unwrap_or_default().current,
            Self::Both { file, folder } => Files::of(Some(file), folder).unwrap_or_default().current,
        }
    }

    /// The bytes that the table takes on disk.
    pub fn bytes(&self) -> u64 {
        self.files().iter().map(|path| storage::look(path).map_or(0, |look| look.bytes)).sum()
    }

    /// Opens the table: reads its schema, not its rows.
    ///
    /// # Errors
    /// A file is missing, damaged or of no known format. A reader that panics on a damaged file is
    /// an error too.
    pub(super) async fn open(&self, opener: &SessionState) -> Result<Arc<dyn TableProvider>> {
        match AssertUnwindSafe(self.listing_table(opener)).catch_unwind().await {
            Ok(opened) => opened,
            Err(_) => Err(unreadable(self.path(), &say!("the file is damaged"))),
        }
    }

    async fn listing_table(&self, opener: &SessionState) -> Result<Arc<dyn TableProvider>> {
        let path = self.path();
        let (kind, files) = match self {
            Self::File(path) => {
                if let Err(error) = storage::look(path) {
                    // SQL is read in NFC; the name on disk may be in NFD.
                    if let Some(other) = namesake(path) {
                        return Box::pin(Self::File(other).listing_table(opener)).await;
                    }
                    return Err(Error::reading(path, &error));
                }
                let ending = Ending::of(path).ok_or_else(|| {
                    let known = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
                    unreadable(path, &say!("its name does not say what it holds"))
                        .hint(say!("files of data end in {known}", known))
                })?;
                (Kind::of(ending, path)?, vec![path.clone()])
            }
            Self::Folder(folder) => {
                let files = Files::of(None, folder)?.current;
                if files.is_empty() {
                    let folder = folder.display();
                    return Err(Error::data(say!("there are no Parquet files in `{folder}`", folder)));
                }
                (Kind::Parquet, files)
            }
            Self::Both { file, folder } => (Kind::Parquet, Files::of(Some(file), folder)?.current),
        };
        if kind == Kind::Parquet {
            for group in files.chunks(AT_ONCE) {
                storage::look_ahead(group);
                group.iter().try_for_each(|file| footer::check(file))?;
            }
        }
        let keys = match self {
            Self::File(_) => Vec::new(),
            Self::Folder(folder) => partitions(folder, &files)?,
            Self::Both { file, folder } if has_keys(folder, &files)? => {
                let reason = say!(
                    "it stands beside the folder `{folder}`, whose files have keys that it has not",
                    folder = folder.display()
                );
                return Err(unreadable(file, &reason));
            }
            Self::Both { .. } => Vec::new(),
        };
        let ending = files[0].extension().map(|ending| format!(".{}", ending.to_string_lossy()));
        let options = ListingOptions::new(kind.format(opener))
            .with_file_extension_opt(ending)
            .with_table_partition_cols(keys);
        // File by file, so that one which comes while they are read is not taken for one of them. With
        // keys the reader needs the folder that they begin in.
        let urls = match self {
            Self::Folder(folder) if !has_keys(folder, &files)? => urls_of(&files)?,
            Self::Both { .. } => urls_of(&files)?,
            Self::File(_) | Self::Folder(_) => vec![url(path)?],
        };
        let fault = |error: DataFusionError| {
            if let Some(ours) = below(&error) {
                return unreadable(path, ours.message());
            }
            // The outermost words only say that a file was read; the reason lies below them.
            let reason = error.find_root().message().into_owned();
            unreadable(path, &Message::verbatim(without_layers(reason.lines().next().unwrap_or_default())))
        };
        match kind {
            Kind::Csv(_) => records::check(path, Record::QuotedLine)?,
            Kind::JsonLines => records::check(path, Record::Line)?,
            Kind::JsonArray => records::check(path, Record::Element)?,
            Kind::Parquet | Kind::Arrow => {}
        }
        let schema = match kind {
            Kind::Csv(separator) => csv::schema(path, separator)?,
            Kind::JsonArray => json::array_schema(path)?,
            Kind::Arrow if let Some(schema) = arrow_schema(path) => schema,
            _ => {
                let mut schemas = Vec::new();
                for (i, url) in urls.iter().enumerate() {
                    if let Some(next) = files.get(i..files.len().min(i + AT_ONCE))
                        && i % AT_ONCE == 0
                    {
                        storage::look_ahead(next);
                    }
                    schemas.push(options.infer_schema(opener, url).await.map_err(fault)?.as_ref().clone());
                }
                Arc::new(Schema::try_merge(schemas).map_err(|error| fault(error.into()))?)
            }
        };
        if kind == Kind::Parquet {
            agree(&files, opener)?;
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = schema.fields().iter().find(|field| !seen.insert(field.name())) {
            let reason = say!("two of its columns are called `{name}`", name = twice.name());
            return Err(unreadable(path, &reason));
        }
        if schema.fields().is_empty() {
            return Err(unreadable(path, &say!("it has no columns")));
        }
        let config =
            ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
        Ok(Arc::new(ListingTable::try_new(config).map_err(fault)?))
    }
}

/// The columns of a file of Arrow in a bucket; `None` where it is one on a disk, or of the other form, a stream.
///
/// What the engine looks at of an object does not reach to them where our own writer has made it.
fn arrow_schema(path: &Path) -> Option<SchemaRef> {
    let file = storage::is_object(path).then(|| File::open(path).ok())??;
    FileReader::try_new(file, None).ok().map(|reader| reader.schema())
}

fn urls_of(files: &[PathBuf]) -> Result<Vec<ListingTableUrl>> {
    files.iter().map(|file| url(file)).collect()
}

/// Whether the files below a folder stand in folders named by keys.
fn has_keys(folder: &Path, files: &[PathBuf]) -> Result<bool> {
    let inner: Vec<PathBuf> = files.iter().filter(|file| file.starts_with(folder)).cloned().collect();
    Ok(!partitions(folder, &inner)?.is_empty())
}

/// Holds each footer, which the reader has just cached, against its row groups.
fn agree(files: &[PathBuf], opener: &SessionState) -> Result<()> {
    let cache = opener.runtime_env().cache_manager.get_file_metadata_cache();
    for file in files {
        let Some(entry) = cache.get(url(file)?.prefix()) else { continue };
        if let Some(cached) = entry.file_metadata.as_any().downcast_ref::<CachedParquetMetaData>() {
            footer::agrees(file, cached.parquet_metadata())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lists_files_and_folders_of_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("makes");
            std::fs::write(path, "x").expect("writes");
        };
        for name in
            ["a.parquet", "b/year=2022/1.parquet", "c/readme.md", ".d.parquet", "e.csv", ".f/x.parquet"]
        {
            put(name);
        }
        let found: Vec<String> = of_folder(folder.path()).expect("reads").into_keys().collect();
        assert_eq!(found, ["a", "b"]);
    }

    #[test]
    fn a_name_in_either_unicode_form_finds_its_file() {
        use unicode_normalization::UnicodeNormalization;
        let folder = tempfile::tempdir().expect("a folder");
        let nfd: String = "khánh".nfd().collect();
        std::fs::write(folder.path().join(format!("{nfd}.parquet")), "x").expect("writes");
        assert!(in_folder(folder.path(), "khánh").expect("looks").is_some());
    }
}
