//! Activities and the outputs that come of them.

use chrono::NaiveDate;

use super::calendar::{MONTHS, any_day, later_this_year, month_end};
use super::dice::{Dice, apportion, sway};
use super::totals::{BENEFIT_STEP, Totals};
use super::units;
use super::writer::{Column, Make, Table, lineage};

/// An activity at scale 1.
pub(super) struct Activity {
    number: u64,
    unit: &'static str,
    movement: &'static str,
    category: &'static str,
    level: &'static str,
    start: NaiveDate,
    end: NaiveDate,
    participations: u64,
    /// How many in a hundred participations were another person's; `None` where nobody counted.
    distinct_per_cent: Option<u64>,
    cost_vnd: Option<i64>,
    status: &'static str,
}

impl Activity {
    fn participations(&self, copy: super::writer::Copies) -> u64 {
        let by = sway(self.number, copy.this, copy.all, self.participations / 3);
        self.participations.saturating_add_signed(by)
    }
}

/// An output at scale 1.
pub(super) struct Output {
    number: u64,
    activity: u64,
    unit: &'static str,
    level: &'static str,
    kind: &'static str,
    field: Option<&'static str>,
    completed: Option<NaiveDate>,
    benefit_vnd: Option<u64>,
    basis: Option<&'static str>,
}

const MOVEMENTS: [(&str, u64); 3] = [("volunteering", 62), ("creativity", 22), ("defence", 16)];
const LEVELS: [(&str, u64); 3] = [("province", 4), ("district", 24), ("grassroots", 72)];
const FIELDS: [(&str, u64); 8] = [
    ("environment", 26),
    ("rural_roads", 18),
    ("charity_house", 8),
    ("digital", 12),
    ("health", 10),
    ("education", 12),
    ("heritage", 7),
    ("safety", 7),
];

/// The table `activities`, in order of their start.
pub(super) fn table(seed: u64, year: i32, totals: &Totals) -> Table<Activity> {
    Table {
        name: "activities",
        columns: vec![
            Column::required("activity_id", Make::Id('A', |row: &Activity| Some(row.number))),
            Column::required("unit_id", Make::Text(|row| Some(row.unit))),
            Column::required("movement", Make::Text(|row| Some(row.movement))),
            Column::required("category", Make::Text(|row| Some(row.category))),
            Column::required("level", Make::Text(|row| Some(row.level))),
            Column::required("start_date", Make::Date(|row| Some(row.start))),
            Column::required("end_date", Make::Date(|row| Some(row.end))),
            Column::required("participations", Make::Int(|row, copy| Some(row.participations(copy) as i32))),
            Column::optional(
                "participants_distinct",
                Make::Int(|row, copy| {
                    let participations = row.participations(copy);
                    // At least one person came wherever anybody took part.
                    let persons =
                        |per_cent: u64| (participations * per_cent / 100).max(participations.min(1));
                    row.distinct_per_cent.map(|per_cent| persons(per_cent) as i32)
                }),
            ),
            Column::optional("cost_vnd", Make::Money(|row, _| row.cost_vnd)),
            Column::required("status", Make::Text(|row| Some(row.status))),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: rows(seed, year, totals),
        copies: |_, scale| scale,
        sorted_by: &["start_date", "activity_id"],
    }
}

fn rows(seed: u64, year: i32, totals: &Totals) -> Vec<Activity> {
    let mut dice = Dice::new(seed, "activities");
    let mut rows = Vec::new();
    let weights: Vec<u64> = (0..totals.volunteering_done)
        .map(|_| (3 + dice.below(12)) * if dice.chance(4) { 6 } else { 1 })
        .collect();
    // Every activity that was done had at least one participation.
    let done: Vec<u64> = apportion(totals.participations - totals.volunteering_done, &weights)
        .into_iter()
        .map(|share| share + 1)
        .collect();
    let volunteering = [("volunteering", 1)];
    add(&mut rows, &mut dice, year, &volunteering, &vec!["done"; done.len()], Some(&done), &MONTHS);

    // What is under way or cancelled at the year's end began late in it.
    let late = [(10, 2), (11, 3), (12, 5)];
    let open = dice.deal(totals.volunteering_open, &[("under_way", 22), ("cancelled", 18)]);
    add(&mut rows, &mut dice, year, &volunteering, &open, None, &late);

    let categories = [("outreach", 90), ("education", 84), ("culture_sport", 52), ("other", 22)];
    let statuses = dice.deal(totals.other_activities, &[("done", 236), ("under_way", 8), ("cancelled", 4)]);
    add(&mut rows, &mut dice, year, &categories, &statuses, None, &MONTHS);

    rows.sort_by_key(|row| row.start);
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

/// Adds one activity for each status, with the participations given or thrown.
fn add(
    rows: &mut Vec<Activity>,
    dice: &mut Dice,
    year: i32,
    categories: &[(&'static str, u64)],
    statuses: &[&'static str],
    participations: Option<&[u64]>,
    months: &[(u32, u64)],
) {
    let n = statuses.len() as u64;
    let category = dice.deal(n, categories);
    let unit = dice.deal(n, &units::by_activity());
    let movement = dice.deal(n, &MOVEMENTS);
    let level = dice.deal(n, &LEVELS);
    let month = dice.deal(n, months);
    for (i, status) in statuses.iter().enumerate() {
        let start = any_day(dice, year, month[i]);
        let length = dice.pick(&[(0, 70), (1, 12), (2, 8), (6, 6), (29, 4)]);
        let end = if *status == "under_way" { month_end(year, 12) } else { later_this_year(start, length) };
        let level = if unit[i] == "tinh_doan" { "province" } else { level[i] };
        let size = match level {
            "province" => 12,
            "district" => 4,
            _ => 1,
        };
        let cancelled = *status == "cancelled";
        let thrown = 4 + dice.below(24);
        let counted = dice.chance(64).then(|| 70 + dice.below(31));
        let cost = dice
            .pick(&[(None, 22), (Some(0), 12), (Some(1), 66)])
            .map(|paid| paid * 100_000 * size * (3 + dice.below(60) as i64));
        rows.push(Activity {
            number: 0,
            unit: unit[i],
            movement: movement[i],
            category: category[i],
            level,
            start,
            end,
            participations: if cancelled { 0 } else { participations.map_or(thrown, |given| given[i]) },
            distinct_per_cent: if cancelled { None } else { counted },
            cost_vnd: if cancelled { None } else { cost },
            status,
        });
    }
}

/// The table `outputs`: each belongs to a volunteering activity that is done.
pub(super) fn outputs(seed: u64, totals: &Totals, activities: &[Activity]) -> Table<Output> {
    Table {
        name: "outputs",
        columns: vec![
            Column::required("output_id", Make::Id('O', |row: &Output| Some(row.number))),
            Column::required("activity_id", Make::Id('A', |row| Some(row.activity))),
            Column::required("unit_id", Make::Text(|row| Some(row.unit))),
            Column::required("kind", Make::Text(|row| Some(row.kind))),
            Column::required("level", Make::Text(|row| Some(row.level))),
            Column::optional("field", Make::Text(|row| row.field)),
            Column::optional("completed_date", Make::Date(|row| row.completed)),
            Column::optional(
                "benefit_vnd",
                Make::Money(|row, copy| {
                    row.benefit_vnd.map(|benefit| {
                        let most = benefit / BENEFIT_STEP / 3;
                        benefit as i64 + sway(row.number, copy.this, copy.all, most) * BENEFIT_STEP as i64
                    })
                }),
            ),
            Column::optional("benefit_basis", Make::Text(|row| row.basis)),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: output_rows(seed, totals, activities),
        copies: |_, scale| scale,
        sorted_by: &["kind"],
    }
}

fn output_rows(seed: u64, totals: &Totals, activities: &[Activity]) -> Vec<Output> {
    let mut dice = Dice::new(seed, "outputs");
    let parents: Vec<&Activity> =
        activities.iter().filter(|row| row.category == "volunteering" && row.status == "done").collect();
    let mut rows = Vec::new();
    // By kind: a question about one kind skips the row groups of the other.
    for (kind, count, valued) in [("task", totals.tasks, 12), ("work", totals.works, 82)] {
        let fields = dice.deal(count, &FIELDS);
        for field in fields {
            let parent = parents[dice.below(parents.len() as u64) as usize];
            let estimated = dice.pick(&[("estimated", 85), ("settled", 15)]);
            let valued = dice.chance(valued);
            rows.push(Output {
                number: 0,
                activity: parent.number,
                unit: parent.unit,
                level: parent.level,
                kind,
                field: (!dice.chance(8)).then_some(field),
                completed: (!dice.chance(5)).then_some(parent.end),
                benefit_vnd: valued.then_some(0),
                basis: valued.then_some(estimated),
            });
        }
    }
    rows.sort_by_key(|row| (row.kind, row.activity));
    let weights: Vec<u64> = rows
        .iter()
        .filter(|row| row.benefit_vnd.is_some())
        .map(|row| {
            let scale = if row.kind == "work" { 5 } else { 1 };
            (1 + dice.below(20)) * scale * if dice.chance(5) { 8 } else { 1 }
        })
        .collect();
    // Every benefit that is given is at least one step.
    let steps = totals.benefit_vnd / BENEFIT_STEP - weights.len() as u64;
    let mut shares = apportion(steps, &weights).into_iter();
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
        row.benefit_vnd = row.benefit_vnd.and_then(|_| shares.next()).map(|share| (share + 1) * BENEFIT_STEP);
    }
    rows
}
