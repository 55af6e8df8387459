//! Faults of disks, files, limits and people: what must hold is listed in `tests/faults.md`.

mod calls;
mod corpus;
mod habits;
mod limits;
mod names;
mod safe;
