//! Keeping in the contract what an import was told.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::output::AtomicFile;

/// Adds headings and a decimal mark to what the contract says of a table's spreadsheets; what else
/// stands in the file stays as it is.
///
/// # Errors
/// The file cannot be read or written, or does not describe the table.
pub fn keep_mapping(
    path: &Path,
    table: &str,
    headers: &BTreeMap<String, String>,
    mark: Option<char>,
) -> Result<()> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))?;
    let wrong = || Error::data(format!("`{}` does not describe table `{table}`", path.display()));
    let mut contract: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| wrong())?;
    let tables = contract.get_mut("resources").and_then(Value::as_array_mut).ok_or_else(wrong)?;
    let of_table = |resource: &&mut Value| resource.get("name").and_then(Value::as_str) == Some(table);
    let resource = tables.iter_mut().find(of_table).and_then(Value::as_object_mut).ok_or_else(wrong)?;
    let import = resource.entry("import").or_insert_with(|| json!({})).as_object_mut().ok_or_else(wrong)?;
    if !headers.is_empty() {
        let kept: &mut Map<String, Value> =
            import.entry("headers").or_insert_with(|| json!({})).as_object_mut().ok_or_else(wrong)?;
        kept.extend(headers.iter().map(|(heading, column)| (heading.clone(), json!(column))));
    }
    if let Some(mark) = mark {
        import.insert("decimalChar".to_owned(), json!(mark.to_string()));
    }
    let text = serde_json::to_string_pretty(&contract)
        .map_err(|error| Error::data(format!("cannot write `{}`: {error}", path.display())))?;
    let mut file = AtomicFile::create(path, true)?;
    writeln!(file, "{text}").map_err(|error| Error::file("write", path, &error))?;
    file.commit()
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
}
