//! Statements that do to measures what they do not bear, with what is to be found.

use super::super::Kind::{self, Benefit, FanOut, Persons, StockAndFlow, StockOverDates, TwoStocks};

/// A kind and a statement in which it is found.
pub(super) const TRAPS: &[(Kind, &str)] = &[
    (StockOverDates, "SELECT sum(outstanding_vnd) FROM loan_balances"),
    (
        StockOverDates,
        "SELECT unit_id, sum(b.outstanding_vnd) AS x FROM loan_balances AS b WHERE channel = 'vbsp_entrusted' GROUP BY unit_id",
    ),
    (StockOverDates, "SELECT sum(capital_vnd) FROM loan_balances WHERE extract(year FROM as_of_date) = 2022"),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date BETWEEN DATE '2022-01-01' AND DATE '2022-12-31'",
    ),
    (StockOverDates, "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date >= DATE '2022-12-31'"),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date IN (DATE '2022-11-30', DATE '2022-12-31')",
    ),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-11-30' OR as_of_date = DATE '2022-12-31'",
    ),
    (StockOverDates, "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date <> DATE '2022-12-31'"),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date IN (SELECT max(as_of_date) FROM loan_balances GROUP BY as_of_date)",
    ),
    (
        StockOverDates,
        "SELECT date_trunc('quarter', as_of_date) AS q, sum(outstanding_vnd) FROM loan_balances GROUP BY date_trunc('quarter', as_of_date)",
    ),
    (
        StockOverDates,
        "SELECT extract(year FROM as_of_date) AS y, sum(outstanding_vnd) FROM loan_balances GROUP BY 1",
    ),
    (
        StockOverDates,
        "SELECT CASE WHEN as_of_date < DATE '2022-07-01' THEN 1 ELSE 2 END AS half, sum(borrowers) FROM loan_balances GROUP BY 1",
    ),
    (StockOverDates, "SELECT sum(coalesce(overdue_vnd, 0)) / 1000000 AS millions FROM loan_balances"),
    (StockOverDates, "SELECT sum(outstanding_vnd - overdue_vnd) FROM loan_balances"),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FILTER (WHERE channel = 'vbsp_entrusted') FROM loan_balances",
    ),
    (
        StockOverDates,
        "SELECT sum(CASE WHEN channel = 'vbsp_entrusted' THEN outstanding_vnd ELSE 0 END) FROM loan_balances",
    ),
    (
        StockOverDates,
        "SELECT sum(CASE WHEN as_of_date > DATE '2022-06-30' THEN outstanding_vnd END) FROM loan_balances",
    ),
    (StockOverDates, "SELECT unit_id, sum(outstanding_vnd) OVER (PARTITION BY unit_id) FROM loan_balances"),
    (StockOverDates, "SELECT as_of_date, sum(outstanding_vnd) OVER (ORDER BY as_of_date) FROM loan_balances"),
    (
        StockOverDates,
        "SELECT as_of_date, sum(sum(outstanding_vnd)) OVER () FROM loan_balances GROUP BY as_of_date",
    ),
    (
        StockOverDates,
        "SELECT sum(x) FROM (SELECT as_of_date, sum(outstanding_vnd) AS x FROM loan_balances GROUP BY as_of_date) AS m",
    ),
    (
        StockOverDates,
        "WITH m AS (SELECT as_of_date AS d, unit_id, sum(outstanding_vnd) AS x FROM loan_balances GROUP BY 1, 2) SELECT unit_id, sum(x) FROM m GROUP BY unit_id",
    ),
    (StockOverDates, "SELECT sum(owed) FROM balances WHERE day > DATE '2022-10-01'"),
    (StockOverDates, "SELECT sum(owed) FROM monthly"),
    (
        StockOverDates,
        "SELECT u.name_vi, sum(b.outstanding_vnd) FROM units u JOIN loan_balances b ON b.unit_id = u.unit_id GROUP BY u.name_vi",
    ),
    (
        StockOverDates,
        "SELECT sum(b.outstanding_vnd) FROM loan_balances b LEFT JOIN units u ON u.unit_id = b.unit_id AND b.as_of_date = DATE '2022-12-31'",
    ),
    (
        StockOverDates,
        "SELECT sum(b.outstanding_vnd) FROM loan_balances b LEFT JOIN (SELECT max(as_of_date) AS d FROM loan_balances) m ON m.d = b.as_of_date",
    ),
    (
        StockOverDates,
        "SELECT sum(b.outstanding_vnd) FROM loan_balances b JOIN (VALUES (DATE '2022-11-30'), (DATE '2022-12-31')) AS v (d) ON v.d = b.as_of_date",
    ),
    (
        StockOverDates,
        "SELECT sum(x) FROM (SELECT unit_id, outstanding_vnd AS x FROM loan_balances WHERE as_of_date = DATE '2022-11-30' UNION ALL SELECT unit_id, outstanding_vnd FROM loan_balances WHERE as_of_date = DATE '2022-12-31') AS t",
    ),
    (
        StockOverDates,
        "SELECT sum(x) FROM (SELECT outstanding_vnd AS x FROM loan_balances UNION ALL SELECT 0) AS t",
    ),
    (
        StockOverDates,
        "SELECT unit_id, (SELECT sum(b.outstanding_vnd) FROM loan_balances b WHERE b.unit_id = u.unit_id) AS x FROM units u",
    ),
    (
        StockOverDates,
        "SELECT unit_id FROM units u WHERE (SELECT sum(b.outstanding_vnd) FROM loan_balances b WHERE b.unit_id = u.unit_id) > 5",
    ),
    (
        StockOverDates,
        "SELECT as_of_date, sum(outstanding_vnd) FROM loan_balances GROUP BY ROLLUP (as_of_date)",
    ),
    (
        StockOverDates,
        "SELECT sum(b.outstanding_vnd) FROM loan_balances b JOIN (SELECT date_trunc('month', as_of_date) AS m, max(as_of_date) AS d FROM loan_balances GROUP BY 1) x ON x.d = b.as_of_date",
    ),
    (
        StockOverDates,
        "SELECT unit_id, sum(outstanding_vnd) FROM loan_balances GROUP BY unit_id HAVING sum(outstanding_vnd) > 0",
    ),
    (
        StockOverDates,
        "CREATE VIEW v AS SELECT unit_id, sum(outstanding_vnd) AS x FROM loan_balances GROUP BY unit_id",
    ),
    (StockAndFlow, "SELECT b.outstanding_vnd + f.flow_vnd FROM loan_balances b, loan_flows f"),
    (
        StockAndFlow,
        "SELECT (SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-12-31') + (SELECT sum(flow_vnd) FROM loan_flows) AS total",
    ),
    (
        StockAndFlow,
        "WITH b AS (SELECT sum(owed) AS o FROM closing), f AS (SELECT sum(flow_vnd) AS d FROM loan_flows) SELECT coalesce(b.o, 0) + coalesce(f.d, 0) AS x FROM b, f",
    ),
    (
        StockAndFlow,
        "SELECT sum(x) FROM (SELECT sum(outstanding_vnd) AS x FROM loan_balances WHERE as_of_date = DATE '2022-12-31' UNION ALL SELECT sum(flow_vnd) FROM loan_flows) AS t",
    ),
    (
        StockAndFlow,
        "SELECT round((o + d) / 1000000, 1) FROM (SELECT sum(owed) AS o FROM closing) AS a CROSS JOIN (SELECT sum(flow_vnd) AS d FROM loan_flows) AS b",
    ),
    (
        StockAndFlow,
        "SELECT (SELECT sum(capital_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-12-31' AND channel = 'national_employment_fund') + (SELECT sum(outstanding_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-12-31' AND channel = 'vbsp_entrusted') + (SELECT sum(flow_vnd) FROM loan_flows WHERE kind = 'disbursement') AS f09_f10_f11",
    ),
    (
        StockAndFlow,
        "SELECT sum(v) FROM (SELECT 'F09' AS id, sum(capital_vnd) AS v FROM loan_balances WHERE as_of_date = DATE '2022-12-31' UNION ALL SELECT 'F10', sum(outstanding_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-12-31' UNION ALL SELECT 'F11', sum(flow_vnd) FROM loan_flows) AS f",
    ),
    (TwoStocks, "SELECT capital_vnd + outstanding_vnd FROM loan_balances"),
    (
        TwoStocks,
        "SELECT sum(capital_vnd) + sum(outstanding_vnd) AS x FROM loan_balances WHERE as_of_date = DATE '2022-12-31'",
    ),
    (
        TwoStocks,
        "SELECT sum(v) FROM (SELECT 'F09' AS id, sum(capital_vnd) AS v FROM loan_balances WHERE as_of_date = DATE '2022-12-31' UNION ALL SELECT 'F10', sum(outstanding_vnd) FROM loan_balances WHERE as_of_date = DATE '2022-12-31') AS f",
    ),
    (Persons, "SELECT sum(participations) AS persons FROM activities"),
    (Persons, "SELECT unit_id, sum(participations) AS so_nguoi FROM activities GROUP BY unit_id"),
    (Persons, "SELECT sum(participations) AS \"Số đoàn viên\" FROM activities"),
    (Persons, "WITH t (people) AS (SELECT sum(taken_part) FROM done) SELECT people FROM t"),
    (Persons, "SELECT n AS members FROM (SELECT sum(participations) AS n FROM activities) AS x"),
    (Persons, "SELECT activity_id, participations AS participants FROM activities"),
    (Persons, "SELECT sum(participants_distinct) FROM activities"),
    (
        Persons,
        "SELECT unit_id, sum(d) FROM (SELECT unit_id, participants_distinct AS d FROM activities) AS x GROUP BY unit_id",
    ),
    (Persons, "SELECT sum(participants_distinct) OVER (PARTITION BY unit_id) FROM activities"),
    (Persons, "SELECT count(*) AS persons FROM trainees"),
    (
        Persons,
        "SELECT count(t.trainee_id) AS people FROM trainees t JOIN classes c ON c.class_id = t.class_id",
    ),
    (Persons, "SELECT unit_id, count(enrolment_id) AS hoc_vien FROM trainees GROUP BY unit_id"),
    (
        Persons,
        "SELECT sum(persons) AS persons FROM (SELECT class_id, count(DISTINCT trainee_id) AS persons FROM trainees GROUP BY class_id) AS x",
    ),
    (
        Persons,
        "SELECT sum(n) AS people FROM (SELECT unit_id, count(*) AS n FROM trainees GROUP BY unit_id) AS x",
    ),
    (
        Persons,
        "SELECT (SELECT sum(participations) FROM activities) + (SELECT count(DISTINCT trainee_id) FROM trainees) AS reached",
    ),
    (
        Persons,
        "SELECT sum(n) FROM (SELECT sum(participations) AS n FROM activities UNION ALL SELECT count(DISTINCT trainee_id) FROM trainees) AS x",
    ),
    (
        Persons,
        "SELECT p.n > q.n AS more FROM (SELECT sum(participations) AS n FROM activities) p, (SELECT count(DISTINCT trainee_id) AS n FROM trainees) q",
    ),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a JOIN outputs o ON a.activity_id = o.activity_id",
    ),
    (FanOut, "SELECT sum(participations) FROM activities JOIN outputs USING (activity_id)"),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a, outputs o WHERE o.activity_id = a.activity_id AND o.kind = 'work'",
    ),
    (
        FanOut,
        "SELECT o.kind, sum(a.participations) FROM activities a LEFT JOIN outputs o ON a.activity_id = o.activity_id GROUP BY o.kind",
    ),
    (
        FanOut,
        "SELECT avg(a.participations) FROM activities a JOIN outputs o ON a.activity_id = o.activity_id",
    ),
    (
        FanOut,
        "SELECT count(a.activity_id) AS so_hoat_dong FROM activities a JOIN outputs o USING (activity_id)",
    ),
    (
        FanOut,
        "SELECT a.unit_id, count(a.activity_id) FROM activities a LEFT JOIN outputs o ON o.activity_id = a.activity_id GROUP BY a.unit_id",
    ),
    (FanOut, "SELECT count(a.cost_vnd) FROM activities a JOIN outputs o ON a.activity_id = o.activity_id"),
    (FanOut, "SELECT sum(d.taken_part) FROM done d JOIN work_list w ON w.id = d.id"),
    (
        FanOut,
        "WITH a AS (SELECT activity_id AS k, participations AS p FROM activities), o AS (SELECT activity_id AS k FROM outputs) SELECT sum(p) FROM a JOIN o ON a.k = o.k",
    ),
    (
        FanOut,
        "SELECT u.unit_id, sum(a.participations), count(DISTINCT o.output_id) FROM units u LEFT JOIN activities a ON a.unit_id = u.unit_id LEFT JOIN outputs o ON o.unit_id = u.unit_id GROUP BY u.unit_id",
    ),
    (
        FanOut,
        "SELECT sum(l.approved_vnd) FROM loans l JOIN loan_flows f ON f.loan_id = l.loan_id WHERE f.kind = 'disbursement'",
    ),
    (FanOut, "SELECT sum(c.cost_vnd) FROM classes c RIGHT JOIN trainees t ON t.class_id = c.class_id"),
    (
        FanOut,
        "SELECT sum(x.n) FROM (SELECT unit_id, count(*) AS n FROM activities GROUP BY unit_id) x JOIN awards w ON w.unit_id = x.unit_id",
    ),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a JOIN (SELECT activity_id, kind, count(*) AS n FROM outputs GROUP BY activity_id, kind) o ON o.activity_id = a.activity_id",
    ),
    (
        FanOut,
        "SELECT sum(a.participations) OVER (PARTITION BY a.unit_id) FROM activities a JOIN outputs o ON o.activity_id = a.activity_id",
    ),
    (FanOut, "SELECT sum(a.participations) FROM activities a CROSS JOIN (VALUES (1), (2)) AS v (n)"),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a JOIN outputs o ON o.activity_id = a.activity_id AND o.completed_date >= a.start_date",
    ),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a JOIN (SELECT activity_id, 'w' AS k FROM outputs GROUP BY activity_id UNION ALL SELECT activity_id, 't' FROM outputs GROUP BY activity_id) o ON o.activity_id = a.activity_id",
    ),
    (Benefit, "SELECT sum(o.benefit_vnd) + (SELECT sum(cost_vnd) FROM activities) AS x FROM outputs o"),
    (Benefit, "SELECT sum(benefit_vnd) AS total_cost_vnd FROM outputs"),
    (
        Benefit,
        "SELECT sum(x) FROM (SELECT benefit_vnd AS x FROM outputs UNION ALL SELECT flow_vnd FROM loan_flows) AS t",
    ),
    (
        StockOverDates,
        "SELECT u.name_vi, b.owed FROM units u LEFT JOIN LATERAL (SELECT sum(outstanding_vnd) AS owed FROM loan_balances x WHERE x.unit_id = u.unit_id) AS b ON true",
    ),
    (
        StockOverDates,
        "SELECT extract(month FROM as_of_date) AS m, sum(outstanding_vnd) FROM loan_balances GROUP BY 1",
    ),
    (
        StockOverDates,
        "SELECT sum(v) FROM (SELECT max(outstanding_vnd) AS v FROM loan_balances GROUP BY as_of_date) AS t",
    ),
    (StockOverDates, "SELECT unit_id FROM loan_balances GROUP BY unit_id ORDER BY sum(outstanding_vnd) DESC"),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM (SELECT * FROM loan_balances ORDER BY as_of_date DESC LIMIT 240) AS t",
    ),
    (
        StockOverDates,
        "SELECT sum(outstanding_vnd) FROM loan_balances WHERE NOT (as_of_date = DATE '2022-12-31')",
    ),
    (
        StockAndFlow,
        "SELECT sum(outstanding_vnd) + sum(flow_vnd) FROM (SELECT outstanding_vnd, 0 AS flow_vnd FROM loan_balances WHERE as_of_date = DATE '2022-12-31' UNION ALL SELECT 0, flow_vnd FROM loan_flows) AS t",
    ),
    (Persons, "SELECT coalesce(sum(participations), 0) AS attendees FROM activities"),
    (Persons, "SELECT (SELECT sum(participations) FROM activities) AS persons"),
    (
        Persons,
        "SELECT count(DISTINCT trainee_id) AS persons FROM trainees UNION ALL SELECT sum(participations) FROM activities",
    ),
    (
        FanOut,
        "SELECT u.kind, sum(b.outstanding_vnd) FROM units u JOIN loan_balances b USING (unit_id) JOIN activities a USING (unit_id) WHERE b.as_of_date = DATE '2022-12-31' GROUP BY u.kind",
    ),
    (
        FanOut,
        "SELECT sum(a.participations) FROM activities a JOIN LATERAL (SELECT o.output_id FROM outputs o WHERE o.activity_id = a.activity_id) AS o ON true",
    ),
];

/// What stands in those in which more is to be found.
pub(super) const SEVERAL: &[&str] = &["f09_f10_f11", "x ON x.d = b.as_of_date"];
