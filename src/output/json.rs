//! JSON: one array of objects, or one object a line. Numbers are numbers, decimals included; every
//! column is there in every object, null or not.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Field, FieldRef, SchemaRef,
};
use arrow::error::ArrowError;
use arrow::json::writer::{
    EncoderFactory, EncoderOptions, JsonArray, LineDelimited, NullableEncoder, Writer, make_encoder,
};
use arrow::json::{Encoder, WriterBuilder};
use arrow::record_batch::RecordBatch;

use super::{Shown, Sink, arrow_fault, io_fault, named_once};
use crate::error::Result;

pub(super) struct Json {
    writer: Form,
    rows: u64,
}

/// Arrow's writers own their place, so they write to memory, which is emptied after each batch.
enum Form {
    Array(Writer<Vec<u8>, JsonArray>),
    Lines(Writer<Vec<u8>, LineDelimited>),
}

impl Json {
    pub(super) fn array() -> Self {
        Self { writer: Form::Array(builder().build(Vec::new())), rows: 0 }
    }

    pub(super) fn lines() -> Self {
        Self { writer: Form::Lines(builder().build(Vec::new())), rows: 0 }
    }

    fn hand_on(&mut self, out: &mut dyn Write) -> Result<()> {
        let bytes = match &mut self.writer {
            Form::Array(writer) => writer.get_mut(),
            Form::Lines(writer) => writer.get_mut(),
        };
        out.write_all(bytes).map_err(|error| io_fault(&error))?;
        bytes.clear();
        Ok(())
    }
}

fn builder() -> WriterBuilder {
    WriterBuilder::new().with_explicit_nulls(true).with_encoder_factory(Arc::new(PlainDecimals))
}

impl Sink for Json {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        named_once(schema)
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        match &mut self.writer {
            Form::Array(writer) => writer.write(batch),
            Form::Lines(writer) => writer.write(batch),
        }
        .map_err(|error| arrow_fault(&error))?;
        self.rows += batch.num_rows() as u64;
        self.hand_on(out)
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        match &mut self.writer {
            Form::Array(writer) => writer.finish(),
            Form::Lines(writer) => writer.finish(),
        }
        .map_err(|error| arrow_fault(&error))?;
        self.hand_on(out)?;
        if matches!(self.writer, Form::Array(_)) {
            out.write_all(b"\n").map_err(|error| io_fault(&error))?;
        }
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}

/// The values of a column as JSON, for nested ones that are a cell elsewhere.
pub(super) fn texts(column: &ArrayRef) -> std::result::Result<Vec<String>, ArrowError> {
    let options =
        EncoderOptions::default().with_explicit_nulls(true).with_encoder_factory(Arc::new(PlainDecimals));
    let field: FieldRef = Arc::new(Field::new("", column.data_type().clone(), true));
    let mut encoder = make_encoder(&field, column, &options)?;
    let text = |row: usize| {
        let mut text = Vec::new();
        if column.is_valid(row) {
            encoder.encode(row, &mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    };
    Ok((0..column.len()).map(text).collect())
}

/// Arrow writes decimals as texts; here they are numbers, with all their digits.
#[derive(Debug)]
struct PlainDecimals;

impl EncoderFactory for PlainDecimals {
    fn make_default_encoder<'a>(
        &self,
        _field: &'a FieldRef,
        array: &'a dyn Array,
        _options: &'a EncoderOptions,
    ) -> std::result::Result<Option<NullableEncoder<'a>>, ArrowError> {
        let digits: Box<dyn Fn(usize) -> String + 'a> = match array.data_type() {
            DataType::Decimal32(..) => {
                let array = array.as_primitive::<Decimal32Type>();
                Box::new(move |row| array.value_as_string(row))
            }
            DataType::Decimal64(..) => {
                let array = array.as_primitive::<Decimal64Type>();
                Box::new(move |row| array.value_as_string(row))
            }
            DataType::Decimal128(..) => {
                let array = array.as_primitive::<Decimal128Type>();
                Box::new(move |row| array.value_as_string(row))
            }
            DataType::Decimal256(..) => {
                let array = array.as_primitive::<Decimal256Type>();
                Box::new(move |row| array.value_as_string(row))
            }
            _ => return Ok(None),
        };
        Ok(Some(NullableEncoder::new(Box::new(Digits(digits)), array.nulls().cloned())))
    }
}

struct Digits<'a>(Box<dyn Fn(usize) -> String + 'a>);

impl Encoder for Digits<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        out.extend_from_slice((self.0)(row).as_bytes());
    }
}
