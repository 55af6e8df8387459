"""Broken copies whose values are at fault: missing, not listed, out of bounds, of a wrong form."""

from broken_case import Case, again

CASES = [
    Case("sound", "nothing is broken"),
    Case(
        "required-null",
        "a null in a required column",
        ["UPDATE activities SET movement = NULL WHERE _row IN (3, 5, 8)"],
        [("activities", "required", "movement", 3)],
    ),
    Case(
        "required-empty-text",
        "an empty text is a missing value by default",
        ["UPDATE units SET name_vi = '' WHERE _row IN (2, 4)", "UPDATE outputs SET field = '' WHERE _row < 10"],
        [("units", "required", "name_vi", 2)],
    ),
    Case(
        "row-of-nulls",
        "a row without any value lacks each required one",
        [
            "UPDATE plan_tasks SET task_id = NULL, plan_year = NULL, area = NULL, task_vi = NULL, task_en = NULL "
            "WHERE _row = 12"
        ],
        [("plan_tasks", "required", name, 1) for name in ("area", "plan_year", "task_en", "task_id", "task_vi")],
    ),
    Case(
        "missing-values",
        "texts that stand for null, of a table and of a field, with labels",
        [
            "UPDATE activities SET movement = '-' WHERE _row IN (1, 2)",
            "UPDATE activities SET level = 'không rõ' WHERE _row IN (2, 3, 4)",
            # The field's own list replaces the table's: '-' is no missing value there.
            "UPDATE activities SET level = '-' WHERE _row = 9",
            "UPDATE outputs SET activity_id = 'n/a' WHERE _row = 7",
        ],
        [
            ("activities", "enum", "level", 1),
            ("activities", "required", "level", 3),
            ("activities", "required", "movement", 2),
            ("outputs", "required", "activity_id", 1),
        ],
        fields={"activities.level": {"missingValues": ["", "không rõ"]}},
        schemas={
            "activities": {"missingValues": ["", "-"]},
            "outputs": {"missingValues": [{"value": "", "label": "bỏ trống"}, {"value": "n/a"}]},
        },
    ),
    Case(
        "outside-the-enum",
        "codes that are not listed",
        [
            "UPDATE activities SET status = 'xong' WHERE _row BETWEEN 11 AND 14",
            "UPDATE activities SET level = 'Province' WHERE _row IN (11, 20)",
            "UPDATE outputs SET benefit_basis = 'ước tính' WHERE _row IN "
            "(SELECT _row FROM outputs WHERE benefit_basis IS NOT NULL ORDER BY _row LIMIT 6)",
        ],
        [
            ("activities", "enum", "level", 2),
            ("activities", "enum", "status", 4),
            ("outputs", "enum", "benefit_basis", 6),
        ],
    ),
    Case(
        "outside-the-enum-of-numbers",
        "listed whole numbers, decimals, dates and truth values, as numbers and as texts",
        [
            "UPDATE plan_tasks SET plan_year = 2023",
            "UPDATE plan_tasks SET plan_year = 2021 WHERE _row IN (2, 3)",
            "UPDATE loans SET annual_rate = 5.5",
            "UPDATE loans SET annual_rate = 5.51 WHERE _row = 8",
            "UPDATE units SET valid_from = DATE '2000-01-01'",
            "UPDATE units SET valid_from = DATE '2000-01-02' WHERE _row = 3",
            "UPDATE trainees SET completed = true",
            "UPDATE trainees SET completed = false WHERE _row < 5",
        ],
        [
            ("loans", "enum", "annual_rate", 1),
            ("plan_tasks", "enum", "plan_year", 2),
            ("trainees", "enum", "completed", 4),
            ("units", "enum", "valid_from", 1),
        ],
        constraints={
            "plan_tasks.plan_year": {"enum": ["2022", 2023]},
            "loans.annual_rate": {"enum": [5.5, "6.25"]},
            "units.valid_from": {"enum": ["2000-01-01"]},
            "trainees.completed": {"enum": [True]},
        },
    ),
    Case(
        "outside-the-categories",
        "categories restrict a field that has no enum",
        ["UPDATE activities SET status = 'xong' WHERE _row BETWEEN 11 AND 14"],
        [("activities", "categories", "status", 4)],
        constraints={"activities.status": {"enum": None}},
        peer=False,
    ),
    Case(
        "negative-money",
        "amounts below the minimum, in several columns and tables",
        [
            "UPDATE activities SET cost_vnd = -1 WHERE _row IN (2, 4, 6, 8)",
            "UPDATE loan_balances SET capital_vnd = -500000, borrowers = -1 WHERE _row IN (1, 2)",
            "UPDATE loan_balances SET overdue_vnd = -1 WHERE _row = 2",
        ],
        [
            ("activities", "minimum", "cost_vnd", 4),
            ("loan_balances", "minimum", "borrowers", 2),
            ("loan_balances", "minimum", "capital_vnd", 2),
            ("loan_balances", "minimum", "overdue_vnd", 1),
        ],
    ),
    Case(
        "bounds",
        "each bound at its edge and beside it; a null is within every bound",
        [
            "UPDATE loans SET approved_vnd = 1000000, annual_rate = 5, contract_date = DATE '2022-06-01'",
            "UPDATE loans SET approved_vnd = 1 WHERE _row = 1",
            "UPDATE loans SET approved_vnd = 0 WHERE _row = 2",
            "UPDATE loans SET approved_vnd = 999999999999999999 WHERE _row = 3",
            "UPDATE loans SET approved_vnd = 999999999999999998 WHERE _row = 4",
            "UPDATE loans SET annual_rate = 0.1 WHERE _row = 5",
            "UPDATE loans SET annual_rate = 0.11 WHERE _row = 6",
            "UPDATE loans SET annual_rate = 9.99 WHERE _row = 7",
            "UPDATE loans SET annual_rate = 10 WHERE _row IN (8, 9)",
            "UPDATE loans SET annual_rate = NULL WHERE _row = 10",
            "UPDATE loans SET contract_date = DATE '2021-12-31' WHERE _row IN (1, 2, 3)",
            "UPDATE loans SET contract_date = DATE '2022-01-01' WHERE _row = 4",
            "UPDATE loans SET contract_date = DATE '2022-12-31' WHERE _row = 5",
            "UPDATE loans SET contract_date = DATE '2023-01-01' WHERE _row = 6",
        ],
        [
            ("loans", "exclusiveMaximum", "annual_rate", 2),
            ("loans", "exclusiveMaximum", "contract_date", 1),
            ("loans", "exclusiveMinimum", "annual_rate", 1),
            ("loans", "maximum", "approved_vnd", 1),
            ("loans", "minimum", "approved_vnd", 1),
            ("loans", "minimum", "contract_date", 3),
        ],
        constraints={
            "loans.approved_vnd": {"maximum": 999999999999999998},
            "loans.annual_rate": {"minimum": None, "exclusiveMinimum": 0.1, "exclusiveMaximum": "10"},
            "loans.contract_date": {"minimum": "2022-01-01", "exclusiveMaximum": "2023-01-01"},
        },
    ),
    Case(
        "lengths",
        "texts too short and too long, counted in code points",
        [
            "UPDATE units SET name_vi = 'Đoàn' WHERE _row = 1",
            "UPDATE units SET name_vi = repeat('ệ', 60) WHERE _row = 2",
            "UPDATE units SET name_vi = repeat('ệ', 61) WHERE _row = 3",
            # Combining marks count: 40 letters of three code points each.
            "UPDATE units SET name_vi = repeat('e' || chr(803) || chr(770), 40) WHERE _row = 4",
            "UPDATE plan_tasks SET task_en = 'x'",
            "UPDATE plan_tasks SET task_en = NULL WHERE _row = 2",
        ],
        [
            ("plan_tasks", "minLength", "task_en", 11),
            ("plan_tasks", "required", "task_en", 1),
            ("units", "maxLength", "name_vi", 2),
            ("units", "minLength", "name_vi", 1),
        ],
        constraints={"units.name_vi": {"minLength": 5, "maxLength": 60}, "plan_tasks.task_en": {"minLength": 2}},
    ),
    Case(
        "pattern",
        "a pattern holds for the whole text, with and without anchors of its own",
        [
            again("activities", "1, 2, 3, 4"),
            "UPDATE activities SET activity_id = 'x' || activity_id WHERE _row = 100001",
            "UPDATE activities SET activity_id = activity_id || 'x' WHERE _row = 100002",
            "UPDATE activities SET activity_id = 'A2022-00000٣' WHERE _row = 100003",
            "UPDATE activities SET activity_id = 'B2022-999999' WHERE _row = 100004",
            "UPDATE plan_tasks SET task_en = 'plan'",
            "UPDATE plan_tasks SET task_en = 'plans' WHERE _row = 1",
            "UPDATE plan_tasks SET task_vi = 'Đoàn'",
            "UPDATE plan_tasks SET task_vi = 'đoàn' WHERE _row IN (1, 2)",
        ],
        [
            ("activities", "pattern", "activity_id", 3),
            ("plan_tasks", "pattern", "task_en", 1),
            ("plan_tasks", "pattern", "task_vi", 2),
        ],
        constraints={
            "activities.activity_id": {"pattern": "[AB][0-9]{4}-[0-9]{6}"},
            "plan_tasks.task_en": {"pattern": "^(plan|task)$"},
            "plan_tasks.task_vi": {"pattern": "Đ\\w{3}"},
        },
    ),
    Case(
        "pattern-of-alternatives",
        "each alternative holds for the whole text",
        [
            "UPDATE plan_tasks SET task_en = 'plan'",
            "UPDATE plan_tasks SET task_en = 'plans' WHERE _row = 1",
            "UPDATE plan_tasks SET task_en = 'a task' WHERE _row = 2",
            "UPDATE plan_tasks SET task_en = 'plan' || chr(10) WHERE _row = 3",
        ],
        [("plan_tasks", "pattern", "task_en", 3)],
        constraints={"plan_tasks.task_en": {"pattern": "plan|task"}},
        peer=False,
    ),
]
