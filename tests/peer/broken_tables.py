"""Broken copies whose keys, types, columns or files are at fault."""

from broken_case import Case, again

CASES = [
    Case(
        "key-twice",
        "a key that two rows have: one row too many",
        [again("activities", "17")],
        [("activities", "primaryKey", "activity_id", 1), ("activities", "unique", "activity_id", 1)],
    ),
    Case(
        "key-three-times",
        "a key that three rows have is two rows too many, two more keys are one each",
        [again("awards", "5"), again("awards", "5, 6, 200", 200_000)],
        [("awards", "primaryKey", "award_id", 4), ("awards", "unique", "award_id", 4)],
    ),
    Case(
        "key-null",
        "nulls in a key are missing, and no duplicates of each other",
        ["UPDATE plan_tasks SET task_id = NULL WHERE _row IN (2, 3)"],
        [("plan_tasks", "required", "task_id", 2)],
    ),
    Case(
        "key-without-required",
        "a column of the primary key is required though the field does not say so",
        ["UPDATE plan_tasks SET task_id = NULL WHERE _row IN (2, 3)"],
        [("plan_tasks", "required", "task_id", 2)],
        constraints={"plan_tasks.task_id": {"required": None, "unique": None}},
    ),
    Case(
        "composite-key-twice",
        "a key of two columns, each of which may repeat",
        [
            again("trainees", "1, 2, 3"),
            "UPDATE trainees SET enrolment_id = enrolment_id || 'B' WHERE _row > 100000",
        ],
        [("trainees", "primaryKey", "class_id trainee_id", 3)],
        schemas={"trainees": {"primaryKey": ["class_id", "trainee_id"], "uniqueKeys": None}},
    ),
    Case(
        "composite-key-null-part",
        "a key with a null part is missing a value, and is no duplicate",
        [
            again("trainees", "1, 2"),
            "UPDATE trainees SET enrolment_id = enrolment_id || 'B' WHERE _row > 100000",
            "UPDATE trainees SET trainee_id = NULL WHERE _row % 100000 = 1",
        ],
        [("trainees", "primaryKey", "class_id trainee_id", 1), ("trainees", "required", "trainee_id", 2)],
        schemas={"trainees": {"primaryKey": ["class_id", "trainee_id"], "uniqueKeys": None}},
    ),
    Case(
        "unique-with-nulls",
        "any number of nulls is unique",
        [
            "UPDATE activities SET source_row = 7 WHERE _row IN (1, 2)",
            "UPDATE activities SET source_row = 8 WHERE _row = 3",
            "UPDATE plan_tasks SET task_en = '' WHERE _row IN (1, 2, 3)",
        ],
        [("activities", "unique", "source_row", 1), ("plan_tasks", "required", "task_en", 3)],
        constraints={"activities.source_row": {"unique": True}, "plan_tasks.task_en": {"unique": True}},
    ),
    Case(
        "unique-keys",
        "unique together, with and without a null part",
        [
            again("trainees", "1, 2"),
            "UPDATE trainees SET enrolment_id = enrolment_id || 'B' WHERE _row > 100000",
            # Rows without a group: a null is no duplicate of a null.
            again("loan_balances", "1, 2, 3"),
            "UPDATE loan_balances SET group_id = 'G' WHERE _row % 100000 = 1",
        ],
        [
            ("loan_balances", "uniqueKeys", "as_of_date channel unit_id group_id", 1),
            ("trainees", "uniqueKeys", "class_id trainee_id", 2),
        ],
        peer=False,
    ),
    Case(
        "foreign-key-dangles",
        "rows that name a parent that is not there",
        [
            "UPDATE outputs SET activity_id = 'A2022-999999' WHERE _row BETWEEN 21 AND 25",
            "UPDATE outputs SET unit_id = 'ninh_bình' WHERE _row IN (25, 26)",
            "DELETE FROM loans WHERE _row = 230",
            "UPDATE loan_flows SET loan_id = (SELECT max(loan_id) FROM loans)",
            "UPDATE loan_flows SET loan_id = '' WHERE _row = 1",
            "UPDATE loan_flows SET loan_id = 'L' WHERE _row BETWEEN 2 AND 4",
        ],
        [
            ("loan_flows", "foreignKey", "loan_id", 3),
            ("loan_flows", "required", "loan_id", 1),
            ("outputs", "foreignKey", "activity_id", 5),
            ("outputs", "foreignKey", "unit_id", 2),
        ],
    ),
    Case(
        "foreign-key-null",
        "a null names no parent, and lacks none",
        [
            "UPDATE activities SET unit_id = NULL WHERE _row = 4",
            "UPDATE awards SET recipient_id = NULL",
            "UPDATE awards SET recipient_id = unit_id WHERE _row < 100",
            "UPDATE awards SET recipient_id = 'P1' WHERE _row IN (1, 2)",
        ],
        [("activities", "required", "unit_id", 1), ("awards", "foreignKey", "recipient_id", 2)],
        schemas={
            "awards": {
                "foreignKeys": [
                    {"fields": ["unit_id"], "reference": {"resource": "units", "fields": ["unit_id"]}},
                    {"fields": "recipient_id", "reference": {"resource": "units", "fields": "unit_id"}},
                ]
            }
        },
    ),
    Case(
        "foreign-key-to-itself",
        "a table that refers to itself, the resource left out or empty",
        [
            "ALTER TABLE units ADD COLUMN parent_id VARCHAR",
            "ALTER TABLE units ADD COLUMN successor_id VARCHAR",
            "UPDATE units SET parent_id = (SELECT unit_id FROM units WHERE _row = 1) WHERE _row > 3",
            "UPDATE units SET parent_id = 'none' WHERE _row > 11",
            "UPDATE units SET successor_id = 'none' WHERE _row = 2",
        ],
        [("units", "foreignKey", "parent_id", 2), ("units", "foreignKey", "successor_id", 1)],
        fields={"units.parent_id": {"type": "string"}, "units.successor_id": {"type": "string"}},
        schemas={
            "units": {
                "foreignKeys": [
                    {"fields": ["parent_id"], "reference": {"fields": ["unit_id"]}},
                    {"fields": ["successor_id"], "reference": {"resource": "", "fields": ["unit_id"]}},
                ]
            }
        },
    ),
    Case(
        "composite-foreign-key",
        "two columns that only together name a parent",
        [
            "UPDATE outputs SET unit_id = CASE unit_id WHEN 'nho_quan' THEN 'kim_son' ELSE 'nho_quan' END "
            "WHERE _row IN (31, 32, 33)"
        ],
        [("outputs", "foreignKey", "activity_id unit_id", 3)],
        schemas={
            "outputs": {
                "foreignKeys": [
                    {
                        "fields": ["activity_id", "unit_id"],
                        "reference": {"resource": "activities", "fields": ["activity_id", "unit_id"]},
                    }
                ]
            }
        },
    ),
    Case(
        "composite-foreign-key-null-part",
        "a key with a null part names no parent",
        [
            "UPDATE outputs SET unit_id = NULL WHERE _row IN (31, 32)",
            "UPDATE outputs SET activity_id = 'A' WHERE _row IN (32, 33)",
        ],
        [("outputs", "foreignKey", "activity_id unit_id", 1), ("outputs", "required", "unit_id", 2)],
        schemas={
            "outputs": {
                "foreignKeys": [
                    {
                        "fields": ["activity_id", "unit_id"],
                        "reference": {"resource": "activities", "fields": ["activity_id", "unit_id"]},
                    }
                ]
            }
        },
        peer=False,
    ),
    Case(
        "text-for-a-number",
        "texts where whole numbers are declared; nulls stay nulls",
        [
            "ALTER TABLE activities ALTER cost_vnd TYPE VARCHAR USING cost_vnd || ' đồng'",
            "ALTER TABLE activities ALTER participations TYPE VARCHAR USING 'lượt ' || participations",
        ],
        [("activities", "type", "cost_vnd", 1525), ("activities", "type", "participations", 2000)],
    ),
    Case(
        "text-for-a-date",
        "dates written as a Vietnamese reader writes them",
        [
            "ALTER TABLE activities ALTER start_date TYPE VARCHAR USING strftime(start_date, '%d/%m/%Y')",
            "UPDATE activities SET end_date = NULL WHERE _row = 3",
        ],
        [("activities", "required", "end_date", 1), ("activities", "type", "start_date", 2000)],
    ),
    Case(
        "time-for-a-date",
        "moments where dates are declared",
        ["ALTER TABLE loan_flows ALTER flow_date TYPE TIMESTAMP USING flow_date + INTERVAL 8 HOUR"],
        [("loan_flows", "type", "flow_date", 476)],
    ),
    Case(
        "number-for-a-text",
        "whole numbers where texts are declared, and where truth values are",
        [
            "ALTER TABLE plan_tasks ALTER task_en TYPE INTEGER USING length(task_en)::INTEGER",
            "ALTER TABLE trainees ALTER completed TYPE INTEGER USING completed::INTEGER",
        ],
        [("plan_tasks", "type", "task_en", 12), ("trainees", "type", "completed", 833)],
    ),
    Case(
        "fractions-for-whole-numbers",
        "money in halves of a đồng",
        ["ALTER TABLE loan_flows ALTER flow_vnd TYPE DECIMAL(18, 2) USING flow_vnd + 0.5"],
        [("loan_flows", "type", "flow_vnd", 476)],
    ),
    Case(
        "missing-column",
        "columns that are not there, required or not; the other columns are checked",
        [
            "ALTER TABLE activities DROP COLUMN level",
            "ALTER TABLE outputs DROP COLUMN benefit_vnd",
            "UPDATE activities SET participations = -1 WHERE _row = 2",
        ],
        [
            ("activities", "minimum", "participations", 1),
            ("activities", "missing column", "level", 0),
            ("outputs", "missing column", "benefit_vnd", 0),
        ],
    ),
    Case(
        "missing-key-column",
        "a key without its column is not checked further",
        ["ALTER TABLE awards DROP COLUMN award_id", "ALTER TABLE awards DROP COLUMN unit_id"],
        [("awards", "missing column", "award_id", 0), ("awards", "missing column", "unit_id", 0)],
    ),
    Case(
        "surplus-column",
        "columns that the contract does not know, in another order",
        [
            "ALTER TABLE units ADD COLUMN ghi_chu VARCHAR",
            "CREATE OR REPLACE TABLE plan_tasks AS SELECT _row, 1 AS extra, task_en, task_vi, area, plan_year, task_id "
            "FROM plan_tasks",
        ],
        [("plan_tasks", "surplus column", "extra", 0), ("units", "surplus column", "ghi_chu", 0)],
    ),
    Case(
        "fields-match",
        "a contract that allows more columns, fewer, or both",
        [
            "ALTER TABLE units ADD COLUMN ghi_chu VARCHAR",
            "ALTER TABLE outputs DROP COLUMN benefit_vnd",
            "ALTER TABLE activities ADD COLUMN ghi_chu VARCHAR",
            "ALTER TABLE activities DROP COLUMN cost_vnd",
            # Required, so still missed.
            "ALTER TABLE awards DROP COLUMN kind",
        ],
        [("awards", "missing column", "kind", 0)],
        schemas={
            "units": {"fieldsMatch": "subset"},
            "outputs": {"fieldsMatch": "superset"},
            "activities": {"fieldsMatch": "partial"},
            "awards": {"fieldsMatch": "superset"},
        },
    ),
    Case(
        "empty-tables",
        "a table without rows is sound; rows that refer to it are not",
        ["DELETE FROM loan_flows", "DELETE FROM classes"],
        [("trainees", "foreignKey", "class_id", 858)],
    ),
    Case(
        "missing-file",
        "a table that is not there; what refers to it cannot be checked, the rest can",
        ["DROP TABLE plan_tasks", "DROP TABLE classes", "UPDATE trainees SET gender = 'nam' WHERE _row = 1"],
        [
            ("classes", "missing file", "", 0),
            ("plan_tasks", "missing file", "", 0),
            ("trainees", "enum", "gender", 1),
        ],
    ),
    Case(
        "many-at-once",
        "faults of every kind, several in one row and in one cell",
        [
            again("units", "3"),
            "UPDATE units SET kind = 'xã', valid_from = NULL WHERE _row IN (3, 5)",
            "UPDATE activities SET unit_id = 'none', movement = NULL, participations = -1, status = '?' WHERE _row = 9",
            "UPDATE activities SET participations = NULL WHERE _row IN (10, 11)",
            "UPDATE outputs SET output_id = 'T1' WHERE _row IN (1, 2, 3)",
            "UPDATE outputs SET benefit_vnd = -1 WHERE _row IN (2, 3, 4)",
            "UPDATE classes SET capacity = 0, host_unit_id = '' WHERE _row <= 2",
            "ALTER TABLE awards ALTER honoured_year TYPE VARCHAR USING 'năm ' || honoured_year",
            "UPDATE awards SET kind = 'cờ' WHERE _row IN (1, 2)",
            "ALTER TABLE loans DROP COLUMN sector",
            "UPDATE loans SET term_months = 0, annual_rate = -0.01 WHERE _row = 1",
        ],
        [
            ("activities", "enum", "status", 1),
            ("activities", "foreignKey", "unit_id", 1),
            ("activities", "minimum", "participations", 1),
            ("activities", "required", "movement", 1),
            ("activities", "required", "participations", 2),
            ("awards", "enum", "kind", 2),
            ("awards", "type", "honoured_year", 260),
            ("classes", "minimum", "capacity", 2),
            ("classes", "required", "host_unit_id", 2),
            ("loans", "minimum", "annual_rate", 1),
            ("loans", "minimum", "term_months", 1),
            ("loans", "missing column", "sector", 0),
            ("outputs", "minimum", "benefit_vnd", 3),
            ("outputs", "pattern", "output_id", 3),
            ("outputs", "primaryKey", "output_id", 2),
            ("outputs", "unique", "output_id", 2),
            ("units", "enum", "kind", 2),
            ("units", "primaryKey", "unit_id", 1),
            ("units", "required", "valid_from", 2),
            ("units", "unique", "unit_id", 1),
        ],
        constraints={"outputs.output_id": {"pattern": "[^0-9].{3,}", "maxLength": 40}},
    ),
]
