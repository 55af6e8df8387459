//! A result as a chart: which of its columns are drawn, and the sinks that draw them.

use crate::language::{Language, Piece, money};
use crate::say;
use std::io::Write;

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;

use super::cell::Cells;
use super::chart::{self, Chart, Kind, Point};
use super::wording::Column;
use super::{Format, Screen, Shown, Sink, Style, Wording, arrow_fault, io_fault};
use crate::error::{Error, Result};
use crate::ui::text;

/// Rows that a chart takes; more say nothing that fewer do not.
const MOST_ROWS: usize = 1_000_000;

/// The size of a chart that is not drawn on a terminal, in columns and rows.
const ELSEWHERE: (usize, usize) = (80, 24);

/// Which columns a chart draws and how; what is not said is guessed from their types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plot {
    /// What it looks like.
    pub kind: Option<Kind>,
    /// The column of the labels; for a histogram, of the numbers.
    pub x: Option<String>,
    /// The column of the values.
    pub y: Option<String>,
    /// Whether values stand on a logarithmic scale.
    pub log: bool,
    /// The width of an image in pixels.
    pub width: Option<i32>,
    /// What the chart is called.
    pub title: Option<String>,
    /// The rows are invented: a picture says so wherever it goes.
    pub synthetic: bool,
}

impl Plot {
    /// The title, with what must be known of the rows.
    fn called(&self, language: Language) -> Option<String> {
        let note = self.synthetic.then(|| say!("synthetic rows").text(language));
        match (&self.title, note) {
            (Some(title), Some(note)) => Some(format!("{title} ({note})")),
            (title, note) => title.clone().or(note),
        }
    }

    /// The columns that are drawn of such a result: the labels and the values.
    ///
    /// # Errors
    /// It has none of these names, or none to draw.
    pub fn columns(&self, schema: &SchemaRef) -> Result<(usize, usize)> {
        self.of(schema).map(|(_, x, y)| (x, y))
    }

    /// The kind and the two columns of a chart of this result.
    fn of(&self, schema: &SchemaRef) -> Result<(Kind, usize, usize)> {
        let fields = schema.fields();
        let place = |name: &String| -> Result<usize> {
            let found = fields.iter().position(|field| field.name() == name);
            let found =
                found.or_else(|| fields.iter().position(|field| field.name().eq_ignore_ascii_case(name)));
            found.ok_or_else(|| {
                let error = Error::usage(say!("the result has no column `{name}` to draw", name));
                let names = || fields.iter().map(|field| field.name().as_str());
                match text::nearest(name, names()) {
                    Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                    None => error.hint(say!(
                        "it has {names}",
                        names = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                    )),
                }
            })
        };
        let is_number = |column: usize| fields[column].data_type().is_numeric();
        let x = self.x.as_ref().map(place).transpose()?;
        let y = self.y.as_ref().map(place).transpose()?;
        let histogram = self.kind == Some(Kind::Hist);
        let first = |wanted: &dyn Fn(usize) -> bool| (0..fields.len()).find(|column| wanted(*column));
        if histogram {
            let Some(x) = x.or(y).or_else(|| first(&is_number)) else { return Err(nothing_to_draw()) };
            return Ok((Kind::Hist, x, x));
        }
        // One column alone that holds numbers is the values.
        let (x, y) = match (x, y) {
            (Some(lone), None)
                if is_number(lone)
                    && !(0..fields.len()).any(|column| column != lone && is_number(column)) =>
            {
                (None, Some(lone))
            }
            both => both,
        };
        // The labels are most often the first column, the values the first numbers after them.
        let x = x.or_else(|| first(&|column| Some(column) != y));
        let (Some(x), y) = (x, y.or_else(|| first(&|column| Some(column) != x && is_number(column)))) else {
            return Err(nothing_to_draw());
        };
        // A result of one column of numbers is drawn in its order.
        let y = y.or_else(|| is_number(x).then_some(x)).ok_or_else(nothing_to_draw)?;
        if !is_number(y) {
            return Err(Error::usage(say!("`{name}` is not a column of numbers", name = fields[y].name())));
        }
        let over_time =
            matches!(fields[x].data_type(), DataType::Date32 | DataType::Date64 | DataType::Timestamp(..));
        Ok((self.kind.unwrap_or(if over_time { Kind::Line } else { Kind::Bar }), x, y))
    }
}

fn nothing_to_draw() -> Error {
    Error::usage(say!("there is no column of numbers to draw"))
        .hint(say!("a chart takes labels and numbers: SELECT label, number FROM …"))
}

/// A sink that draws the result when it has ended.
pub(super) struct Drawing {
    format: Format,
    plot: Plot,
    screen: Option<Screen>,
    wording: Option<Wording>,
    language: Language,
    chart: Option<(Chart, usize, usize)>,
}

impl Drawing {
    /// A chart as characters, SVG or PNG.
    pub(super) fn new(
        format: Format,
        style: &Style,
        plot: Plot,
        screen: Option<Screen>,
        wording: &Wording,
    ) -> Self {
        let language = wording.language;
        Self { format, plot, screen, language, wording: wording.wanted(style), chart: None }
    }
}

/// Draws sums of money in the unit that the largest of them reads best in: nobody counts zeros.
fn in_large_unit(chart: &mut Chart) {
    let sizes = chart.points.iter().filter_map(|point| point.value).map(f64::abs);
    let most = sizes.filter(|size| size.is_finite()).fold(0.0, f64::max);
    let Some((size, unit)) = money::large_unit(most, chart.language) else { return };
    chart.y_name = format!("{} ({unit})", chart.y_name);
    let usual = if most < 10.0 * size { 2 } else { 1 };
    for point in &mut chart.points {
        let Some(value) = point.value.as_mut().filter(|value| value.is_finite()) else { continue };
        *value /= size;
        // What is small beside the others is not to be taken for nothing.
        let decimals = if *value == 0.0 { 0 } else { usual.max(-value.abs().log10().floor() as usize) };
        point.shown = money::number(*value, Some(decimals), chart.language);
    }
}

/// A column's values as floating point; exact digits are shown beside them.
fn numbers(array: &ArrayRef) -> Result<Float64Array> {
    let numbers = cast(array, &DataType::Float64).map_err(|error| arrow_fault(&error))?;
    Ok(numbers
        .as_any()
        .downcast_ref::<Float64Array>()
        .cloned()
        .unwrap_or_else(|| Float64Array::from(Vec::<f64>::new())))
}

/// Where values stand on a line: numbers, and days or moments as numbers; `None` for labels.
fn positions(array: &ArrayRef) -> Option<Float64Array> {
    let data_type = array.data_type();
    let time = matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..));
    if !time && !data_type.is_numeric() {
        return None;
    }
    let whole = match data_type {
        DataType::Date32 => cast(array, &DataType::Int32).ok()?,
        _ if time => cast(array, &DataType::Int64).ok()?,
        _ => array.clone(),
    };
    numbers(&whole).ok()
}

impl Sink for Drawing {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        let (kind, x, y) = self.plot.of(schema)?;
        let name = |column: usize| {
            let name = schema.field(column).name();
            self.wording.as_ref().map_or(name.as_str(), |wording| wording.title(column, name)).to_owned()
        };
        let chart = Chart {
            kind,
            title: self.plot.called(self.language),
            x_name: name(x),
            y_name: if kind == Kind::Hist { say!("rows").text(self.language) } else { name(y) },
            points: Vec::new(),
            log: self.plot.log,
            width: self.plot.width.unwrap_or(chart::WIDTH),
            language: self.language,
        };
        self.chart = Some((chart, x, y));
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, _out: &mut dyn Write) -> Result<()> {
        let Some((chart, x, y)) = &mut self.chart else { return Ok(()) };
        if chart.points.len() + batch.num_rows() > MOST_ROWS {
            let most = Piece::Count(MOST_ROWS as u64);
            return Err(Error::data(say!("a chart takes {most} rows at most", most))
                .hint(say!("add them up first: GROUP BY")));
        }
        let cells = Cells::to_read(batch, self.wording.as_ref())?;
        // The font of the images has no sign for it.
        let null = match self.format {
            Format::Svg | Format::Png => say!("null").text(self.language),
            _ => super::table::NULL.to_owned(),
        };
        let values = numbers(batch.column(*y))?;
        let places = positions(batch.column(*x));
        for row in 0..batch.num_rows() {
            chart.points.push(Point {
                label: cells.text(*x, row)?.unwrap_or_else(|| null.clone()),
                value: values.is_valid(row).then(|| values.value(row)),
                shown: cells.text(*y, row)?.unwrap_or_default(),
                position: places
                    .as_ref()
                    .filter(|places| places.is_valid(row))
                    .map(|places| places.value(row)),
            });
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        let Some((chart, _, y)) = &mut self.chart else { return Ok(Shown::default()) };
        let column = self.wording.as_ref().and_then(|wording| wording.columns.get(*y));
        if column.is_some_and(Column::is_money) && chart.kind != Kind::Hist {
            in_large_unit(chart);
        }
        let drawn = match (self.format, self.screen) {
            (Format::Svg, _) => chart::svg(chart).map(String::into_bytes),
            (Format::Png, _) => chart::png(chart),
            (_, Some(screen)) => {
                chart::text(chart, screen.columns, screen.rows, screen.color).map(String::into_bytes)
            }
            (_, None) => chart::text(chart, ELSEWHERE.0, ELSEWHERE.1, false).map(String::into_bytes),
        };
        out.write_all(&drawn.map_err(Error::data)?).map_err(|error| io_fault(&error))?;
        Ok(Shown { rows: chart.points.len() as u64, hidden: 0 })
    }
}
