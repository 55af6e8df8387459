//! In how many parts a statement is worked on at the same time.
//!
//! Each part is a core's. To share out a few thousand rows takes longer than to work on them: an eighth
//! of the processor's time of all saved queries over the sample.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;

use super::scan::Scans;

/// Bytes of all files that a statement reads up to which one part is enough; stored tables are small on
/// the disk, and a tenth of a megabyte of them are rows that take a core a while.
const FEW_BYTES: u64 = 128 << 10;

/// Whether a statement has little to do: it reads small files and nothing else, and multiplies no rows.
pub(super) fn one_is_enough(scans: &Scans, plan: &LogicalPlan) -> bool {
    scans.only_files && scans.bytes() <= FEW_BYTES && !multiplies(plan)
}

/// Whether many rows can come of few: each of one side with each of the other, the same again, or those
/// of a list.
fn multiplies(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let _ = plan.apply_with_subqueries(|node| {
        found |= match node {
            LogicalPlan::Join(join) => {
                join.on.is_empty() && [&join.left, &join.right].iter().all(|side| side.max_rows() != Some(1))
            }
            LogicalPlan::RecursiveQuery(_) | LogicalPlan::Unnest(_) => true,
            _ => false,
        };
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found
}
