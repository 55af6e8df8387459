//! Awards: who honoured whom, for which year.

use chrono::NaiveDate;

use super::calendar::any_day;
use super::dice::Dice;
use super::totals::Totals;
use super::units;
use super::writer::{Column, Make, Table, lineage};

/// An award at scale 1.
pub(super) struct Award {
    number: u64,
    kind: &'static str,
    recipient_kind: &'static str,
    /// The number of the person honoured; a collective is named by its unit alone.
    person: Option<u64>,
    unit: &'static str,
    authority: &'static str,
    decided: NaiveDate,
    honoured_year: i32,
}

/// The table `awards`, in order of the decision.
pub(super) fn table(seed: u64, year: i32, totals: &Totals) -> Table<Award> {
    Table {
        name: "awards",
        columns: vec![
            Column::required("award_id", Make::Id('W', |row: &Award| Some(row.number))),
            Column::required("kind", Make::Text(|row| Some(row.kind))),
            Column::required("recipient_kind", Make::Text(|row| Some(row.recipient_kind))),
            Column::optional("recipient_id", Make::Id('P', |row| row.person)),
            Column::required("unit_id", Make::Text(|row| Some(row.unit))),
            Column::required("authority", Make::Text(|row| Some(row.authority))),
            Column::required("decision_date", Make::Date(|row| Some(row.decided))),
            Column::required("honoured_year", Make::Int(|row, _| Some(row.honoured_year))),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: rows(seed, year, totals),
        copies: |_, scale| scale,
        sorted_by: &["decision_date", "award_id"],
    }
}

fn rows(seed: u64, year: i32, totals: &Totals) -> Vec<Award> {
    let mut dice = Dice::new(seed, "awards");
    let kinds = dice.deal(
        totals.awards,
        &[("emulation_flag", 6), ("certificate_of_merit", 48), ("commendation", 76), ("praise", 130)],
    );
    let homes = dice.deal(totals.awards, &units::by_activity());
    let mut rows: Vec<Award> = kinds
        .into_iter()
        .zip(homes)
        .zip(0..)
        .map(|((kind, unit), i)| {
            let authority = match kind {
                "emulation_flag" => dice.pick(&[("central_union", 1), ("provincial_union", 2)]),
                "certificate_of_merit" => dice.pick(&[("provincial_committee", 5), ("central_union", 3)]),
                "commendation" => "provincial_union",
                _ => "district_union",
            };
            // A flag goes to a collective; other awards mostly to persons.
            let collective = kind == "emulation_flag" || dice.chance(35);
            // Most decisions fall in the last two months of the year, the rest in the January after.
            let (of_year, month) =
                dice.pick(&[((year, 3), 12), ((year, 11), 24), ((year, 12), 49), ((year + 1, 1), 15)]);
            Award {
                number: 0,
                kind,
                recipient_kind: if collective { "collective" } else { "individual" },
                person: (!collective).then_some(i),
                unit,
                authority,
                decided: any_day(&mut dice, of_year, month),
                honoured_year: year,
            }
        })
        .collect();
    rows.sort_by_key(|row| row.decided);
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
    }
    rows
}
