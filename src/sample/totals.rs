//! What the rows of a year must add up to.

/// The totals of one sample year at scale 1; money in VND.
///
/// For 2022 they are the sample totals of the published article (Báo Ninh Bình, 2023-01-05), each
/// inside the band that its printed figure leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Totals {
    /// F02: volunteering activities that are done.
    pub(super) volunteering_done: u64,
    /// Volunteering activities under way or cancelled, which no published figure counts.
    pub(super) volunteering_open: u64,
    /// Activities of the other categories.
    pub(super) other_activities: u64,
    /// F03: works.
    pub(super) works: u64,
    /// F04: tasks.
    pub(super) tasks: u64,
    /// F05: benefit, a multiple of [`BENEFIT_STEP`].
    pub(super) benefit_vnd: u64,
    /// F06: participations in the activities of F02.
    pub(super) participations: u64,
    /// F07: classes.
    pub(super) classes: u64,
    /// Enrolments: some persons attend two classes.
    pub(super) enrolments: u64,
    /// F08: distinct trainees.
    pub(super) persons: u64,
    /// F09: capital of the National Employment Fund at the year's end, a multiple of [`MILLION`].
    pub(super) capital_vnd: u64,
    /// F10: entrusted balance at the year's end, a multiple of [`BALANCE_STEP`].
    pub(super) entrusted_vnd: u64,
    /// F11: disbursed under Resolution 43 in the year, a multiple of [`MILLION`].
    pub(super) disbursed_vnd: u64,
    /// F12: projects under Resolution 43.
    pub(super) projects: u64,
    /// Loans of the National Employment Fund.
    pub(super) fund_loans: u64,
    /// Awards.
    pub(super) awards: u64,
}

/// One million VND: loans are agreed in whole millions.
pub(super) const MILLION: u64 = 1_000_000;
/// Benefits are estimated in steps of half a million VND.
pub(super) const BENEFIT_STEP: u64 = 500_000;
/// Balances of groups move in steps of 100 000 VND.
pub(super) const BALANCE_STEP: u64 = 100_000;

impl Totals {
    /// The totals of a year: those published for 2022, moved by a steady rate for another year.
    pub(super) fn of(year: i32) -> Self {
        let moved = |total: u64, per_mille_a_year: i64, step: u64| {
            let rate = (1000 + per_mille_a_year * i64::from(year - 2022)).clamp(500, 2000) as u64;
            (u128::from(total) * u128::from(rate) / 1000) as u64 / step * step
        };
        let persons = moved(853, 25, 1);
        Self {
            volunteering_done: moved(1_712, 40, 1),
            volunteering_open: moved(40, 40, 1),
            other_activities: moved(248, 30, 1),
            works: moved(496, 35, 1),
            tasks: moved(2_525, 30, 1),
            benefit_vnd: moved(7_045_500_000, 60, BENEFIT_STEP),
            participations: moved(14_960, 45, 1),
            classes: moved(8, 50, 1),
            enrolments: persons + 5,
            persons,
            capital_vnd: moved(2_819_000_000, 40, MILLION),
            entrusted_vnd: moved(397_846_500_000, 70, BALANCE_STEP),
            disbursed_vnd: moved(10_000_000_000, 50, MILLION),
            projects: moved(168, 30, 1),
            fund_loans: moved(62, 30, 1),
            awards: moved(260, 20, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_2022_is_the_published_one() {
        let totals = Totals::of(2022);
        assert_eq!((totals.volunteering_done, totals.works, totals.tasks), (1_712, 496, 2_525));
        assert_eq!((totals.classes, totals.enrolments, totals.persons), (8, 858, 853));
        assert_eq!(totals.entrusted_vnd, 397_846_500_000);
    }

    #[test]
    fn another_year_differs_in_every_published_total() {
        let (a, b) = (Totals::of(2022), Totals::of(2023));
        assert!(
            b.volunteering_done > a.volunteering_done
                && b.tasks > a.tasks
                && b.disbursed_vnd > a.disbursed_vnd
        );
        assert!(Totals::of(1993).works > 0);
    }
}
