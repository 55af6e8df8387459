//! Keeping in the contract what an import was told.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::output::AtomicFile;
use crate::say;
use crate::storage::{self, Lock, Taken};

/// Adds headings and a decimal mark to what the contract says of a table's spreadsheets; what else
/// stands in the file stays as it is.
///
/// # Errors
/// The file cannot be read or written, does not describe the table, or is being changed by another process.
pub fn keep_mapping(
    path: &Path,
    table: &str,
    headers: &BTreeMap<String, String>,
    mark: Option<char>,
) -> Result<()> {
    let lock = path.with_file_name(".datapackage.lock");
    let _held = match Lock::take(&lock).map_err(|error| Error::writing(&lock, &error))? {
        Taken::Ours(held) => held,
        Taken::Others(_) => {
            let message = say!("`{path}` is being changed by another process", path = path.display());
            return Err(Error::data(message).hint(say!("run this again when that is done")));
        }
    };
    let text = storage::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
    let wrong =
        || Error::data(say!("`{file}` does not describe table `{table}`", file = path.display(), table));
    let begin = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut kept = text.split_at(begin).1.to_owned();
    resource(&kept, table).ok_or_else(wrong)?;
    let mut entries: Vec<(&str, &str, Value)> =
        headers.iter().map(|(heading, column)| ("headers", heading.as_str(), json!(column))).collect();
    entries.extend(mark.map(|mark| ("", "decimalChar", json!(mark.to_string()))));
    for (group, key, value) in entries {
        let resource = resource(&kept, table).ok_or_else(wrong)?;
        kept = set_below(&kept, resource, &["import", group], key, value).ok_or_else(wrong)?;
    }
    let mut file = AtomicFile::create(path, true)?;
    let written = file.write_all(&text.as_bytes()[..begin]).and_then(|()| file.write_all(kept.as_bytes()));
    written.map_err(|error| Error::writing(path, &error))?;
    file.commit()
}

/// Where the description of a table stands in the text.
fn resource(text: &str, table: &str) -> Option<Range<usize>> {
    let (_, resources) = members(text, 0..text.len())?.into_iter().find(|(key, _)| key == "resources")?;
    let list: Vec<&RawValue> = serde_json::from_str(&text[resources]).ok()?;
    let is_it = |place: &Range<usize>| {
        serde_json::from_str::<Value>(&text[place.clone()]).is_ok_and(|resource| resource["name"] == table)
    };
    list.into_iter().map(|raw| place(text, raw)).find(is_it)
}

/// Sets an entry of an object that is found by these keys below another, and made where it is not there;
/// empty keys are none.
fn set_below(text: &str, object: Range<usize>, keys: &[&str], key: &str, value: Value) -> Option<String> {
    let Some((first, rest)) = keys.split_first() else { return set(text, &object, key, &value) };
    if first.is_empty() {
        return set_below(text, object, rest, key, value);
    }
    match members(text, object.clone())?.into_iter().find(|(name, _)| name == first) {
        Some((_, inner)) => set_below(text, inner, rest, key, value),
        None => {
            let rest = rest.iter().rev().filter(|key| !key.is_empty());
            let value = rest.fold(json!({ key: value }), |value, key| json!({ *key: value }));
            set(text, &object, first, &value)
        }
    }
}

/// Sets an entry of an object: its value is replaced, or it comes before the last one, so that no line
/// that is there changes.
fn set(text: &str, object: &Range<usize>, key: &str, value: &Value) -> Option<String> {
    let members = members(text, object.clone())?;
    if let Some((_, place)) = members.iter().find(|(name, _)| name == key) {
        return Some(format!("{}{value}{}", &text[..place.start], &text[place.end..]));
    }
    let key = Value::from(key);
    let inner = object.start + 1;
    // From behind the entry before the last one, or the brace, to the last one's key.
    let before = members.len().checked_sub(2).map_or(inner, |at| members[at].1.end);
    let last = before + text[before..].find(|c: char| c != ',' && !c.is_whitespace())?;
    if members.is_empty() {
        return Some(format!("{}{key}: {value}{}", &text[..inner], &text[inner..]));
    }
    let gap = text[before..last].trim_start_matches([',', ' ']);
    let value = laid_out(value, text, gap)?;
    let gap = if gap.is_empty() { " " } else { gap };
    Some(format!("{}{key}: {value},{gap}{}", &text[..last], &text[last..]))
}

/// A value over several lines where its neighbours have lines of their own, in the file's indentation.
fn laid_out(value: &Value, text: &str, gap: &str) -> Option<String> {
    let Some(break_at) = gap.rfind('\n').filter(|_| value.is_object()) else {
        return Some(value.to_string());
    };
    let indented = text.lines().find(|line| line.starts_with([' ', '\t']))?;
    let step = &indented[..indented.len() - indented.trim_start().len()];
    let mut bytes = Vec::new();
    let layout = PrettyFormatter::with_indent(step.as_bytes());
    value.serialize(&mut Serializer::with_formatter(&mut bytes, layout)).ok()?;
    Some(String::from_utf8(bytes).ok()?.replace('\n', &gap[break_at..]))
}

/// The entries of an object with the places of their values, in the order of the text.
fn members(text: &str, object: Range<usize>) -> Option<Vec<(String, Range<usize>)>> {
    let entries: HashMap<String, &RawValue> = serde_json::from_str(&text[object]).ok()?;
    let entries = entries.into_iter().map(|(key, raw)| (key, place(text, raw)));
    let mut entries: Vec<(String, Range<usize>)> = entries.collect();
    entries.sort_unstable_by_key(|(_, place)| place.start);
    Some(entries)
}

/// Where a value stands in the text that it was read from.
fn place(text: &str, raw: &RawValue) -> Range<usize> {
    let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + raw.get().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Contract, FILE_NAME};

    #[test]
    fn a_mapping_is_kept_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        let text = r#"{"x-own": 1, "resources": [{"name": "t", "schema": {"fields": []}, "y-own": [2]}]}"#;
        std::fs::write(&path, text).expect("writes");
        let headers =
            BTreeMap::from([("Tên".to_owned(), "name".to_owned()), ("Ghi chú".to_owned(), String::new())]);
        keep_mapping(&path, "t", &headers, Some(',')).expect("keeps");
        let contract = Contract::read(folder.path()).expect("reads");
        let import = &contract.table("t").expect("there").import;
        assert_eq!((import.headers.clone(), import.decimal_char.as_deref()), (headers, Some(",")));
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(text.contains("\"x-own\": 1") && text.contains("y-own"), "{text}");
        assert!(keep_mapping(&path, "u", &BTreeMap::new(), None).is_err());
    }

    #[test]
    fn lines_are_added_and_none_is_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(FILE_NAME);
        let before = std::fs::read_to_string(here).expect("reads");
        std::fs::write(&path, &before).expect("writes");
        let mapping = |heading: &str| BTreeMap::from([(heading.to_owned(), "cost_vnd".to_owned())]);
        for (heading, mark) in [("Kinh \"phí\"", None), ("Tiền", Some(',')), ("Tiền", Some('.'))] {
            keep_mapping(&path, "activities", &mapping(heading), mark).expect("keeps");
        }
        let after = std::fs::read_to_string(&path).expect("reads");
        let mut lines = after.lines();
        assert!(before.lines().all(|line| lines.any(|other| other == line)), "{after}");
        let import =
            &Contract::read(folder.path()).expect("reads").table("activities").expect("there").import.clone();
        assert_eq!((import.headers.len(), import.decimal_char.as_deref()), (2, Some(".")));
        assert!(after.lines().count() <= before.lines().count() + 7, "{after}");
    }

    #[test]
    fn an_object_without_entries_gets_one() {
        assert_eq!(set("{ }", &(0..3), "a", &json!(1)).as_deref(), Some("{\"a\": 1 }"));
        assert_eq!(set("{\"b\":2}", &(0..7), "a", &json!(1)).as_deref(), Some("{\"a\": 1, \"b\":2}"));
    }
}
