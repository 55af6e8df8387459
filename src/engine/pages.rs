//! The size of the pages that the system gives the program's memory in.
//!
//! Pages of two megabytes spare a long statement many faults. A short one touches a little of each and
//! waits until all of it is zeroed: a fifth of the time of a whole process that counts two thousand
//! rows. So the program begins with small pages, and a statement that reads much asks for large ones.

/// Rows that a statement reads from which on large pages pay.
const MANY_ROWS: u64 = 1_000_000;

/// Small pages for what comes now.
pub fn small_pages() {
    set(true);
}

/// Large pages for a statement that reads many rows, or nobody knows how many.
pub(super) fn for_rows(rows: Option<u64>) {
    if rows.is_none_or(|rows| rows >= MANY_ROWS) {
        set(false);
    }
}

/// A system that has no such choice goes on as it does.
fn set(small: bool) {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(small);
    #[cfg(not(target_os = "linux"))]
    let _ = small;
}
