//! Classes and the persons who attend them.

use chrono::NaiveDate;

use super::calendar::{any_day, later_this_year};
use super::dice::{Dice, apportion};
use super::totals::Totals;
use super::units;
use super::writer::{Column, Make, Table, lineage};

/// A class at scale 1.
pub(super) struct Class {
    number: u64,
    host: &'static str,
    topic: &'static str,
    start: NaiveDate,
    end: NaiveDate,
    enrolments: u64,
    capacity: Option<i32>,
    cost_vnd: Option<i64>,
}

/// One person in one class, at scale 1.
pub(super) struct Enrolment {
    number: u64,
    person: Person,
    class: u64,
    completed: Option<bool>,
}

#[derive(Clone, Copy)]
struct Person {
    number: u64,
    unit: &'static str,
    birth_year: Option<i32>,
    gender: &'static str,
    occupation: &'static str,
}

/// The table `classes`, in order of their start.
pub(super) fn table(seed: u64, year: i32, totals: &Totals) -> Table<Class> {
    Table {
        name: "classes",
        columns: vec![
            Column::required("class_id", Make::Id('C', |row: &Class| Some(row.number))),
            Column::required("host_unit_id", Make::Text(|row| Some(row.host))),
            Column::required("topic", Make::Text(|row| Some(row.topic))),
            Column::required("start_date", Make::Date(|row| Some(row.start))),
            Column::required("end_date", Make::Date(|row| Some(row.end))),
            Column::optional("capacity", Make::Int(|row, _| row.capacity)),
            Column::optional("cost_vnd", Make::Money(|row, _| row.cost_vnd)),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: classes(seed, year, totals),
        copies: |_, scale| scale,
        sorted_by: &["start_date", "class_id"],
    }
}

fn classes(seed: u64, year: i32, totals: &Totals) -> Vec<Class> {
    let mut dice = Dice::new(seed, "classes");
    let topics = [
        ("crops", 2),
        ("livestock", 2),
        ("aquaculture", 1),
        ("e_commerce", 1),
        ("start_up", 1),
        ("other", 1),
    ];
    let n = totals.classes;
    let weights: Vec<u64> = (0..n).map(|_| 8 + dice.below(5)).collect();
    let sizes = apportion(totals.enrolments, &weights);
    let topics = dice.deal(n, &topics);
    let hosts = dice.deal(n, &units::by_lending());
    let mut rows: Vec<Class> = (0..n as usize)
        .map(|i| {
            // Classes are held outside the busiest weeks of the harvest and of Tết.
            let month = dice.pick(&[(3, 2), (4, 3), (5, 2), (8, 2), (9, 3), (10, 3), (11, 2)]);
            let start = any_day(&mut dice, year, month);
            let seats = sizes[i].div_ceil(10) * 10 + 10 * dice.below(2);
            Class {
                number: 0,
                host: hosts[i],
                topic: topics[i],
                start,
                end: later_this_year(start, 1 + dice.below(4) as i64),
                enrolments: sizes[i],
                // The first two classes show that a capacity and a cost can be unknown.
                capacity: (i != 0).then_some(seats as i32),
                cost_vnd: (i != 1).then(|| 500_000 * (24 + dice.below(40) as i64)),
            }
        })
        .collect();
    rows.sort_by_key(|row| row.start);
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

/// The table `trainees`, in order of the classes.
pub(super) fn trainees(seed: u64, year: i32, totals: &Totals, classes: &[Class]) -> Table<Enrolment> {
    Table {
        name: "trainees",
        columns: vec![
            Column::required("enrolment_id", Make::Id('E', |row: &Enrolment| Some(row.number))),
            Column::required("trainee_id", Make::Id('T', |row| Some(row.person.number))),
            Column::required("class_id", Make::Id('C', |row| Some(row.class))),
            Column::required("unit_id", Make::Text(|row| Some(row.person.unit))),
            Column::optional("birth_year", Make::Int(|row, _| row.person.birth_year)),
            Column::required("gender", Make::Text(|row| Some(row.person.gender))),
            Column::required("occupation", Make::Text(|row| Some(row.person.occupation))),
            Column::optional("completed", Make::Bool(|row| row.completed)),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: enrolments(seed, year, totals, classes),
        copies: |_, scale| scale,
        sorted_by: &["class_id"],
    }
}

fn enrolments(seed: u64, year: i32, totals: &Totals, classes: &[Class]) -> Vec<Enrolment> {
    let mut dice = Dice::new(seed, "trainees");
    let n = totals.persons;
    let genders = dice.deal(n, &[("female", 470), ("male", 365), ("unknown", 18)]);
    let occupations = dice.deal(
        n,
        &[
            ("farmer", 46),
            ("worker", 17),
            ("student", 9),
            ("civil_servant", 11),
            ("business", 9),
            ("armed_forces", 3),
            ("other", 5),
        ],
    );
    let homes = dice.deal(n, &units::by_activity());
    let persons: Vec<Person> = (0..n as usize)
        .map(|i| Person {
            number: i as u64,
            unit: homes[i],
            // 16 to 30 in the year of the class: the ages of the Union's members.
            birth_year: (!dice.chance(4)).then(|| year - 16 - dice.below(15) as i32),
            gender: genders[i],
            occupation: occupations[i],
        })
        .collect();
    // Each class takes the next persons in turn; the seats left at the end are second classes of
    // the first persons, who are in the first class.
    let mut seats = persons.iter().chain(&persons);
    let mut rows = Vec::new();
    for class in classes {
        for person in seats.by_ref().take(class.enrolments as usize) {
            rows.push(Enrolment {
                number: rows.len() as u64,
                person: *person,
                class: class.number,
                completed: dice.pick(&[(Some(true), 91), (Some(false), 6), (None, 3)]),
            });
        }
    }
    rows
}
