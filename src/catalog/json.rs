//! JSON files: an object a line, or one array, laid out in any way.

use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::json::reader::infer_json_schema_from_iterator;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::language::Message;
use crate::storage::File;

/// Objects that types are taken from.
const OBJECTS: usize = 1000;

/// Whether the file holds one array rather than an object a line.
///
/// # Errors
/// The file cannot be read.
pub(super) fn is_array(path: &Path) -> Result<bool> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(4096).read_to_end(&mut start))
        .map_err(|error| Error::reading(path, &error))?;
    Ok(start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'['))
}

/// The columns of an array of objects and their types, from its first objects.
///
/// The engine's own look at an array takes it line by line.
///
/// # Errors
/// The file cannot be read or is no array of objects.
pub(super) fn array_schema(path: &Path) -> Result<SchemaRef> {
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    let mut first = Vec::new();
    let read = serde_json::Deserializer::from_reader(BufReader::new(file)).deserialize_seq(First(&mut first));
    let fault =
        |error: &dyn std::fmt::Display| super::unreadable(path, &Message::verbatim(error.to_string()));
    match read {
        Err(error) if first.len() < OBJECTS => return Err(fault(&error)),
        // Enough was read: what ended the reading is our own word for that.
        _ => {}
    }
    let schema = infer_json_schema_from_iterator(first.into_iter().map(Ok::<Value, ArrowError>));
    schema.map(Arc::new).map_err(|error| fault(&error))
}

/// Takes the first values of an array.
struct First<'a>(&'a mut Vec<Value>);

impl<'de> Visitor<'de> for First<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> std::result::Result<(), A::Error> {
        while let Some(value) = values.next_element()? {
            self.0.push(value);
            if self.0.len() == OBJECTS {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
