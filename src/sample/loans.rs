//! Loans, the money that moves under them, and the balances at each month's end.

use chrono::{Datelike, NaiveDate};

use super::calendar::{MONTHS, any_day, later_this_year, month_end};
use super::dice::{Dice, apportion, sway};
use super::totals::{BALANCE_STEP, MILLION, Totals};
use super::units;
use super::writer::{Column, Copies, Make, Table, lineage};

/// A loan at scale 1.
pub(super) struct Loan {
    number: u64,
    channel: &'static str,
    unit: &'static str,
    borrower_kind: &'static str,
    sector: &'static str,
    contract: NaiveDate,
    disbursed_vnd: u64,
    /// Agreed but not paid out.
    undrawn_vnd: u64,
    term_months: i32,
    /// Hundredths of a per cent a year.
    rate: Option<i64>,
}

impl Loan {
    /// What a copy of the loan is above or below the original, in VND.
    fn sway(&self, copy: Copies) -> i64 {
        let most = self.disbursed_vnd / MILLION / 4;
        sway(self.number, copy.this, copy.all, most) * MILLION as i64
    }
}

/// Money that moved under a loan, at scale 1.
pub(super) struct Flow {
    number: u64,
    loan: u64,
    channel: &'static str,
    unit: &'static str,
    kind: &'static str,
    date: NaiveDate,
    flow_vnd: u64,
    /// The most by which copies of it differ, in millions: that of its loan on the first payment.
    sway_millions: u64,
}

/// The balance of one series at one month's end.
pub(super) struct Balance {
    as_of: NaiveDate,
    channel: &'static str,
    unit: &'static str,
    /// The savings-and-credit group; only entrusted lending has one.
    group: Option<u64>,
    outstanding_vnd: u64,
    capital_vnd: Option<u64>,
    overdue_vnd: u64,
    borrowers: u64,
}

const FUND: &str = "national_employment_fund";
const ENTRUSTED: &str = "vbsp_entrusted";
const RESOLUTION: &str = "resolution_43";

/// Savings-and-credit groups; with the towns' and districts' two ledgers they make 240 series.
const GROUPS: u64 = 224;

/// The table `loans`, by channel and then in order of the contracts.
pub(super) fn table(seed: u64, year: i32, totals: &Totals) -> Table<Loan> {
    Table {
        name: "loans",
        columns: vec![
            Column::required("loan_id", Make::Id('L', |row: &Loan| Some(row.number))),
            Column::required("channel", Make::Text(|row| Some(row.channel))),
            Column::required("unit_id", Make::Text(|row| Some(row.unit))),
            Column::required("borrower_id", Make::Id('B', |row| Some(row.number))),
            Column::required("borrower_kind", Make::Text(|row| Some(row.borrower_kind))),
            Column::required("sector", Make::Text(|row| Some(row.sector))),
            Column::required("contract_date", Make::Date(|row| Some(row.contract))),
            Column::required(
                "approved_vnd",
                Make::Money(|row, copy| Some((row.disbursed_vnd + row.undrawn_vnd) as i64 + row.sway(copy))),
            ),
            Column::required("term_months", Make::Int(|row, _| Some(row.term_months))),
            Column::optional("annual_rate", Make::Rate(|row| row.rate)),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: loans(seed, year, totals),
        copies: |_, scale| scale,
        sorted_by: &["channel", "contract_date", "loan_id"],
    }
}

fn loans(seed: u64, year: i32, totals: &Totals) -> Vec<Loan> {
    let mut dice = Dice::new(seed, "loans");
    let mut rows = Vec::new();
    // Under the fund nine tenths of the capital are lent; the rest waits for the next borrower.
    let lent = totals.capital_vnd / 10 * 9;
    for (channel, count, total, least) in
        [(FUND, totals.fund_loans, lent, 10), (RESOLUTION, totals.projects, totals.disbursed_vnd, 15)]
    {
        let weights: Vec<u64> =
            (0..count).map(|_| (2 + dice.below(9)) * if dice.chance(6) { 4 } else { 1 }).collect();
        let millions = apportion(total / MILLION - count * least, &weights);
        let units = dice.deal(count, &units::by_lending());
        let months = dice.deal(count, &MONTHS);
        let kinds = [("person", 78), ("group", 10), ("cooperative", 9), ("enterprise", 3)];
        let borrowers = dice.deal(count, &kinds);
        for i in 0..count as usize {
            rows.push(Loan {
                number: 0,
                channel,
                unit: units[i],
                borrower_kind: borrowers[i],
                sector: dice.pick(&[
                    ("crops", 24),
                    ("livestock", 28),
                    ("aquaculture", 14),
                    ("handicraft", 10),
                    ("services", 11),
                    ("trade", 9),
                    ("e_commerce", 4),
                ]),
                contract: any_day(&mut dice, year, months[i]),
                disbursed_vnd: (millions[i] + least) * MILLION,
                undrawn_vnd: dice.pick(&[(0, 80), (5, 8), (10, 8), (20, 4)]) * MILLION,
                term_months: dice.pick(&[(12, 10), (24, 25), (36, 40), (48, 10), (60, 15)]),
                rate: dice.pick(&[(Some(660), 50), (Some(480), 44), (None, 6)]),
            });
        }
    }
    rows.sort_by_key(|row| (row.channel, row.contract));
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

/// The table `loan_flows`, in order of their date.
pub(super) fn flows(seed: u64, loans: &[Loan]) -> Table<Flow> {
    Table {
        name: "loan_flows",
        columns: vec![
            Column::required("flow_id", Make::Id('F', |row: &Flow| Some(row.number))),
            Column::required("loan_id", Make::Id('L', |row| Some(row.loan))),
            Column::required("kind", Make::Text(|row| Some(row.kind))),
            Column::required("flow_date", Make::Date(|row| Some(row.date))),
            Column::required(
                "flow_vnd",
                Make::Money(|row, copy| {
                    let by = sway(row.loan, copy.this, copy.all, row.sway_millions);
                    Some(row.flow_vnd as i64 + by * MILLION as i64)
                }),
            ),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: flow_rows(seed, loans),
        copies: |_, scale| scale,
        sorted_by: &["flow_date", "flow_id"],
    }
}

fn flow_rows(seed: u64, loans: &[Loan]) -> Vec<Flow> {
    let mut dice = Dice::new(seed, "loan_flows");
    let mut rows = Vec::new();
    for loan in loans {
        let mut add = |kind, date, flow_vnd, sway_millions| {
            let (channel, unit) = (loan.channel, loan.unit);
            rows.push(Flow {
                number: 0,
                loan: loan.number,
                channel,
                unit,
                kind,
                date,
                flow_vnd,
                sway_millions,
            });
        };
        let whole = loan.disbursed_vnd;
        let later = if dice.chance(30) { whole / MILLION / 3 * MILLION } else { 0 };
        let paid_out = later_this_year(loan.contract, dice.below(12) as i64);
        add("disbursement", paid_out, whole - later, whole / MILLION / 4);
        if later > 0 {
            add("disbursement", later_this_year(paid_out, 20 + dice.below(40) as i64), later, 0);
        }
        // Repayment starts after half a year and stays below a tenth of the loan in its first year.
        let first = later_this_year(paid_out, 180 + dice.below(30) as i64);
        let instalment = whole / MILLION / 20 * MILLION;
        if first < month_end(first.year(), 12) && instalment > 0 {
            add("repayment", first, instalment, 0);
            let second = later_this_year(first, 60);
            if second < month_end(second.year(), 12) {
                add("repayment", second, instalment, 0);
            }
        }
    }
    rows.sort_by_key(|row| (row.date, row.loan));
    for (number, row) in (0..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

/// The table `loan_balances`, in order of date and channel.
///
/// The ledgers of the fund and of Resolution 43 are what was paid out less what was paid back, so
/// they agree with `loan_flows` to the dong; entrusted lending is known by group only, for personal
/// ledgers are the bank's.
pub(super) fn balances(seed: u64, year: i32, totals: &Totals, flows: &[Flow]) -> Table<Balance> {
    Table {
        name: "loan_balances",
        columns: vec![
            Column::required("as_of_date", Make::Date(|row: &Balance| Some(row.as_of))),
            Column::required("channel", Make::Text(|row| Some(row.channel))),
            Column::required("unit_id", Make::Text(|row| Some(row.unit))),
            Column::optional("group_id", Make::LastingId('G', |row| row.group)),
            Column::optional(
                "outstanding_vnd",
                Make::Money(|row, copy| {
                    Some((row.outstanding_vnd * row.ledgers(copy)) as i64 + row.sway(copy))
                }),
            ),
            Column::optional(
                "capital_vnd",
                Make::Money(|row, copy| row.capital_vnd.map(|capital| (capital * row.ledgers(copy)) as i64)),
            ),
            Column::optional(
                "overdue_vnd",
                Make::Money(|row, copy| Some((row.overdue_vnd * row.ledgers(copy)) as i64)),
            ),
            Column::optional(
                "borrowers",
                Make::Int(|row, copy| Some((row.borrowers * row.ledgers(copy)) as i32)),
            ),
        ]
        .into_iter()
        .chain(lineage())
        .collect(),
        rows: balance_rows(seed, year, totals, flows),
        copies: Balance::copies,
        sorted_by: &["as_of_date", "channel"],
    }
}

impl Balance {
    /// How many times the amount of scale 1 a row holds: a ledger grows where a group multiplies.
    fn ledgers(&self, copy: Copies) -> u64 {
        if self.group.is_some() { 1 } else { copy.scale }
    }

    /// Groups multiply with the scale; a unit keeps one ledger a channel, which grows instead.
    fn copies(&self, scale: u64) -> u64 {
        if self.group.is_some() { scale } else { 1 }
    }

    fn sway(&self, copy: Copies) -> i64 {
        let Some(group) = self.group else { return 0 };
        let most = self.outstanding_vnd.saturating_sub(self.overdue_vnd) / BALANCE_STEP / 4;
        sway(group, copy.this, copy.all, most) * BALANCE_STEP as i64
    }
}

fn balance_rows(seed: u64, year: i32, totals: &Totals, flows: &[Flow]) -> Vec<Balance> {
    let mut dice = Dice::new(seed, "loan_balances");
    let lenders = units::by_lending();
    let shares: Vec<u64> = lenders.iter().map(|(_, weight)| *weight).collect();
    let capital = apportion(totals.capital_vnd / MILLION, &shares);

    let group_units = dice.deal(GROUPS, &lenders);
    let weights: Vec<u64> = (0..GROUPS).map(|_| 12 + dice.below(24)).collect();
    let entrusted = apportion(totals.entrusted_vnd / BALANCE_STEP, &weights);
    let members: Vec<u64> = (0..GROUPS).map(|_| 25 + dice.below(31)).collect();
    // Entrusted lending grows over the year, each group at its own pace, and reaches its total in December.
    let january: Vec<u64> = (0..GROUPS).map(|_| 780 + dice.below(200)).collect();
    let troubled: Vec<u64> =
        (0..GROUPS).map(|_| if dice.chance(18) { 1 + dice.below(4) } else { 0 }).collect();

    let mut rows = Vec::new();
    for month in 1..=12 {
        let as_of = month_end(year, month);
        for channel in [FUND, RESOLUTION] {
            for (i, (unit, _)) in lenders.iter().enumerate() {
                let ledger = flows
                    .iter()
                    .filter(|flow| flow.channel == channel && flow.unit == *unit && flow.date <= as_of);
                let (mut out, mut back, mut borrowers) = (0, 0, Vec::new());
                for flow in ledger {
                    if flow.kind == "disbursement" {
                        out += flow.flow_vnd;
                    } else {
                        back += flow.flow_vnd;
                    }
                    borrowers.push(flow.loan);
                }
                borrowers.sort_unstable();
                borrowers.dedup();
                rows.push(Balance {
                    as_of,
                    channel,
                    unit,
                    group: None,
                    outstanding_vnd: out - back,
                    capital_vnd: (channel == FUND).then_some(capital[i] * MILLION),
                    overdue_vnd: 0,
                    borrowers: borrowers.len() as u64,
                });
            }
        }
        for group in 0..GROUPS {
            let i = group as usize;
            let per_mille = january[i] + (1000 - january[i]) * u64::from(month - 1) / 11;
            let outstanding_vnd = entrusted[i] * per_mille / 1000 * BALANCE_STEP;
            rows.push(Balance {
                as_of,
                channel: ENTRUSTED,
                unit: group_units[i],
                group: Some(group),
                outstanding_vnd,
                capital_vnd: None,
                overdue_vnd: outstanding_vnd / BALANCE_STEP * troubled[i] / 200 * BALANCE_STEP,
                borrowers: members[i],
            });
        }
    }
    rows.sort_by_key(|row| (row.as_of, row.channel));
    rows
}
