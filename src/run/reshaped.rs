//! A result whose rows are given in another shape than the engine gives them.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::delivery::Open;
use super::stream::{Event, Work};
use super::waiting::Waiting;
use super::{Delivery, Outcome, Session, own};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::output::Wording;
use crate::query::Source;

/// The shape that rows are given in.
pub trait Shape {
    /// Its columns, for those of the engine.
    ///
    /// # Errors
    /// They are not what was asked for.
    fn begin(&mut self, schema: &SchemaRef) -> Result<SchemaRef>;

    /// The rows that the engine's come to, perhaps more or fewer.
    ///
    /// # Errors
    /// A value has no form.
    fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch>;

    /// How its columns are worded for readers.
    fn wording(&self, language: Language) -> Wording;
}

impl Session {
    /// Gives the rows of a query of the program's own in another shape, as they come.
    ///
    /// # Errors
    /// The query fails, or the place cannot be written.
    pub async fn give_shaped(
        &mut self,
        source: &Source,
        shape: &mut (impl Shape + ?Sized),
        delivery: &mut Delivery,
    ) -> Result<Outcome> {
        self.shaped(source, shape, delivery).await.map_err(Error::without_place)
    }

    async fn shaped(
        &mut self,
        source: &Source,
        shape: &mut (impl Shape + ?Sized),
        delivery: &mut Delivery,
    ) -> Result<Outcome> {
        let mut waiting = Waiting::begin(&self.ui);
        let mut work = Work::start(&self.engine, own::job(source)?);
        let wording = shape.wording(self.ui.language);
        let (mut shown, mut left) = (None, false);
        while let Some(event) = waiting.on(work.next(false)).await? {
            match event {
                Event::Planned(planned) => waiting.watch(&planned.plan),
                Event::Begin(schema) => {
                    if delivery.is_live(&self.ui) {
                        waiting.hide();
                    }
                    let mut result = delivery.begin(&shape.begin(&schema)?, None, &wording, &mut self.ui)?;
                    while let Some(Event::Rows(rows)) = waiting.on(work.next(result.in_pager())).await? {
                        let batch = shape.batch(&rows.batch)?;
                        if batch.num_rows() > 0 && !result.batch(&batch)? {
                            left = true;
                            break;
                        }
                    }
                    waiting.hide();
                    shown = Some(Open::finish(result)?);
                    break;
                }
                Event::Rows(_) => {}
            }
        }
        Ok(Outcome { shown, took: None, scanned: 0, left })
    }
}
