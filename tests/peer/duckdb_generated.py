"""Makes random SELECT statements, runs each of them here and in DuckDB, and compares the results.

Usage: duckdb_generated.py TONGKET [--seed N] [--count N] [--only INDEX] [--show], in a workspace with the sample's
tables. The statements are decided by the seed and their number alone, so `--only` runs one of them again, and `--show`
prints what would be run. Prints how many agree; exits 1 on a difference, and where the statements tell nothing: too
many without a row, or refused by both.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import decimal
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import duckdb

# What is worked on at a time, and in how many processes.
BATCH = 250
PROCESSES = 2
# Rows up to which a result is compared whole; of a longer one its beginning or its totals are.
FEW_ROWS = 300
# Rows that a join may give, by a rough guess: the statements are many, and not one of them is to take long.
MOST_ROWS = 15_000
# Integers of the tables are of 32 bits in one engine where a literal makes them 64 bits in the other.
NARROW, WIDE = 2**31 - 1, 2**62
# One engine multiplies decimals of up to 18 digits within these, the other has 38 for the product.
DIGITS = 17
# Values of a column that are known; where there are no more, all of them.
MOST_SAMPLES = 24

# Equality is rarer than what leaves more rows.
# What the engine here answers wrongly or not at all, although it is SQL: each is left out until it does. An entry that
# is taken away lets the generator make it again.
AVOIDED = {
    # Wrong rows. A condition on a column of the outer side is taken for one on a column of the same name.
    "condition above an outer join with a name on both sides",
    # Wrong rows: unknown is taken for false.
    "IN of nulls within another condition",
    # Wrong order, and wrong rows in a window: the key is taken for a constant, although it is null in other sets.
    "grouping sets of a key with a condition on it",
    # Wrong rows, and therefore refused by us.
    "EXCEPT ALL and INTERSECT ALL",
    "USING of a right or full join",
    # Wrong rows: it is read as `a IS DISTINCT FROM (b AND c)`.
    "IS DISTINCT FROM without parentheses",
    # Errors: the optimiser changes a type on the way (a sum of decimals, a rounded decimal, a product with nought), or
    # whether there can be nulls.
    "sum of decimals beside an aggregate of different values",
    "round of a decimal without a cast",
    "decimal nought times something",
    "IS TRUE in a column",
    # Errors: casts are no part of a column's name, so that two columns have one.
    "an expression beside itself with a cast",
    # Errors: a column that is there twice in an order is there once in another.
    "order by the same column twice",
    # Errors: what statistics know is replaced, and the rest loses its place.
    "aggregate of a constant",
    # Errors: ranks are unsigned.
    "minus a rank",
    # Not supported: conflicting orders of aggregates, bool_and and bool_or in a frame that slides.
    "two orders of string_agg",
    "sliding bool_and",
}

COMPARISONS = ["=", "<>", "<>", "<", "<=", "<=", ">", ">=", ">="]
DIRECTIONS = ["ASC NULLS FIRST", "ASC NULLS LAST", "DESC NULLS FIRST", "DESC NULLS LAST"]
DATE_PARTS = {"year": 3000, "quarter": 4, "month": 12, "week": 53, "day": 31, "doy": 366, "dow": 6}
# What a statement compares with where no column tells what there is.
DEFAULTS = {
    "integer": (0, 1, 2, 3, 7, 12, 30),
    "decimal": tuple(map(decimal.Decimal, ("0.0", "0.5", "1.25", "12.00", "1000000.0"))),
    "text": ("", "a", "task", "work", "yen_mo", "2022", "Đoàn"),
    "date": tuple(datetime.date(2022, month, day) for month, day in [(1, 1), (3, 26), (6, 30), (12, 31)]),
    "boolean": (True, False),
}
# The contract names no primary key of this table: its groups may be null.
BALANCES_KEY = ["as_of_date", "channel", "unit_id", "group_id"]


@dataclasses.dataclass(frozen=True)
class Value:
    """An expression, and what is known of its values."""

    sql: str
    kind: str
    # Some of its values, none of them null: what it is worth comparing with.
    samples: tuple = ()
    # No number is larger, whatever its sign.
    size: int = 0
    scale: int = 0
    distinct: int = 1000
    # Columns of one domain name the same things, so that a join of them finds rows.
    domain: str = ""
    # Where the digits begin in each text, if all texts end in digits.
    digits: int = 0


@dataclasses.dataclass(frozen=True)
class Scope:
    """What stands in FROM: its columns, those that tell its rows apart, how many rows there may be."""

    columns: list
    key: list
    rows: int
    # The stored tables in it, by their alias.
    tables: dict

    def of(self, *kinds):
        return [column for column in self.columns if column.kind in kinds]


@dataclasses.dataclass(frozen=True)
class Query:
    """A statement without ORDER BY: its text, its columns as they are called, how many rows there may be."""

    sql: str
    columns: list
    rows: int
    # Whether ORDER BY may follow: not after LIMIT.
    open: bool = True

    def scope(self, alias):
        columns = [dataclasses.replace(column, sql=f"{alias}.{column.sql}") for column in self.columns]
        return Scope(columns, [column.sql for column in columns], self.rows, {})


def literal(value):
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.date):
        return f"DATE '{value}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    # Two dashes would begin a comment.
    return f"({value})" if value < 0 else str(value)


def kind_of(type_name):
    if type_name.startswith("DECIMAL"):
        return "decimal"
    return {"VARCHAR": "text", "DATE": "date", "BOOLEAN": "boolean"}.get(type_name, "integer")


def spread(values, most=MOST_SAMPLES):
    """Some of the values, evenly."""
    return tuple(values[i * len(values) // most] for i in range(most)) if len(values) > most else tuple(values)


def sized(value):
    return math.ceil(abs(value)) if isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool) else 0


def computed(function, *operands):
    """The samples of an expression, from those of its operands."""
    return tuple(function(*values) for values in zip(*(operand.samples[:8] for operand in operands)))


def uncast(sql):
    """An expression without its casts, which do not tell two columns apart."""
    while True:
        bare = re.sub(r"CAST\(((?:[^()]|\([^()]*\))*) AS [A-Z]+(?:\([0-9, ]+\))?\)", r"\1", sql)
        if bare == sql:
            return sql
        sql = bare


def different(values):
    """The values that are still different without their casts."""
    return list({uncast(value.sql): value for value in values}.values())


def reads(value):
    """Whether an expression reads a column by its table: what does not may be a literal."""
    return re.search(r"\b[tswd][0-9]+\.[a-z]", value.sql) is not None


def alike(a, b):
    """Whether two columns name the same things, some of which are in both as far as is known."""
    if a.kind != b.kind or not a.domain or a.domain != b.domain or not a.samples or not b.samples:
        return False
    if max(a.distinct, b.distinct) <= MOST_SAMPLES:
        return not set(a.samples).isdisjoint(b.samples)
    return min(a.samples) <= max(b.samples) and min(b.samples) <= max(a.samples)


class Tables:
    """The tables of the workspace: their columns and keys, and what joins them."""

    def __init__(self, connection, folder):
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        self.columns, self.keys, self.rows = {}, {}, {}
        domains = self.domains(package)
        for resource in package["resources"]:
            name = resource["name"]
            connection.execute(f"CREATE TABLE {name} AS FROM read_parquet('{folder / resource['path']}')")
            self.rows[name] = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            self.keys[name] = resource["schema"].get("primaryKey", BALANCES_KEY)
            self.columns[name] = [
                self.column(connection, name, column, kind_of(type_name), type_name, domains)
                for column, type_name, *_ in connection.execute(f"DESCRIBE {name}").fetchall()
                # Nothing was imported: these are null in all rows. One such table and unit's end are enough.
                if column not in ("source_file", "source_row") or name == "classes"
            ]

    def domains(self, package):
        """What the key columns name: the table that they lead to."""
        domains = {}
        for resource in package["resources"]:
            schema = resource["schema"]
            for column in schema.get("primaryKey", []):
                domains[resource["name"], column] = f"{resource['name']}.{column}"
            for key in schema.get("foreignKeys", []):
                for column, other in zip(key["fields"], key["reference"]["fields"]):
                    domains[resource["name"], column] = f"{key['reference']['resource']}.{other}"
        return domains

    def column(self, connection, table, name, kind, type_name, domains):
        rows = connection.execute(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY 1").fetchall()
        values = [value for (value,) in rows]
        scale = int(type_name.rstrip(")").split(",")[1]) if kind == "decimal" else 0
        domain = domains.get((table, name), "date" if kind == "date" else name)
        ids = kind == "text" and values and all(re.fullmatch(r"[A-Z][0-9]{4}-[0-9]{6}", value) for value in values)
        size = max(map(sized, values), default=0)
        return Value(name, kind, spread(values), size, scale, max(len(values), 1), domain, 7 if ids else 0)

    def scope(self, table, alias):
        columns = [dataclasses.replace(column, sql=f"{alias}.{column.sql}") for column in self.columns[table]]
        return Scope(columns, [f"{alias}.{name}" for name in self.keys[table]], self.rows[table], {alias: table})


class Expressions:
    """Expressions over the columns of a scope."""

    def __init__(self, tables, rng):
        self.tables, self.rng = tables, rng
        self.names = collections.Counter()
        # How deep sub-queries may still stand within one another.
        self.nested = rng.choice([0, 0, 1, 1, 1, 2])
        # Whether a sub-query may stand in an expression.
        self.lookups = False

    def new(self, prefix):
        self.names[prefix] += 1
        return f"{prefix}{self.names[prefix]}"

    def may(self, what):
        """Whether something is made, which is not while it is known to be wrong."""
        return what not in AVOIDED

    def chance(self, probability):
        return self.rng.random() < probability

    def one_of(self, *weighted):
        """One of what is given, each with its weight."""
        choices, weights = zip(*weighted)
        return self.rng.choices(choices, weights)[0]

    def some(self, values, least=1, most=3):
        count = min(self.rng.randint(least, most), len(values))
        return self.rng.sample(values, count)

    def constant(self, kind, like=None):
        """A literal of a kind: near the values of another expression, if there is one."""
        samples = like.samples if like and like.samples and self.chance(0.9) else DEFAULTS[kind]
        value = self.rng.choice(samples)
        if kind in ("integer", "decimal"):
            # A decimal is written with the digits that it has.
            value = int(value) if kind == "integer" else decimal.Decimal(value)
        if kind == "decimal" and value.as_tuple().exponent >= 0:
            # Without a digit after the point it would be an integer.
            value = value.quantize(decimal.Decimal("0.1"))
        scale = max(-value.as_tuple().exponent, 0) if kind == "decimal" else 0
        return Value(literal(value), kind, (value,) * 8, sized(value), scale, 1)

    def leaf(self, scope, kind):
        columns = scope.of(kind)
        if self.chance(0.06):
            return self.constant(kind)
        return self.rng.choice(columns) if columns else self.converted(scope, kind)

    def converted(self, scope, kind):
        """A value of a kind from a column of another."""
        texts, dates, numbers = scope.of("text"), scope.of("date"), scope.of("integer", "date", "boolean")
        if kind == "integer" and (texts or dates):
            column = self.rng.choice(texts or dates)
            form = "length({})" if texts else "CAST(extract(month FROM {}) AS BIGINT)"
            samples = computed(len, column) if texts else tuple(range(1, 13))
            return Value(form.format(column.sql), kind, samples, 10_000, 0, 12)
        if kind == "text" and numbers:
            column = self.rng.choice(numbers)
            return Value(f"CAST({column.sql} AS VARCHAR)", kind, computed(str, column), distinct=column.distinct)
        if kind == "decimal" and scope.of("integer"):
            column = self.rng.choice(scope.of("integer"))
            if column.size <= NARROW:
                return Value(f"CAST({column.sql} AS DECIMAL(14, 2))", kind, column.samples, column.size, 2, column.distinct)
        if kind == "boolean":
            column = self.rng.choice(scope.columns)
            return Value(f"({self.known(scope, column)})", kind, (True, False), 0, 0, 2)
        return self.constant(kind)

    def scalar(self, scope, kind, depth=2):
        """An expression of a kind."""
        if depth <= 0 or self.chance(0.45):
            return self.leaf(scope, kind)
        if kind == "boolean":
            return Value(f"({self.predicate(scope, depth - 1, subqueries=False)})", kind, (True, False), distinct=3)
        forms = {"integer": self.integer, "decimal": self.decimal, "text": self.text, "date": self.date}
        form = self.one_of((self.chosen, 3), (forms[kind], 7), (self.looked_up, 0.6))
        return form(scope, kind, depth - 1)

    def chosen(self, scope, kind, depth):
        """One of two values of a kind."""
        a, b = self.scalar(scope, kind, depth), self.scalar(scope, kind, depth)
        about = dict(
            kind=kind,
            samples=(a.samples + b.samples)[:16],
            size=max(a.size, b.size),
            scale=max(a.scale, b.scale),
            distinct=a.distinct + b.distinct,
        )
        form = self.rng.choice(["case", "case", "coalesce", "nullif", "extreme"])
        if form == "coalesce":
            return Value(f"coalesce({a.sql}, {b.sql})", **about)
        if form == "nullif":
            other = self.constant(kind, a) if self.chance(0.6) else b
            return dataclasses.replace(a, sql=f"nullif({a.sql}, {other.sql})", domain="", digits=0)
        if form == "extreme":
            return Value(f"{self.rng.choice(['greatest', 'least'])}({a.sql}, {b.sql})", **about)
        otherwise = f" ELSE {b.sql}" if self.chance(0.8) else ""
        if self.chance(0.25) and scope.of("text"):
            # Of a value, with a list of what it may be.
            subject = self.rng.choice(scope.of("text"))
            whens = f" WHEN {self.constant('text', subject).sql} THEN {a.sql} WHEN NULL THEN {b.sql}"
            return Value(f"CASE {subject.sql}{whens}{otherwise} END", **about)
        condition = self.predicate(scope, depth - 1, subqueries=False)
        return Value(f"CASE WHEN {condition} THEN {a.sql}{otherwise} END", **about)

    def looked_up(self, scope, kind, depth):
        """The value of a sub-query."""
        if self.nested <= 0 or not self.lookups:
            return self.scalar(scope, kind, depth)
        return self.scalar_subquery(scope, kind)

    def arithmetic(self, a, b):
        # A decimal nought that is multiplied is replaced by a nought of another type, which fits nothing.
        nought = any(value.kind == "decimal" and not value.sql.strip("0.") for value in (a, b))
        sign = self.rng.choice("+-" if nought else "+-*")
        function = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}[sign]
        size = a.size * b.size if sign == "*" else a.size + b.size
        scale = a.scale + b.scale if sign == "*" else max(a.scale, b.scale)
        kind = "decimal" if "decimal" in (a.kind, b.kind) else "integer"
        samples = computed(function, a, b)
        return Value(f"({a.sql} {sign} {b.sql})", kind, samples, size, scale, a.distinct * b.distinct)

    def integer(self, scope, kind, depth):
        form = self.one_of(("arithmetic", 5), ("sign", 1), ("rest", 1), ("length", 1), ("part", 2), ("cast", 2))
        if form == "length":
            text = self.scalar(scope, "text", depth)
            return Value(f"length({text.sql})", kind, computed(len, text), 10_000, 0, 30)
        if form == "part":
            part, most = self.rng.choice(list(DATE_PARTS.items()))
            date = self.scalar(scope, "date", depth)
            of = self.rng.choice([f"date_part('{part}', {date.sql})", f"extract({part} FROM {date.sql})"])
            # Postgres has a double here, one engine an integer of 32 bits, the other one of 64.
            return Value(f"CAST({of} AS BIGINT)", kind, tuple(range(1, most, most // 4 + 1)) or (1,), most, 0, most)
        if form == "cast":
            return self.cast_to_integer(scope, kind, depth)
        a = self.scalar(scope, kind, depth)
        if form == "sign":
            sign = self.rng.choice(["abs", "-"])
            return Value(f"{sign}({a.sql})", kind, computed(abs if sign == "abs" else lambda x: -x, a), a.size, 0, a.distinct)
        if form == "rest":
            by = self.rng.choice([2, 3, 7, 10])
            return Value(f"({a.sql} % {by})", kind, tuple(range(by)), by, 0, by)
        result = self.arithmetic(a, self.scalar(scope, kind, depth))
        return result if result.size <= (WIDE if a.size > NARROW else NARROW) else a

    def cast_to_integer(self, scope, kind, depth):
        ids = [column for column in scope.of("text") if column.digits]
        whole = [column for column in scope.of("decimal") if column.scale == 0 and column.size < WIDE]
        if ids and self.chance(0.5):
            column = self.rng.choice(ids)
            samples = computed(lambda text: int(text[column.digits - 1 :]), column)
            sql = f"CAST(substr({column.sql}, {column.digits}) AS INTEGER)"
            return Value(sql, kind, samples, 10**6, 0, column.distinct)
        if whole and self.chance(0.7):
            column = self.rng.choice(whole)
            size = max(column.size, NARROW + 1)
            return Value(f"CAST({column.sql} AS BIGINT)", kind, computed(int, column), size, 0, column.distinct)
        condition = self.scalar(scope, "boolean", depth)
        return Value(f"CAST({condition.sql} AS INTEGER)", kind, (0, 1), 1, 0, 3)

    def decimal(self, scope, kind, depth):
        form = self.one_of(("arithmetic", 5), ("round", 2), ("sign", 1), ("cast", 2))
        a = self.scalar(scope, kind, depth)
        if form == "sign":
            sign = self.rng.choice(["abs", "-"])
            return dataclasses.replace(a, sql=f"{sign}({a.sql})", samples=computed(abs, a), domain="")
        if form == "round":
            digits = self.rng.randint(0, 2)
            sql = f"CAST(round({a.sql}, {digits}) AS DECIMAL(24, {digits}))"
            if a.size * 10**digits >= 10**20:
                return a
            return dataclasses.replace(a, sql=sql, size=a.size + 1, scale=digits, domain="")
        if form == "cast":
            number = self.rng.choice([a, self.scalar(scope, "integer", depth)])
            scale = self.rng.choice([0, 1, 2, 4])
            if number.size * 10**scale >= 10**20 or number.size > NARROW and number.kind == "integer":
                return a
            sql = f"CAST({number.sql} AS DECIMAL(24, {scale}))"
            return Value(sql, kind, number.samples, number.size + 1, scale, number.distinct)
        b = self.scalar(scope, self.rng.choice(["integer", "decimal"]), depth)
        if b.kind == "integer" and b.size > NARROW:
            return a
        result = self.arithmetic(a, b)
        return result if max(result.size, 1) * 10**result.scale < 10**DIGITS else a

    def text(self, scope, kind, depth):
        forms = [self.trimmed, self.trimmed, self.joined, self.replaced, self.text_of]
        return self.rng.choice(forms)(scope, kind, depth)

    def trimmed(self, scope, kind, depth):
        """A text of one text."""
        a = self.scalar(scope, kind, depth)
        begin, count = self.rng.randint(1, 8), self.rng.randint(0, 6)
        sql, function = self.rng.choice(
            [
                (f"upper({a.sql})", str.upper),
                (f"lower({a.sql})", str.lower),
                (f"substr({a.sql}, {begin})", lambda text: text[begin - 1 :]),
                (f"substr({a.sql}, {begin}, {count})", lambda text: text[begin - 1 : begin - 1 + count]),
                (f"substring({a.sql} FROM {begin} FOR {count})", lambda text: text[begin - 1 : begin - 1 + count]),
                (f"left({a.sql}, {count})", lambda text: text[:count]),
                (f"right({a.sql}, {count})", lambda text: text[len(text) - count :]),
                (f"reverse({a.sql})", lambda text: text[::-1]),
                (f"split_part({a.sql}, '_', 1)", lambda text: text.split("_")[0]),
                (f"trim({a.sql})", str.strip),
                (f"ltrim({a.sql}, 'ACdk')", lambda text: text.lstrip("ACdk")),
                (f"lpad({a.sql}, {count + 3}, '*')", lambda text: text[: count + 3].rjust(count + 3, "*")),
                (f"rpad({a.sql}, {count + 3}, 'ư')", lambda text: text[: count + 3].ljust(count + 3, "ư")),
            ]
        )
        return Value(sql, kind, computed(function, a), distinct=a.distinct)

    def joined(self, scope, kind, depth):
        a, b = self.scalar(scope, kind, depth), self.scalar(scope, kind, depth - 1)
        form = self.rng.choice(["{} || {}", "concat({}, {})", "{} || '-' || {}", "concat({}, NULL, {}, '.')"])
        return Value(f"({form.format(a.sql, b.sql)})", kind, computed(lambda x, y: x + y, a, b), distinct=a.distinct * b.distinct)

    def replaced(self, scope, kind, depth):
        a = self.scalar(scope, kind, depth)
        old, new = self.rng.choice([("_", " "), ("a", "ă"), ("00", ""), ("i", "ii")])
        samples = computed(lambda text: text.replace(old, new), a)
        return Value(f"replace({a.sql}, '{old}', '{new}')", kind, samples, distinct=a.distinct)

    def text_of(self, scope, kind, depth):
        """A text of something else."""
        value = self.scalar(scope, self.rng.choice(["integer", "date", "boolean"]), depth)
        return Value(f"CAST({value.sql} AS VARCHAR)", kind, computed(str, value), distinct=value.distinct)

    def date(self, scope, kind, depth):
        a = self.scalar(scope, kind, depth)
        unit = self.rng.choice(["day", "week", "month", "quarter", "year"])
        count = self.rng.randint(1, 40)
        sql = self.rng.choice(
            [
                f"CAST(date_trunc('{unit}', {a.sql}) AS DATE)",
                f"CAST({a.sql} {self.rng.choice('+-')} INTERVAL '{count} days' AS DATE)",
                f"CAST({a.sql} {self.rng.choice('+-')} INTERVAL '{count} months' AS DATE)",
                f"CAST(CAST({a.sql} AS VARCHAR) AS DATE)",
            ]
        )
        return Value(sql, kind, a.samples, distinct=a.distinct, domain=kind)

    # Predicates.

    def predicate(self, scope, depth=2, subqueries="whole"):
        """A condition, which may be unknown; `subqueries` says where in WHERE it stands, if sub-queries may."""
        if depth > 0 and self.chance(0.4):
            return self.compound(scope, depth - 1, subqueries)
        if subqueries and self.nested > 0 and self.chance(0.3):
            return self.subquery_predicate(scope, subqueries)
        kind = self.one_of(("integer", 2), ("decimal", 2), ("text", 4), ("date", 2), ("boolean", 0.7))
        kind = kind if scope.of(kind) else self.rng.choice(scope.columns).kind
        value = self.scalar(scope, kind, min(depth, 1))
        if kind == "boolean":
            return self.of_boolean(value, subqueries)
        forms = [self.compared, self.compared, self.compared, self.listed, self.between, self.known]
        forms += [self.alike, self.alike] if kind == "text" else []
        return self.rng.choice(forms)(scope, value)

    def compound(self, scope, depth, subqueries):
        form = self.one_of(("and", 3), ("or", 5), ("not", 2), ("is", 1), ("case", 0.5))
        if subqueries and form != "and":
            subqueries = "part" if form == "or" and subqueries != "inside" else "inside"
        first = self.predicate(scope, depth, subqueries)
        if form == "not":
            return f"NOT ({first})"
        if form == "is":
            tests = ["NULL", "NOT NULL"] + (["TRUE", "NOT TRUE", "FALSE", "NOT FALSE"] if subqueries else [])
            return f"({first}) IS {self.rng.choice(tests)}"
        second = self.predicate(scope, depth, subqueries)
        if form == "case":
            return f"CASE WHEN {first} THEN {second} ELSE {self.predicate(scope, 0, False)} END"
        return f"({first} {form.upper()} {second})"

    def of_boolean(self, value, in_where):
        forms = ["{}", "NOT {}", "{} IS NULL", "{} = FALSE", "({} IS DISTINCT FROM TRUE)"]
        return self.rng.choice(forms + (["{} IS TRUE", "{} IS NOT TRUE"] if in_where else [])).format(value.sql)

    def compared(self, scope, value):
        other = self.constant(value.kind, value)
        if self.chance(0.25):
            other = self.scalar(scope, value.kind, 1)
        sign = self.rng.choice(COMPARISONS + ["IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
        return f"({value.sql} {sign} {other.sql})"

    def listed(self, scope, value):
        values = [self.constant(value.kind, value).sql for _ in range(self.rng.randint(1, 6))]
        if self.chance(0.2):
            values.append("NULL")
        return f"{value.sql} {self.maybe_not()}IN ({', '.join(values)})"

    def between(self, scope, value):
        low, high = self.constant(value.kind, value), self.constant(value.kind, value)
        if low.samples > high.samples and self.chance(0.9):
            low, high = high, low
        return f"{value.sql} {self.maybe_not()}BETWEEN {low.sql} AND {high.sql}"

    def known(self, scope, value):
        return f"{value.sql} IS {'NOT ' if self.chance(0.6) else ''}NULL"

    def alike(self, scope, value):
        sample = self.rng.choice(value.samples or DEFAULTS["text"])
        begin = self.rng.randint(0, max(len(sample) - 1, 0))
        part = sample[begin : begin + self.rng.randint(1, 4)]
        # A backslash escapes here and not there; no value has one.
        pattern = self.rng.choice([f"%{part}%", f"{sample[:3]}%", f"%{sample[-2:]}", f"_{sample[1:3]}%", f"%{part}_%"])
        operator = self.rng.choice(["LIKE", "LIKE", "ILIKE"])
        return f"{value.sql} {self.maybe_not()}{operator} {literal(pattern)}"

    def maybe_not(self):
        return "NOT " if self.chance(0.3) else ""


class Queries(Expressions):
    """Queries over the tables."""

    def __init__(self, tables, rng):
        super().__init__(tables, rng)
        # The queries of WITH that may be named, and those in FROM that may be written again.
        self.named, self.written = {}, []
        self.in_with = False

    # FROM.

    def source(self, depth):
        """A table, or what stands in the place of one: its text and its columns."""
        alias = self.new("t")
        if self.named and self.chance(0.65):
            name, query = self.rng.choice(list(self.named.items()))
            return f"{name} AS {alias}", query.scope(alias)
        again = [query for names, query in self.written if names <= self.named.keys()]
        if again and self.chance(0.4):
            query = self.rng.choice(again)
            return f"({query.sql}) AS {alias}", query.scope(alias)
        form = self.one_of(("table", 12), ("query", 3 if depth > 0 else 0), ("values", 0.7), ("series", 0.4))
        if form == "query":
            query = self.limited(self.query(depth - 1))
            self.written.append((set(self.named), query))
            return f"({query.sql}) AS {alias}", query.scope(alias)
        if form == "values":
            return self.values(alias)
        if form == "series":
            column = Value(f"{alias}.n", "integer", tuple(range(1, 13)), 12, 0, 12, "number")
            return f"generate_series(1, 12) AS {alias}(n)", Scope([column], [column.sql], 12, {})
        table = self.rng.choice(list(self.tables.columns))
        return f"{table} AS {alias}", self.tables.scope(table, alias)

    def values(self, alias):
        """Rows that the statement holds itself, null among them."""
        likes = self.some([column for columns in self.tables.columns.values() for column in columns], 1, 2)
        likes.append(Value("n", "integer", (1, 2, 3, 4), 30))
        rows = []
        for _ in range(self.rng.randint(1, 5)):
            rows.append([None if self.chance(0.15) else self.constant(like.kind, like) for like in likes])
        columns = []
        for i, like in enumerate(likes):
            own = [row[i] for row in rows if row[i]]
            # A column of nulls alone would have no type.
            rows[0][i] = rows[0][i] or self.constant(like.kind, like)
            samples = tuple(value.samples[0] for value in own + [rows[0][i]])
            size, scale = max(map(sized, samples)), max(value.scale for value in own + [rows[0][i]])
            columns.append(Value(f"{alias}.v{i + 1}", like.kind, samples, size, scale, len(rows), like.domain))
        text = ", ".join("(" + ", ".join(value.sql if value else "NULL" for value in row) + ")" for row in rows)
        names = ", ".join(f"v{i + 1}" for i in range(len(likes)))
        return f"(VALUES {text}) AS {alias}({names})", Scope(columns, [c.sql for c in columns], len(rows), {})

    def tables_joined(self, depth):
        """What stands after FROM, and its columns."""
        text, scope = self.source(depth)
        for last in self.one_of(([], 6), ([True], 4), ([False, True], 1)):
            text, scope = self.join(text, scope, depth, last)
        return text, scope

    def join(self, text, scope, depth, last):
        for _ in range(6):
            right_text, right = self.source(depth)
            pairs = [(a, b) for a in scope.columns for b in right.columns if alike(a, b)]
            if not pairs:
                if scope.rows * right.rows <= 2000 and self.chance(0.4):
                    return f"{text} CROSS JOIN {right_text}", self.both(scope, right, scope.rows * right.rows)
                continue
            a, b = self.rng.choice(pairs)
            distinct = max(min(a.distinct, scope.rows), min(b.distinct, right.rows), 1)
            rows = max(scope.rows * right.rows // distinct, scope.rows, right.rows)
            if rows > MOST_ROWS:
                continue
            return self.join_on(text, scope, right_text, right, (a, b), rows, last)
        return text, scope

    def both(self, left, right, rows):
        return Scope(left.columns + right.columns, left.key + right.key, rows, left.tables | right.tables)

    def join_on(self, text, left, right_text, right, pair, rows, last):
        how = self.one_of(("JOIN", 5), ("LEFT JOIN", 4), ("RIGHT JOIN", 2), ("FULL JOIN", 2), (",", 1))
        a, b = pair
        scope = self.both(left, right, rows)
        name = a.sql.rpartition(".")[2]
        namesakes = [column for column in scope.columns if column.sql.rpartition(".")[2] == name]
        if how == "," and "JOIN" not in text:
            # The condition of such a join stands in WHERE; as a source of its own it needs no care there.
            return f"{text} CROSS JOIN {right_text} JOIN (SELECT 1 AS one) AS {self.new('o')} ON {a.sql} = {b.sql}", scope
        how = "JOIN" if how == "," else how
        if how in ("JOIN", "LEFT JOIN") and last and len(namesakes) == 2 and b in namesakes and self.chance(0.4):
            return f"{text} {how} {right_text} USING ({name})", scope
        condition = f"{a.sql} = {b.sql}"
        if self.chance(0.1):
            condition = f"({a.sql} IS NOT DISTINCT FROM {b.sql})"
        if self.chance(0.3):
            condition += f" AND {self.predicate(scope, 1, subqueries=False)}"
        return f"{text} {how} {right_text} ON {condition}", scope

    # Sub-queries.

    def linked(self, scope):
        """A table with a column that means the same as one outside: its text, its columns, the condition."""
        alias = self.new("s")
        if self.named and self.chance(0.4):
            name, query = self.rng.choice(list(self.named.items()))
            text, inner = f"{name} AS {alias}", query.scope(alias)
        else:
            table = self.rng.choice(list(self.tables.columns))
            text, inner = f"{table} AS {alias}", self.tables.scope(table, alias)
        pairs = [(a, b) for a in scope.columns for b in inner.columns if alike(a, b) and "." in a.sql]
        pairs = [(a, b) for a, b in pairs if scope.rows * inner.rows // max(b.distinct, 1) <= 20 * MOST_ROWS]
        if not pairs:
            return None
        a, b = self.rng.choice(pairs)
        return text, inner, f"{b.sql} = {a.sql}", b

    def inside(self, make):
        """What `make` makes, one sub-query deeper."""
        before = self.nested, self.lookups
        self.nested, self.lookups = self.nested - 1, False
        made = make()
        self.nested, self.lookups = before
        return made

    def scalar_subquery(self, scope, kind):
        """A sub-query of one row: an aggregate, of the rows that belong to the one outside or of all."""
        link = self.linked(scope) if self.chance(0.6) else None
        if link:
            text, inner, condition, _ = link
        else:
            (text, inner), condition = self.inside(lambda: self.tables_joined(0)), None
        value = self.inside(lambda: self.aggregate_of(inner, kind))
        conditions = [condition] if condition else []
        if self.chance(0.5):
            conditions.append(self.inside(lambda: self.predicate(inner, 1, subqueries=not link)))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return dataclasses.replace(value, sql=f"(SELECT {value.sql} FROM {text}{where})", distinct=scope.rows)

    def subquery_predicate(self, scope, place):
        form = self.one_of(("exists", 3), ("in", 4), ("scalar", 2))
        if form == "scalar":
            kind = self.rng.choice(["integer", "decimal", "text", "date"])
            other = self.scalar_subquery(scope, kind)
            return f"{self.scalar(scope, kind, 1).sql} {self.rng.choice(COMPARISONS)} {other.sql}"
        if form == "exists":
            return self.exists(scope, place)
        return self.within(scope, place)

    def exists(self, scope, place):
        link = self.linked(scope)
        if not link:
            return self.within(scope, place)
        text, inner, condition, _ = link
        conditions = [condition]
        if self.chance(0.6):
            conditions.append(self.inside(lambda: self.predicate(inner, 1)))
        if self.chance(0.3):
            kind = self.rng.choice(["date", "integer", "decimal", "text"])
            outside = [column for column in scope.of(kind) if "." in column.sql]
            if inner.of(kind) and outside:
                a, b = self.rng.choice(inner.of(kind)), self.rng.choice(outside)
                conditions.append(f"{a.sql} {self.rng.choice(COMPARISONS)} {b.sql}")
        return f"{self.maybe_not()}EXISTS (SELECT 1 FROM {text} WHERE {' AND '.join(conditions)})"

    def within(self, scope, place):
        """IN, of a sub-query; a null in it makes NOT IN unknown."""
        text, inner = self.inside(lambda: self.tables_joined(0))
        pairs = [(a, b) for a in scope.columns for b in inner.columns if alike(a, b)]
        if pairs and self.chance(0.85):
            value, item = self.rng.choice(pairs)
        else:
            value = self.rng.choice(scope.columns)
            item = self.leaf(inner, value.kind)
        conditions = [self.inside(lambda: self.predicate(inner, 1))] if self.chance(0.7) else []
        subject, negated = value.sql, self.chance(0.4)
        if place == "inside" or place == "part" and negated:
            # Unknown would be taken for false here.
            subject = f"coalesce({value.sql}, {self.constant(value.kind, value).sql})"
            conditions.append(f"{item.sql} IS NOT NULL")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"{subject} {'NOT ' if negated else ''}IN (SELECT {item.sql} FROM {text}{where})"

    # Aggregates.

    def aggregate_of(self, scope, kind):
        """An aggregate that gives a kind."""
        if kind == "integer":
            form = self.one_of(("count", 4), ("sum", 2), ("extreme", 2))
            if form == "count":
                value = self.leaf(scope, self.rng.choice(["text", "date", "integer", "decimal"]))
                sql = self.rng.choice(["count(*)", f"count({value.sql})", f"count(DISTINCT {value.sql})"])
                return Value(sql, kind, (0, 1, 2, 5, 10, 20, 100), 10**6, 0, 50)
            if form == "sum":
                return self.summed(scope, kind)
        if kind == "decimal" and self.chance(0.6):
            return self.summed(scope, kind)
        if kind == "boolean":
            value = self.scalar(scope, kind, 1)
            return Value(f"{self.rng.choice(['bool_and', 'bool_or'])}({value.sql})", kind, (True, False), distinct=3)
        value = self.scalar(scope, kind, 1)
        if kind == "text" and reads(value) and self.chance(0.15):
            return Value(f"string_agg({value.sql}, ',' ORDER BY {self.order(scope.key)})", kind, value.samples)
        name = self.rng.choice(["min", "max"])
        return dataclasses.replace(value, sql=f"{name}({value.sql})", domain="", digits=0)

    def summed(self, scope, kind):
        value = self.scalar(scope, kind, 1)
        if value.size > 10**12 or value.scale > 6:
            value = self.constant(kind, None)
        distinct = "DISTINCT " if self.chance(0.15) else ""
        # Sums are wide, whatever comes out.
        size = max(value.size * MOST_ROWS * 4, NARROW + 1)
        samples = computed(lambda x: x * 10, value)
        return Value(f"sum({distinct}{value.sql})", kind, samples, size, value.scale, 200)

    def aggregate(self, scope):
        kind = self.one_of(("integer", 5), ("decimal", 3), ("text", 1.5), ("date", 1.5), ("boolean", 0.7))
        value = self.aggregate_of(scope, kind)
        if self.chance(0.2):
            condition = self.predicate(scope, 1, subqueries=False)
            value = dataclasses.replace(value, sql=f"{value.sql} FILTER (WHERE {condition})")
        return value

    def mean(self, scope):
        """A mean: binary floating point in one engine or both, so it is compared nearly and never computed with."""
        value = self.leaf(scope, self.rng.choice(["integer", "decimal"]))
        return Value(f"avg({value.sql})", "float")

    # SELECT.

    def query(self, depth, wanted=None, top=False):
        """A query; `wanted` are values whose kinds its columns must have."""
        form = self.one_of(
            ("rows", 5),
            ("grouped", 5),
            ("total", 1 if not wanted else 0),
            ("set", 2 if not wanted and depth > 0 else 0),
            ("with", 3 if not wanted and depth > 0 and not self.in_with else 0),
        )
        if form == "set":
            return self.set_operation(depth)
        if form == "with":
            return self.with_query(depth, top)
        if form == "total":
            return self.total(depth, top)
        make = self.rows if form == "rows" else self.grouped
        return make(depth, wanted, top)

    def select(self, items, rest, rows, distinct=""):
        """A query of named columns."""
        names = [f"c{i + 1}" for i in range(len(items))]
        text = ", ".join(f"{item.sql} AS {name}" for item, name in zip(items, names))
        columns = [
            dataclasses.replace(item, sql=name, distinct=max(min(item.distinct, rows), 1))
            for item, name in zip(items, names)
        ]
        return Query(f"SELECT {distinct}{text} {rest}", columns, rows)

    def item(self, scope, like):
        """An expression of a kind: the column that means the same, if there is one."""
        same = [column for column in scope.columns if alike(column, like)]
        if same and self.chance(0.8):
            return self.rng.choice(same)
        return self.scalar(scope, like.kind)

    def items(self, scope, wanted):
        if wanted:
            return [self.item(scope, like) for like in wanted]
        plain = self.some(scope.columns, 1, 2)
        kinds = [self.one_of(("integer", 3), ("decimal", 3), ("text", 4), ("date", 2), ("boolean", 1)) for _ in range(self.rng.randint(0, 2))]
        return plain + [self.scalar(scope, kind) for kind in kinds]

    def where(self, scope, probability=0.65):
        return f" WHERE {self.predicate(scope)}" if self.chance(probability) else ""

    def rows(self, depth, wanted, top):
        text, scope = self.tables_joined(depth)
        self.lookups = True
        items = self.items(scope, wanted)
        self.lookups = False
        rest = f"FROM {text}{self.where(scope)}"
        distinct = ""
        if not wanted and self.chance(0.25):
            items += [self.window(scope, scope.key, self.aggregate) for _ in range(self.rng.randint(1, 2))]
            if self.chance(0.25):
                rest += f" QUALIFY {self.qualified(scope)}"
        elif self.chance(0.2):
            distinct = "DISTINCT "
        elif top and self.chance(0.08) and not any("SELECT" in item.sql for item in items):
            on = self.rng.choice(scope.columns)
            query = self.select(items, f"{rest} ORDER BY {self.order([on.sql] + scope.key)}", scope.rows, f"DISTINCT ON ({on.sql}) ")
            return dataclasses.replace(query, open=False)
        return self.select(items, rest, scope.rows, distinct)

    def qualified(self, scope):
        """A condition on the place of a row among others."""
        by = self.rng.choice(scope.columns)
        return f"row_number() OVER (PARTITION BY {by.sql} ORDER BY {self.order(scope.key)}) <= {self.rng.randint(1, 3)}"

    def order(self, columns):
        return ", ".join(f"{column} {self.rng.choice(DIRECTIONS)}" for column in dict.fromkeys(columns))

    def window(self, scope, key, aggregate):
        """A window function, over rows in an order in which its result is decided."""
        partition = f"PARTITION BY {', '.join(column.sql for column in self.some(scope.columns, 1, 2))} "
        partition = partition if self.chance(0.6) else ""
        some = [column.sql for column in self.some(scope.columns, 1, 2)]
        total, partial = f"ORDER BY {self.order(some + key)}", f"ORDER BY {self.order(some)}"
        form = self.one_of(("number", 3), ("rank", 2), ("near", 3), ("sum", 4))
        if form == "number":
            sql = self.rng.choice(["row_number()", "ntile(4)"])
            return Value(f"{sql} OVER ({partition}{total})", "integer", (1, 2, 3, 10), 10**5, 0, scope.rows)
        if form == "rank":
            # Rows of the same place have the same rank: any order will do.
            sql = self.rng.choice(["rank()", "dense_rank()"])
            return Value(f"{sql} OVER ({partition}{self.rng.choice([total, partial])})", "integer", (1, 2, 3, 10), 10**5)
        if form == "near":
            return self.neighbour(scope, partition + total)
        value = aggregate(scope)
        if "DISTINCT" in value.sql or "ORDER BY" in value.sql or value.kind == "boolean":
            value = Value("count(*)", "integer", (1, 2, 5, 20), 10**5)
        order = self.rng.choice(["", partial, f"{partial} {self.peers()}", f"{total} {self.frame()}"])
        return dataclasses.replace(value, sql=f"{value.sql} OVER ({partition}{order})")

    def neighbour(self, scope, over):
        value = self.scalar(scope, self.rng.choice(["integer", "text", "date", "decimal"]), 1)
        far = self.rng.randint(1, 3)
        sql = self.rng.choice(
            [
                f"lag({value.sql}) OVER ({over})",
                f"lead({value.sql}, {far}) OVER ({over})",
                f"lag({value.sql}, {far}, {self.constant(value.kind, value).sql}) OVER ({over})",
                f"first_value({value.sql}) OVER ({over} {self.frame()})",
                f"last_value({value.sql}) OVER ({over} {self.frame()})",
                f"nth_value({value.sql}, {far}) OVER ({over} {self.frame()})",
            ]
        )
        return dataclasses.replace(value, sql=sql, digits=0, domain="")

    def frame(self):
        before = self.rng.choice(["UNBOUNDED PRECEDING", "3 PRECEDING", "1 PRECEDING", "CURRENT ROW"])
        after = self.rng.choice(["UNBOUNDED FOLLOWING", "2 FOLLOWING", "CURRENT ROW"])
        return f"ROWS BETWEEN {before} AND {after}"

    def peers(self):
        """A frame in which rows of the same place are together."""
        before = self.rng.choice(["UNBOUNDED PRECEDING", "CURRENT ROW"])
        after = self.rng.choice(["UNBOUNDED FOLLOWING", "CURRENT ROW"])
        return f"{self.rng.choice(['RANGE', 'GROUPS'])} BETWEEN {before} AND {after}"

    def keys(self, scope, wanted):
        """What to group by, and how many groups there may be."""
        if wanted:
            keys = [self.item(scope, like) for like in wanted]
        else:
            few = [column for column in scope.columns if column.distinct <= 400] or scope.columns
            keys = self.some(few, 1, 2)
            if self.chance(0.4):
                keys = different(keys + [self.scalar(scope, self.rng.choice(["integer", "text", "date"]), 1)])
        # A literal in GROUP BY may be the number of a column.
        keys = [key if reads(key) else self.rng.choice(scope.of(key.kind) or scope.columns) for key in keys]
        return keys, min(math.prod(key.distinct + 1 for key in keys), scope.rows)

    def grouped(self, depth, wanted, top):
        text, scope = self.tables_joined(depth)
        keys, rows = self.keys(scope, wanted)
        if wanted and any(key.kind != like.kind for key, like in zip(keys, wanted)):
            return self.rows(depth, wanted, top)
        unique = list(dict.fromkeys(key.sql for key in keys))
        group, extra = self.grouping(unique)
        aggregates = different([self.aggregate(scope) for _ in range(self.rng.randint(1, 3))])
        outer = Scope(keys + aggregates, unique, rows, {})
        items = list(keys)
        if not wanted:
            items += [self.derived(outer, value) for value in aggregates] + extra
            if top and self.chance(0.2):
                items.append(self.mean(scope))
            if self.chance(0.12) and not extra:
                items.append(self.window(outer, unique, lambda scope: self.rng.choice([Value("count(*)", "integer", (1, 2), 10**5)])))
        having = ""
        if self.chance(0.3):
            having = f" HAVING {self.predicate(Scope(aggregates, unique, rows, {}), 1, subqueries=False)}"
        query = self.select(items, f"FROM {text}{self.where(scope)} GROUP BY {group}{having}", rows)
        return query

    def derived(self, outer, value):
        """An aggregate, or something computed of it."""
        if self.chance(0.75):
            return value
        return self.scalar(Scope([value], outer.key, outer.rows, {}), value.kind, 1)

    def grouping(self, keys):
        """GROUP BY, and the columns that tell its grouping sets apart."""
        listed = ", ".join(keys)
        if self.chance(0.75):
            return listed, []
        extra = [Value(f"grouping({key})", "integer", (0, 1), 1, 0, 2) for key in self.some(keys, 0, 2)]
        form = self.rng.choice(["ROLLUP", "CUBE", "GROUPING SETS"])
        if form != "GROUPING SETS":
            return f"{form} ({listed})", extra
        # Each key stands in a set, or it could not be selected.
        sets = ["()"] + [f"({key})" for key in keys if len(keys) > 1]
        return f"GROUPING SETS ({', '.join([f'({listed})'] + self.some(sets, 0, 3))})", extra

    def total(self, depth, top):
        text, scope = self.tables_joined(depth)
        items = different([self.aggregate(scope) for _ in range(self.rng.randint(1, 4))])
        if top and self.chance(0.2):
            items.append(self.mean(scope))
        return self.select(items, f"FROM {text}{self.where(scope)}", 1)

    def set_operation(self, depth):
        table = self.rng.choice(list(self.tables.columns))
        likes = self.some(self.tables.columns[table], 1, 2)
        query = self.query(depth - 1, likes)
        text, rows = query.sql, query.rows
        for _ in range(self.rng.randint(1, 2)):
            right = self.query(depth - 1, likes)
            operator = self.rng.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
            if self.chance(0.2):
                limited = self.limited(right, always=True)
                text += f" {operator} ({limited.sql})"
            else:
                text += f" {operator} {right.sql}"
            rows += right.rows
        return Query(text, [dataclasses.replace(c, domain=like.domain, digits=0) for c, like in zip(query.columns, likes)], rows)

    def with_query(self, depth, top):
        """A query with others in WITH, which may be named more than once."""
        before, self.in_with = dict(self.named), True
        parts = []
        for _ in range(self.rng.randint(1, 2)):
            name = self.new("w")
            query = self.limited(self.query(depth - 1))
            parts.append(f"{name} AS ({query.sql})")
            self.named[name] = query
        main = self.query(depth - 1, top=top)
        self.named, self.in_with = before, False
        return dataclasses.replace(main, sql=f"WITH {', '.join(parts)} {main.sql}")

    # The end of a statement.

    def ordered(self, query):
        """ORDER BY all columns: rows in the same place are the same."""
        places = list(range(1, len(query.columns) + 1))
        self.rng.shuffle(places)
        if self.chance(0.5):
            places = [f"c{place}" for place in places]
        return f"{query.sql} ORDER BY {self.order(places)}"

    def limited(self, query, always=False):
        """A query in FROM or WITH, sometimes the beginning of it."""
        if not query.open or any(column.kind == "float" for column in query.columns) or not (always or self.chance(0.2)):
            return query
        limit = self.rng.choice([0, 1, 3, 10, 40, 100, 100, 100])
        sql = f"{self.ordered(query)} LIMIT {limit}"
        if self.chance(0.3):
            sql += f" OFFSET {self.rng.choice([1, 2, 5])}"
        return Query(sql, query.columns, min(query.rows, limit), open=False)

    def digest(self, query):
        """The totals of a query's columns."""
        items = [Value("count(*)", "integer")]
        for column in query.columns:
            name = f"d.{column.sql}"
            functions = ["count({})", "count(DISTINCT {})"]
            if column.kind in ("integer", "decimal") and column.size < 10**14:
                functions += ["sum({})", "sum({})"]
            if column.kind in ("integer", "decimal", "text", "date"):
                functions += ["min({})", "max({})"]
            items += [Value(form.format(name), "integer") for form in self.some(functions, 1, 2)]
        return self.select(items, f"FROM ({query.sql}) AS d", 1)

    def statement(self):
        """A whole statement; whether its rows come in a decided order; which of its columns are floats."""
        query = self.query(self.one_of((0, 5), (1, 5), (2, 1)), top=True)
        floats = [i for i, column in enumerate(query.columns) if column.kind == "float"]
        if query.rows > FEW_ROWS and not floats and (not query.open or self.chance(0.4)):
            query = self.digest(query)
        if not query.open or floats or query.rows <= FEW_ROWS and self.chance(0.5):
            return Statement(query.sql, False, floats)
        sql = self.ordered(query)
        if query.rows > FEW_ROWS or self.chance(0.2):
            sql += f" LIMIT {self.rng.choice([1, 5, 20, 100])}"
            if query.rows > FEW_ROWS and self.chance(0.3):
                sql += f" OFFSET {self.rng.choice([1, 3, 10, 50])}"
        return Statement(sql, True, [])


@dataclasses.dataclass(frozen=True)
class Statement:
    sql: str
    ordered: bool
    floats: list


class Ours:
    """Runs statements in tongket: in one process, and after one that fails in the next."""

    def __init__(self, program):
        self.program = program

    def results(self, statements):
        """The result of each: its rows, or its error."""
        results = []
        while len(results) < len(statements):
            results += self.begun(statements[len(results) :])
        return results

    def begun(self, statements):
        """The results up to the first error, which is the last of them."""
        script = "".join(f"{statement.sql};\n\\echo {MARK}\n" for statement in statements)
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
            file.write(script)
            file.flush()
            command = [self.program, "-X", "-q", "--format", "ndjson", "--lang", "en", "-f", file.name]
            ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        *whole, rest = ran.stdout.split(f"{MARK}\n")
        results = [[row_of(line) for line in text.splitlines()] for text in whole]
        if len(results) < len(statements):
            errors = [line for line in ran.stderr.splitlines() if not line.startswith("warning")]
            results.append(Failure("\n".join(errors[-12:]) or f"status {ran.returncode}"))
        return results


MARK = "|the end of a result|"


class Failure(str):
    """What an engine says of a statement that it does not run."""


def plain(value):
    """A value that is equal to another exactly where the two results agree."""
    if isinstance(value, bool):
        # To Python true is one.
        return "true" if value else "false"
    return str(value) if isinstance(value, datetime.date) else value


def row_of(line):
    return tuple(map(plain, json.loads(line, parse_float=decimal.Decimal).values()))


def theirs(connection, statement):
    """DuckDB's result of a statement: its rows, or its error."""
    try:
        rows = connection.execute(statement.sql).fetchall()
    except duckdb.Error as error:
        return Failure(error)
    return [tuple(map(plain, row)) for row in rows]


def near(a, b):
    """Whether two means agree: one may have four digits more than its values have, the other some sixteen."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=2e-4)


def unmatched(ours, others, statement):
    """The rows of one result that the other has not, and the other way round."""
    for row in others:
        for i, value in enumerate(row):
            if isinstance(value, float) and i not in statement.floats:
                raise TypeError(f"a float: {value} in {statement.sql}")
    if not statement.floats:
        a, b = collections.Counter(ours), collections.Counter(others)
        return list((a - b).elements()), list((b - a).elements())
    exact = [i for i in range(len((ours or others or [()])[0])) if i not in statement.floats]
    rest = collections.defaultdict(list)
    for row in others:
        rest[tuple(row[i] for i in exact)].append(row)
    alone = []
    for row in ours:
        candidates = rest[tuple(row[i] for i in exact)]
        match = next((other for other in candidates if all(near(row[i], other[i]) for i in statement.floats)), None)
        alone.append(row) if match is None else candidates.remove(match)
    return alone, [row for rows in rest.values() for row in rows]


def difference(ours, others, statement):
    """What is different in two results, in words; `None` where nothing is."""
    if isinstance(ours, Failure) or isinstance(others, Failure):
        if isinstance(ours, Failure) and isinstance(others, Failure):
            return None
        return f"  tongket {told(ours)}\n  duckdb  {told(others)}"
    a, b = unmatched(ours, others, statement)
    if a or b:
        return f"  tongket {told(ours)}, alone {told_rows(a)}\n  duckdb  {told(others)}, alone {told_rows(b)}"
    if statement.ordered:
        for number, (row, other) in enumerate(zip(ours, others), start=1):
            if row != other:
                return f"  tongket row {number} {told_rows([row])}\n  duckdb  row {number} {told_rows([other])}"
    return None


def told(result):
    return f"fails: {result}" if isinstance(result, Failure) else f"{len(result)} rows"


def told_rows(rows):
    return " ".join("(" + ", ".join(str(value) for value in row) + ")" for row in rows[:3]) or "none"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("tongket")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--only", type=int, help="the number of the one statement to run")
    parser.add_argument("--show", action="store_true", help="print the statements instead of running them")
    return parser.parse_args()


def main():
    options = arguments()
    connection = duckdb.connect(config={"threads": 1})
    tables = Tables(connection, pathlib.Path("datasets"))
    numbers = range(options.count) if options.only is None else [options.only]
    statements = [Queries(tables, random.Random(f"{options.seed} {number}")).statement() for number in numbers]
    if options.show:
        print("\n".join(f"{statement.sql};" for statement in statements))
        return
    batches = [statements[i : i + BATCH] for i in range(0, len(statements), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        ran = pool.map(Ours(options.tongket).results, batches)
        others = [theirs(connection, statement) for statement in statements]
        ours = [result for results in ran for result in results]
    sys.exit(told_all(options, numbers, statements, ours, others))


def told_all(options, numbers, statements, ours, others):
    """Prints what came out; the exit code."""
    different = 0
    for number, statement, a, b in zip(numbers, statements, ours, others):
        found = difference(a, b, statement)
        if found:
            different += 1
            print(f"statement {number}: {statement.sql}\n{found}\n  again: --seed {options.seed} --only {number}\n", file=sys.stderr)
    refused = sum(isinstance(a, Failure) and isinstance(b, Failure) for a, b in zip(ours, others))
    empty = sum(a == [] for a in ours)
    rows = sum(len(a) for a in ours if not isinstance(a, Failure))
    print(f"{len(statements) - different} generated statements agree (seed {options.seed})")
    print(f"{len(statements) - empty - refused} with rows ({rows} in all), {empty} empty, {refused} refused by both")
    if different:
        print(f"{different} differ")
    return 1 if different or empty * 3 > len(statements) or refused * 20 > len(statements) else 0


if __name__ == "__main__":
    main()
