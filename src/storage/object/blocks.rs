//! Bytes of objects that were fetched, kept while there is room.
//!
//! The engine reads a column of some rows here and one there. To ask takes a tenth of a second and more where a
//! bucket is far, in which a megabyte would have come: what is near what is asked for is fetched with it, and
//! read from here the next time.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use datafusion::object_store::ObjectMeta;
use datafusion::object_store::path::Path as Key;

/// Bytes of a block; each begins at a multiple of it.
const BLOCK: u64 = 1 << 20;

/// The end of a larger object, where the footer of a file is, by itself: of many files it is all that is read.
pub(super) const END: u64 = 512 << 10;

/// The number that the end goes by among blocks.
const LAST: u64 = u64::MAX;

/// Up to how many bytes an object is fetched whole.
pub(super) const WHOLE: u64 = BLOCK;

/// From how many bytes on a range is fetched as it is, and not kept.
pub(super) const LARGE: u64 = 8 << 20;

/// How many bytes are kept.
const KEPT: usize = 64 << 20;

/// An object in one of its versions, and a block of it.
type Name = (Key, Option<String>, u64, DateTime<Utc>, u64);

/// Blocks by what they are of, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Blocks(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    blocks: HashMap<Name, Bytes>,
    order: VecDeque<Name>,
    bytes: usize,
}

fn name(of: &ObjectMeta, block: u64) -> Name {
    (of.location.clone(), of.e_tag.clone(), of.size, of.last_modified, block)
}

/// Where the end of a larger object begins, if a range lies in it.
fn end(of: &ObjectMeta, range: &Range<u64>) -> Option<u64> {
    let begins = of.size.checked_sub(END).filter(|_| of.size > WHOLE)?;
    (range.start >= begins).then_some(begins)
}

/// The blocks that a range touches.
fn touched(range: &Range<u64>) -> Range<u64> {
    range.start / BLOCK..range.end.div_ceil(BLOCK)
}

impl Blocks {
    /// What has to be fetched before a range can be read: the end, or blocks, as far as they are not kept.
    pub(super) fn missing(&self, of: &ObjectMeta, range: &Range<u64>) -> Vec<Range<u64>> {
        let wanted = if of.size <= WHOLE { 0..of.size } else { range.clone() };
        let kept = self.kept();
        if let Some(begins) = end(of, range) {
            let is_kept = kept.blocks.contains_key(&name(of, LAST));
            return if is_kept { Vec::new() } else { std::iter::once(begins..of.size).collect() };
        }
        let mut runs: Vec<Range<u64>> = Vec::new();
        for block in touched(&wanted).filter(|block| !kept.blocks.contains_key(&name(of, *block))) {
            let (start, end) = (block * BLOCK, ((block + 1) * BLOCK).min(of.size));
            match runs.last_mut().filter(|run| run.end == start) {
                Some(run) => run.end = end,
                None => runs.push(start..end),
            }
        }
        runs
    }

    /// Keeps bytes that were fetched because they were missing, from a place on.
    pub(super) fn keep(&self, of: &ObjectMeta, start: u64, bytes: &Bytes) {
        let mut kept = self.kept();
        if end(of, &(start..of.size)) == Some(start) {
            kept.put(name(of, LAST), bytes.clone());
        }
        let blocks = touched(&(start..start + bytes.len() as u64)).filter(|block| block * BLOCK >= start);
        for block in blocks {
            let from = usize::try_from(block * BLOCK - start).unwrap_or(usize::MAX);
            let piece = bytes.slice(from..bytes.len().min(from + BLOCK as usize));
            kept.put(name(of, block), piece);
        }
    }

    /// A range, where all of it is kept.
    pub(super) fn read(&self, of: &ObjectMeta, range: &Range<u64>) -> Option<Bytes> {
        let kept = self.kept();
        let piece = |block: u64, begins: u64| {
            let bytes = kept.blocks.get(&name(of, block))?;
            let place = |at: u64| usize::try_from(at.saturating_sub(begins)).unwrap_or(usize::MAX);
            let whole = if block == LAST { of.size - begins } else { BLOCK.min(of.size - begins) };
            let (from, to) = (place(range.start), place(range.end).min(bytes.len()));
            (from <= to && bytes.len() as u64 == whole).then(|| bytes.slice(from..to))
        };
        if let Some(begins) = end(of, range) {
            return piece(LAST, begins);
        }
        let blocks = touched(range);
        if blocks.end == blocks.start + 1 {
            return piece(blocks.start, blocks.start * BLOCK);
        }
        let mut all = BytesMut::new();
        for block in blocks {
            all.extend_from_slice(&piece(block, block * BLOCK)?);
        }
        Some(all.freeze())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn put(&mut self, name: Name, block: Bytes) {
        self.bytes += block.len();
        match self.blocks.insert(name.clone(), block) {
            Some(before) => self.bytes -= before.len(),
            None => self.order.push_back(name),
        }
        while self.bytes > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.blocks.remove(&oldest).map_or(0, |block| block.len());
        }
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "what is missing are ranges")]
mod tests {
    use super::*;

    fn object(size: u64) -> (ObjectMeta, Bytes) {
        let meta = ObjectMeta {
            location: "a".into(),
            last_modified: chrono::DateTime::UNIX_EPOCH,
            size,
            e_tag: Some("1".to_owned()),
            version: None,
        };
        (meta, (0..size).map(|at| (at % 251) as u8).collect())
    }

    /// Reads a range, fetching what is missing; gives what was fetched.
    fn read(blocks: &Blocks, (meta, all): &(ObjectMeta, Bytes), range: Range<u64>) -> Vec<Range<u64>> {
        let place = |range: &Range<u64>| range.start as usize..range.end as usize;
        let missing = blocks.missing(meta, &range);
        for run in &missing {
            blocks.keep(meta, run.start, &all.slice(place(run)));
        }
        assert_eq!(blocks.read(meta, &range).expect("kept"), all.slice(place(&range)), "{range:?}");
        missing
    }

    #[test]
    fn what_is_near_is_fetched_once() {
        let (object, blocks) = (object(9 * BLOCK + 5), Blocks::default());
        assert_eq!(read(&blocks, &object, 10..20), [0..BLOCK]);
        assert!(read(&blocks, &object, 1000..2000).is_empty());
        assert_eq!(read(&blocks, &object, BLOCK - 1..3 * BLOCK + 1), [BLOCK..4 * BLOCK]);
        assert_eq!(read(&blocks, &object, 3 * BLOCK..6 * BLOCK), [4 * BLOCK..6 * BLOCK]);
        assert_eq!(read(&blocks, &object, 8 * BLOCK..9 * BLOCK + 5), [8 * BLOCK..9 * BLOCK + 5]);
    }

    #[test]
    fn the_end_is_fetched_by_itself() {
        let size = 9 * BLOCK + 5;
        let (object, blocks) = (object(size), Blocks::default());
        assert_eq!(read(&blocks, &object, size - 8..size), [size - END..size]);
        assert!(read(&blocks, &object, size - END..size).is_empty());
        assert_eq!(read(&blocks, &object, size - END - 1..size), [8 * BLOCK..9 * BLOCK]);
    }

    #[test]
    fn a_small_object_is_fetched_whole() {
        let (object, blocks) = (object(WHOLE - 7), Blocks::default());
        assert_eq!(read(&blocks, &object, 5..6), [0..WHOLE - 7]);
        assert!(read(&blocks, &object, 0..WHOLE - 7).is_empty());
    }

    #[test]
    fn the_oldest_goes_and_another_version_is_another_object() {
        let (object, blocks) = (object(KEPT as u64 + 9 * BLOCK), Blocks::default());
        read(&blocks, &object, 0..1);
        let other = (ObjectMeta { e_tag: Some("2".to_owned()), ..object.0.clone() }, object.1.clone());
        assert_eq!(read(&blocks, &other, 0..1), [0..BLOCK]);
        for start in (0..KEPT as u64).step_by(LARGE as usize) {
            read(&blocks, &other, start..start + LARGE);
        }
        assert_eq!(blocks.missing(&object.0, &(0..1)), [0..BLOCK], "the first of all is gone");
        let kept = blocks.kept();
        assert!(kept.bytes <= KEPT && kept.blocks.len() == kept.order.len());
        assert_eq!(kept.bytes, kept.blocks.values().map(Bytes::len).sum::<usize>());
    }
}
