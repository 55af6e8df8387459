//! A folder of Parquet files as one table: its files, and the columns in the names of its folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;

use super::unreadable;
use crate::error::{Error, Result};
use crate::say;
use crate::storage::{self, Entry};

/// The Parquet files below a folder, in order: those that the reader will find there.
///
/// # Errors
/// A folder cannot be read.
pub(super) fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        let fault = |error: std::io::Error| Error::reading(&folder, &error);
        // A link may lead back to where it stands.
        if !seen.insert(storage::canonical(&folder).map_err(fault)?) {
            continue;
        }
        for Entry { path, is_dir } in storage::list(&folder).map_err(fault)? {
            if is_dir {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "parquet") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The keys in the names of the folders between a table and a file: `key=value`.
fn keys(folder: &Path, file: &Path) -> Vec<(String, String)> {
    let inner = file.strip_prefix(folder).unwrap_or(file);
    let parts = inner.parent().into_iter().flat_map(Path::components);
    parts
        .filter_map(|part| {
            let part = part.as_os_str().to_string_lossy();
            part.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The Hive keys of a folder's files and the narrowest type that all their values have.
///
/// # Errors
/// The files do not have the same keys: the reader would leave some of them out without a word.
pub(super) fn partitions(folder: &Path, files: &[PathBuf]) -> Result<Vec<(String, DataType)>> {
    let mut columns: Vec<(String, BTreeSet<String>)> = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let keys = keys(folder, file);
        if i == 0 {
            columns = keys.iter().map(|(key, _)| (key.clone(), BTreeSet::new())).collect();
        }
        if !keys.iter().map(|(key, _)| key).eq(columns.iter().map(|(key, _)| key)) {
            let reason = say!(
                "`{file}` does not lie in folders of the same keys as `{other}`",
                file = file.display(),
                other = files[0].display()
            );
            let hint = say!("every file of a table lies below the same `key=value` folders");
            return Err(unreadable(folder, &reason).hint(hint));
        }
        for ((_, values), (_, value)) in columns.iter_mut().zip(keys) {
            values.insert(value);
        }
    }
    Ok(columns.into_iter().map(|(key, values)| (key, type_of(&values))).collect())
}

fn type_of(values: &BTreeSet<String>) -> DataType {
    // A number with a leading zero is a code: as a number it would lose the zero.
    let plain = |value: &String| value == "0" || !value.trim_start_matches('-').starts_with('0');
    if values.iter().all(|value| plain(value) && value.parse::<i64>().is_ok()) {
        DataType::Int64
    } else if values.iter().all(|value| value.parse::<chrono::NaiveDate>().is_ok()) {
        DataType::Date32
    } else {
        DataType::Utf8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn hive_keys_have_the_narrowest_type_of_their_values() {
        assert_eq!(type_of(&strings(&["2022", "2023"])), DataType::Int64);
        assert_eq!(type_of(&strings(&["2022-01-31", "2022-02-28"])), DataType::Date32);
        assert_eq!(type_of(&strings(&["01", "02"])), DataType::Utf8);
        assert_eq!(type_of(&strings(&["2022", "all"])), DataType::Utf8);
    }

    #[test]
    fn files_of_a_table_have_the_same_keys() {
        let files = ["t/year=2022/a.parquet", "t/year=2023/b.parquet"].map(PathBuf::from);
        let columns = partitions(Path::new("t"), &files).expect("the same");
        assert_eq!(columns, [("year".to_owned(), DataType::Int64)]);
        let mixed = ["t/c.parquet", "t/year=2022/a.parquet"].map(PathBuf::from);
        assert!(partitions(Path::new("t"), &mixed).is_err());
    }
}
