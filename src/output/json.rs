//! JSON: one array of objects, or one object a line. Numbers are numbers, decimals included; every
//! column is there in every object, null or not.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{Field, FieldRef, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::writer::{
    EncoderFactory, EncoderOptions, JsonFormat, LineDelimited, NullableEncoder, Writer, make_encoder,
};
use arrow::json::{Encoder, WriterBuilder};
use arrow::record_batch::RecordBatch;

use super::{Encode, Shown, Sink, arrow_fault, cell, io_fault, named_once};
use crate::error::Result;

pub(super) struct Json {
    form: Form,
    rows: u64,
}

/// How the objects stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In one array.
    Array,
    /// One a line.
    Lines,
}

impl Json {
    pub(super) fn new(form: Form) -> Self {
        Self { form, rows: 0 }
    }
}

impl Encode for Form {
    /// The objects of the rows: with commas between them where they stand in an array.
    fn encode(&self, batch: &RecordBatch) -> Result<Vec<u8>> {
        match self {
            Self::Array => written::<Objects>(batch),
            Self::Lines => written::<LineDelimited>(batch),
        }
        .map_err(|error| arrow_fault(&error))
    }
}

fn written<F: JsonFormat>(batch: &RecordBatch) -> std::result::Result<Vec<u8>, ArrowError> {
    let builder =
        WriterBuilder::new().with_explicit_nulls(true).with_encoder_factory(Arc::new(PlainDecimals));
    let mut writer: Writer<_, F> = builder.build(Vec::new());
    writer.write(batch)?;
    Ok(writer.into_inner())
}

/// Objects with commas between them: what stands inside an array's brackets.
#[derive(Debug, Default)]
struct Objects;

impl JsonFormat for Objects {
    fn start_row<W: Write>(&self, writer: &mut W, is_first: bool) -> std::result::Result<(), ArrowError> {
        if !is_first {
            writer.write_all(b",")?;
        }
        Ok(())
    }
}

impl Sink for Json {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        named_once(schema)
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let bytes = self.form.encode(batch)?;
        self.encoded(batch.num_rows(), &bytes, out)
    }

    fn encoded(&mut self, rows: usize, bytes: &[u8], out: &mut dyn Write) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let before: &[u8] = match self.form {
            Form::Array if self.rows == 0 => b"[",
            Form::Array => b",",
            Form::Lines => b"",
        };
        self.rows += rows as u64;
        out.write_all(before).and_then(|()| out.write_all(bytes)).map_err(|error| io_fault(&error))
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        let end: &[u8] = match self.form {
            Form::Array if self.rows == 0 => b"[]\n",
            Form::Array => b"]\n",
            Form::Lines => b"",
        };
        out.write_all(end).map_err(|error| io_fault(&error))?;
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
        if !array.data_type().is_decimal() {
            return Ok(None);
        }
        let digits = Digits { values: cell::Form::plain(array)?, text: String::new() };
        Ok(Some(NullableEncoder::new(Box::new(digits), array.nulls().cloned())))
    }
}

struct Digits<'a> {
    values: cell::Form<'a>,
    text: String,
}

impl Encoder for Digits<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        self.text.clear();
        // Every decimal has its digits.
        let _ = self.values.write(row, &mut self.text);
        out.extend_from_slice(self.text.as_bytes());
    }
}
