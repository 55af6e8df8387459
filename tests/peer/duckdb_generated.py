"""Makes random SELECT statements, runs each of them here and in DuckDB, and compares the results.

Usage: duckdb_generated.py TONGKET [--seed N] [--count N] [--longest N] [--only INDEX] [--show], in a workspace with the
sample's tables. The statements are decided by the seed, their number and the length that they may have, so `--only`
runs one of them again; `--show` prints them instead. Prints how many agree; exits 1 on a difference, and where the
statements tell nothing: too many of them without a row, or refused by both.

Rows are compared as a multiset, and in their order where ORDER BY names all columns. What is wrong here stands in
AVOIDED. What differs because the two are made so is not generated:

- division: of integers it gives an integer here and a double there, of decimals other digits;
- integers beyond 32 bits from narrower ones, and products of decimals beyond 18 digits: DuckDB counts in the type of
  the operands, here a literal is of 64 bits and a product of decimals of up to 38 digits;
- CAST of a decimal with a fraction to an integer: cut off here as in Arrow, rounded there as in PostgreSQL;
- floating point but for means, which are compared nearly and never computed with;
- sums of decimals beside decimals with more digits after the point: a sum has all 38 digits in DuckDB, which rounds
  what has more; the default of `lag` where its type is not the value's;
- the type of a part of a date (32 or 64 bits) and of `date_trunc` and `date + interval` (a date or a timestamp): both
  are cast; `substr` from nought or below, which counts from the end in DuckDB;
- a backslash in LIKE, which escapes here without being told to;
- IGNORE NULLS, which DuckDB has elsewhere; text is ordered by its bytes in both.

The engine here does not plan a sub-query but in WHERE, or one that gives a value in the list of SELECT.
"""

import argparse
import collections
import concurrent.futures
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
import typing

import duckdb

# What is answered wrongly here or not at all, although it is SQL, and so is not made. Without its entry it is again.
AVOIDED = {
    # Wrong rows, for which they are refused.
    "EXCEPT ALL and INTERSECT ALL",
    "USING in a right or full join",
    # Errors: the optimiser changes a type, or whether there can be nulls.
    "decimal nought times something",
    "IS TRUE in a column",
    "minus a rank",
    "difference of dates in a condition",
    # Errors: it is rewritten, and not found again.
    "grouping sets of a date and a number",
    # Errors: a cast is no part of a column's name, so that two columns have one.
    "an expression beside itself with a cast",
    # Errors: it is there once and looked for twice.
    "order by the same column twice",
    "window of groups by more than one column",
    "LATERAL after an outer join",
    "window over parts by what is constant",
    # Errors: what statistics know is taken away, and the rest is looked for in its place.
    "aggregate of a constant",
    # Not supported.
    "string_agg in two orders",
    "bool_and in a frame",
}

# What is worked on at a time, and in how many processes.
BATCH = 100
PROCESSES = 2
# Rows up to which a result is compared whole; of a longer one its beginning or its totals are.
FEW_ROWS = 300
# Rows that a join may give, by a rough guess: the statements are many, and not one of them is to take long.
MOST_ROWS = 15_000
NARROW, WIDE = 2**31 - 1, 2**62
# Digits of a decimal that is computed.
DIGITS = 17
# Values of a column that are known; where there are no more, all of them.
MOST_SAMPLES = 24

# Equality is rarer than what leaves more rows.
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
# A line that is no row of a result.
MARK = "|the end of a result|"
# Characters of a statement. Longer ones take the longer and find no more.
LONGEST = 500


class Value(typing.NamedTuple):
    """An expression, and what is known of its values."""

    sql: str
    kind: str
    # Some of its values, none of them null: what it is worth comparing with.
    samples: tuple = ()
    # No number is larger, whatever its sign.
    size: int = 0
    scale: int = 0
    # Digits before the point that DuckDB's type has: what has all 38 is rounded where it meets a fraction.
    whole: int = 10
    distinct: int = 1000
    # Columns of one domain name the same things, so that a join of them finds rows.
    domain: str = ""
    # Where the digits begin in each text, if all texts end in digits.
    digits: int = 0

    def name(self):
        return self.sql.rpartition(".")[2]


class Scope(typing.NamedTuple):
    """What stands in FROM: its columns, those that tell its rows apart, how many rows there may be."""

    columns: list
    key: list
    rows: int
    # Whether no row is there twice: of two that are the same, each may be the first.
    unique: bool = False

    def of(self, *kinds):
        return [column for column in self.columns if column.kind in kinds]

    def names(self):
        return {column.name() for column in self.columns}


class Query(typing.NamedTuple):
    """A statement without ORDER BY: its text, its columns as they are called, how many rows there may be."""

    sql: str
    columns: list
    rows: int
    # Whether ORDER BY may follow: not after LIMIT.
    open: bool = True

    def scope(self, alias):
        columns = [column._replace(sql=f"{alias}.{column.sql}") for column in self.columns]
        return Scope(columns, [column.sql for column in columns], self.rows)


class Statement(typing.NamedTuple):
    """A whole statement; whether the order of its rows is decided; the places of its means."""

    sql: str
    ordered: bool
    floats: list


def literal(value):
    """A value as SQL writes it."""
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


def spread(values):
    """Some of the values, evenly."""
    count = min(MOST_SAMPLES, len(values))
    return tuple(values[i * len(values) // count] for i in range(count))


def sized(value):
    return math.ceil(abs(value)) if isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool) else 0


def computed(function, *operands):
    """The samples of an expression, from those of its operands."""
    return tuple(function(*values) for values in zip(*(operand.samples[:8] for operand in operands)))


def alike(a, b):
    """Whether two columns name the same things, some of which are in both as far as is known."""
    if a.kind != b.kind or not a.domain or a.domain != b.domain or not a.samples or not b.samples:
        return False
    if max(a.distinct, b.distinct) <= MOST_SAMPLES:
        return not set(a.samples).isdisjoint(b.samples)
    return min(a.samples) <= max(b.samples) and min(b.samples) <= max(a.samples)


def reads(value):
    """Whether an expression reads a column."""
    return re.search(r"\b[ts][0-9]+\.[a-z]", value.sql) is not None


def uncast(sql):
    """An expression without its casts."""
    while True:
        bare = re.sub(r"CAST\(((?:[^()]|\([^()]*\))*) AS [A-Z]+(?:\([0-9, ]+\))?\)", r"\1", sql)
        if bare == sql:
            return sql
        sql = bare


class Tables:
    """The tables of the workspace: their columns and keys."""

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
                self.column(connection, name, column, type_name, domains)
                for column, type_name, *_ in connection.execute(f"DESCRIBE {name}").fetchall()
                # Nothing was imported: these are null in all rows, and one table of them is enough.
                if column not in ("source_file", "source_row") or name == "classes"
            ]

    def domains(self, package):
        """What the key columns name: rows of the table that they lead to."""
        domains = {}
        for resource in package["resources"]:
            schema = resource["schema"]
            for column in schema.get("primaryKey", []):
                domains[resource["name"], column] = f"{resource['name']}.{column}"
            for key in schema.get("foreignKeys", []):
                for column, other in zip(key["fields"], key["reference"]["fields"]):
                    domains[resource["name"], column] = f"{key['reference']['resource']}.{other}"
        return domains

    def column(self, connection, table, name, type_name, domains):
        rows = connection.execute(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY 1").fetchall()
        values = [value for (value,) in rows]
        kind = kind_of(type_name)
        scale = int(type_name.rstrip(")").split(",")[1]) if kind == "decimal" else 0
        domain = domains.get((table, name), "date" if kind == "date" else name)
        ids = kind == "text" and values and all(re.fullmatch(r"[A-Z][0-9]{4}-[0-9]{6}", value) for value in values)
        size = max(map(sized, values), default=0)
        whole = {"INTEGER": 10, "BIGINT": 19, "DECIMAL(5,2)": 3}.get(type_name, 18)
        return Value(name, kind, spread(values), size, scale, whole, max(len(values), 1), domain, 7 if ids else 0)

    def scope(self, table, alias):
        columns = [column._replace(sql=f"{alias}.{column.sql}") for column in self.columns[table]]
        return Scope(columns, [f"{alias}.{name}" for name in self.keys[table]], self.rows[table], unique=True)


class Chance:
    """What is decided by the seed."""

    def __init__(self, rng):
        self.rng = rng
        self.names = collections.Counter()

    def new(self, prefix):
        self.names[prefix] += 1
        return f"{prefix}{self.names[prefix]}"

    def chance(self, probability):
        return self.rng.random() < probability

    def one_of(self, *weighted):
        """One of what is given, each with its weight."""
        choices, weights = zip(*weighted)
        return self.rng.choices(choices, weights)[0]

    def some(self, values, least=1, most=3):
        return self.rng.sample(values, min(self.rng.randint(least, most), len(values)))

    def maybe_not(self, probability=0.3):
        return "NOT " if self.chance(probability) else ""


class Expressions(Chance):
    """Expressions over the columns of a scope."""

    def __init__(self, tables, rng):
        super().__init__(rng)
        self.tables = tables
        # How deep sub-queries may still stand within one another, and whether they may in an expression.
        self.nested = rng.choice([0, 0, 1, 1, 1, 2])
        self.lookups = False
        # Whether the statement has a WITH, and whether this is within it.
        self.in_with = False

    def constant(self, kind, like=None):
        """A literal of a kind: near the values of another expression, if there is one."""
        samples = like.samples if like and like.samples and self.chance(0.9) else DEFAULTS[kind]
        value = self.rng.choice(samples)
        if kind == "integer":
            value = int(value)
        if kind == "decimal" and decimal.Decimal(value).as_tuple().exponent >= 0:
            # Without a digit after the point it would be an integer.
            value = decimal.Decimal(value).quantize(decimal.Decimal("0.1"))
        if kind == "decimal" and like and like.whole > 30 and -value.as_tuple().exponent > max(like.scale, 1):
            value = value.quantize(decimal.Decimal(1).scaleb(-max(like.scale, 1)))
        scale = -value.as_tuple().exponent if kind == "decimal" else 0
        return Value(literal(value), kind, (value,) * 8, sized(value), scale, 10, 1)

    def leaf(self, scope, kind):
        if self.chance(0.06):
            return self.constant(kind)
        return self.rng.choice(scope.of(kind)) if scope.of(kind) else self.converted(scope, kind)

    def converted(self, scope, kind):
        """A value of a kind from a column of another."""
        texts, dates, plain = scope.of("text"), scope.of("date"), scope.of("integer", "date", "boolean")
        if kind == "integer" and texts:
            column = self.rng.choice(texts)
            return Value(f"length({column.sql})", kind, computed(len, column), 10_000, 0, 19, 12)
        if kind == "integer" and dates:
            return self.part(self.rng.choice(dates))
        if kind == "text" and plain:
            return self.text_of(self.rng.choice(plain))
        if kind == "decimal" and [column for column in scope.of("integer") if column.size <= NARROW]:
            column = self.rng.choice([column for column in scope.of("integer") if column.size <= NARROW])
            sql = f"CAST({column.sql} AS DECIMAL(14, 2))"
            return Value(sql, kind, column.samples, column.size, 2, 12, column.distinct)
        if kind == "boolean":
            column = self.rng.choice(scope.columns)
            return Value(f"({self.known(scope, column)})", kind, (True, False), distinct=2)
        return self.constant(kind)

    def scalar(self, scope, kind, depth=2):
        """An expression of a kind."""
        if depth <= 0 or self.chance(0.45):
            return self.leaf(scope, kind)
        if kind == "boolean":
            return Value(f"({self.predicate(scope, depth - 1)})", kind, (True, False), distinct=3)
        forms = {"integer": self.integer, "decimal": self.decimal, "text": self.text, "date": self.date}
        form = self.one_of((self.chosen, 3), (forms[kind], 7), (self.looked_up, 0.6))
        return form(scope, kind, depth - 1)

    def chosen(self, scope, kind, depth):
        """One of two values of a kind."""
        a, b = self.scalar(scope, kind, depth), self.scalar(scope, kind, depth)
        samples, size, scale = (a.samples + b.samples)[:16], max(a.size, b.size), max(a.scale, b.scale)
        form = self.rng.choice(["case", "case", "of", "coalesce", "nullif", "greatest", "least"])
        if form == "nullif":
            other = self.constant(kind, a) if self.chance(0.6) or kind == "decimal" else b
            return a._replace(sql=f"nullif({a.sql}, {other.sql})", domain="", digits=0)
        otherwise = f" ELSE {b.sql}" if self.chance(0.8) else ""
        if form == "of" and scope.of("text"):
            subject = self.rng.choice(scope.of("text"))
            # Nothing is equal to null.
            whens = f"WHEN {self.constant('text', subject).sql} THEN {a.sql} WHEN NULL THEN {b.sql}"
            sql = f"CASE {subject.sql} {whens}{otherwise} END"
        elif form in ("case", "of"):
            sql = f"CASE WHEN {self.predicate(scope, depth - 1)} THEN {a.sql}{otherwise} END"
        else:
            sql = f"{form}({a.sql}, {b.sql})"
        whole = max(a.whole, b.whole)
        if kind == "decimal" and whole + scale > 38:
            return a
        return Value(sql, kind, samples, size, scale, whole, a.distinct + b.distinct)

    def looked_up(self, scope, kind, depth):
        """The value of a sub-query, where one may stand."""
        if self.nested <= 0 or not self.lookups:
            return self.scalar(scope, kind, depth)
        return self.scalar_subquery(scope, kind)

    # Numbers.

    def arithmetic(self, a, b):
        signs = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}
        nought = any(value.kind == "decimal" and not value.sql.strip("0.") for value in (a, b))
        sign = self.rng.choice("+-" if nought and "decimal nought times something" in AVOIDED else "+-*")
        size = a.size * b.size if sign == "*" else a.size + b.size
        scale = a.scale + b.scale if sign == "*" else max(a.scale, b.scale)
        whole = a.whole + b.whole if sign == "*" else max(a.whole, b.whole) + 1
        kind = "decimal" if "decimal" in (a.kind, b.kind) else "integer"
        samples = computed(signs[sign], a, b)
        return Value(f"({a.sql} {sign} {b.sql})", kind, samples, size, scale, whole, a.distinct * b.distinct)

    def signed(self, a):
        name, function = self.rng.choice([("abs", abs), ("-", lambda x: -x)])
        return a._replace(sql=f"{name}({a.sql})", samples=computed(function, a), domain="")

    def integer(self, scope, kind, depth):
        days = 0 if "difference of dates in a condition" in AVOIDED else 0.7
        forms = [("two", 5), ("sign", 1), ("rest", 1), ("length", 1), ("part", 2), ("days", days), ("cast", 2)]
        form = self.one_of(*forms)
        if form == "length":
            text = self.scalar(scope, "text", depth)
            return Value(f"length({text.sql})", kind, computed(len, text), 10_000, 0, 19, 30)
        if form == "part":
            return self.part(self.scalar(scope, "date", depth))
        if form == "days":
            return self.days(scope, depth)
        if form == "cast":
            return self.cast_to_integer(scope, kind, depth)
        a = self.scalar(scope, kind, depth)
        if form == "sign":
            return self.signed(a)
        if form == "rest":
            by = self.rng.choice([2, 3, 7, 10])
            return Value(f"({a.sql} % {by})", kind, tuple(range(by)), by, 0, 19, by)
        result = self.arithmetic(a, self.scalar(scope, kind, depth))._replace(whole=19)
        return result if result.size <= (WIDE if a.size > NARROW else NARROW) else a

    def days(self, scope, depth):
        a, b = self.scalar(scope, "date", depth), self.scalar(scope, "date", depth)
        samples = computed(lambda x, y: (x - y).days, a, b)
        return Value(f"({a.sql} - {b.sql})", "integer", samples, 10**6, 0, 19, 300)

    def part(self, date):
        part, most = self.rng.choice(list(DATE_PARTS.items()))
        of = self.rng.choice([f"date_part('{part}', {date.sql})", f"extract({part} FROM {date.sql})"])
        samples = (2021, 2022, 2023) if part == "year" else tuple(range(1, most, most // 4 + 1))
        return Value(f"CAST({of} AS BIGINT)", "integer", samples, most, 0, 19, most)

    def cast_to_integer(self, scope, kind, depth):
        ids = [column for column in scope.of("text") if column.digits]
        whole = [column for column in scope.of("decimal") if column.scale == 0 and column.size < WIDE]
        if ids and self.chance(0.5):
            column = self.rng.choice(ids)
            samples = computed(lambda text: int(text[column.digits - 1 :]), column)
            sql = f"CAST(substr({column.sql}, {column.digits}) AS INTEGER)"
            return Value(sql, kind, samples, 10**6, 0, 10, column.distinct)
        if whole and self.chance(0.7):
            column = self.rng.choice(whole)
            size = max(column.size, NARROW + 1)
            return Value(f"CAST({column.sql} AS BIGINT)", kind, computed(int, column), size, 0, 19, column.distinct)
        condition = self.scalar(scope, "boolean", depth)
        return Value(f"CAST({condition.sql} AS INTEGER)", kind, (0, 1), 1, 0, 10, 3)

    def decimal(self, scope, kind, depth):
        form = self.one_of(("two", 5), ("round", 2), ("sign", 1), ("cast", 2))
        a = self.scalar(scope, kind, depth)
        if form == "sign":
            return self.signed(a)
        if form == "round":
            return self.rounded(a, self.rng.randint(0, 2))
        b = self.scalar(scope, self.rng.choice(["integer", "decimal"]), depth)
        if b.kind == "integer" and b.size > NARROW:
            return a
        if form == "cast":
            scale = self.rng.choice([0, 1, 2, 4])
            if b.size * 10**scale >= 10**DIGITS:
                return a
            sql = f"CAST({b.sql} AS DECIMAL(22, {scale}))"
            return Value(sql, kind, b.samples, b.size + 1, scale, 22 - scale, b.distinct)
        result = self.arithmetic(a, b)
        fits = result.whole + result.scale <= 30 and max(result.size, 1) * 10**result.scale < 10**DIGITS
        return result if fits else a

    def rounded(self, a, digits):
        if a.size * 10**digits >= 10**DIGITS:
            return a
        sql = f"round({a.sql}, {digits})"
        return a._replace(sql=sql, size=a.size + 1, scale=digits, whole=22 - digits, domain="")

    # Texts and dates.

    def text(self, scope, kind, depth):
        form = self.one_of(("one", 4), ("two", 2), ("of", 2))
        if form == "of":
            return self.text_of(self.scalar(scope, self.rng.choice(["integer", "date", "boolean"]), depth))
        a = self.scalar(scope, kind, depth)
        if form == "one":
            return self.trimmed(a)
        b = self.scalar(scope, kind, depth - 1)
        form = self.rng.choice(["{} || {}", "concat({}, {})", "{} || '-' || {}", "concat({}, NULL, {}, '.')"])
        samples = computed(lambda x, y: x + y, a, b)
        return Value(f"({form.format(a.sql, b.sql)})", kind, samples, distinct=a.distinct * b.distinct)

    def trimmed(self, a):
        """A text of one text."""
        begin, count = self.rng.randint(1, 8), self.rng.randint(0, 6)
        old, new = self.rng.choice([("_", " "), ("a", "ă"), ("00", ""), ("i", "ii")])
        sql, function = self.rng.choice(
            [
                (f"upper({a.sql})", str.upper),
                (f"lower({a.sql})", str.lower),
                (f"substr({a.sql}, {begin})", lambda text: text[begin - 1 :]),
                (f"substr({a.sql}, {begin}, {count})", lambda text: text[begin - 1 : begin - 1 + count]),
                (f"substring({a.sql} FROM {begin} FOR {count})", lambda text: text[begin - 1 : begin - 1 + count]),
                (f"left({a.sql}, {count})", lambda text: text[:count]),
                (f"right({a.sql}, {count})", lambda text: text[max(len(text) - count, 0) :]),
                (f"reverse({a.sql})", lambda text: text[::-1]),
                (f"replace({a.sql}, '{old}', '{new}')", lambda text: text.replace(old, new)),
                (f"trim({a.sql})", str.strip),
                (f"ltrim({a.sql}, 'ACdk')", lambda text: text.lstrip("ACdk")),
                (f"lpad({a.sql}, {count + 3}, '*')", lambda text: text[: count + 3].rjust(count + 3, "*")),
                (f"rpad({a.sql}, {count + 3}, 'ư')", lambda text: text[: count + 3].ljust(count + 3, "ư")),
            ]
        )
        if a.samples and self.chance(0.1):
            # DuckDB fails where all texts are null.
            sql, function = f"split_part({a.sql}, '_', 1)", lambda text: text.split("_")[0]
        return Value(sql, "text", computed(function, a), distinct=a.distinct)

    def text_of(self, value):
        """A text of something else."""
        samples = tuple(str(sample).lower() for sample in value.samples[:8])
        return Value(f"CAST({value.sql} AS VARCHAR)", "text", samples, distinct=value.distinct)

    def date(self, scope, kind, depth):
        a = self.scalar(scope, kind, depth)
        unit, sign = self.rng.choice(["day", "week", "month", "quarter", "year"]), self.rng.choice("+-")
        count = self.rng.randint(1, 40)
        sql = self.rng.choice(
            [
                f"CAST(date_trunc('{unit}', {a.sql}) AS DATE)",
                f"CAST({a.sql} {sign} INTERVAL '{count} days' AS DATE)",
                f"CAST({a.sql} {sign} INTERVAL '{count} months' AS DATE)",
                f"({a.sql} {sign} {count})",
                f"CAST(CAST({a.sql} AS VARCHAR) AS DATE)",
            ]
        )
        return Value(sql, kind, a.samples, distinct=a.distinct, domain=kind)

    # Conditions.

    def predicate(self, scope, depth, in_where=False):
        """A condition, of WHERE or elsewhere; in WHERE a sub-query may stand."""
        if depth > 0 and self.chance(0.4):
            return self.compound(scope, depth - 1, in_where)
        if in_where and self.nested > 0 and self.chance(0.3):
            return self.subquery_predicate(scope)
        kind = self.one_of(("integer", 2), ("decimal", 2), ("text", 4), ("date", 2), ("boolean", 0.7))
        kind = kind if scope.of(kind) else self.rng.choice(scope.columns).kind
        value = self.scalar(scope, kind, min(depth, 1))
        if kind == "boolean":
            forms = ["{}", "NOT {}", "{} IS NULL", "{} = FALSE"] + self.tests("{} IS ", in_where)
            return self.rng.choice(forms).format(value.sql)
        forms = [self.compared, self.compared, self.compared, self.listed, self.between, self.known, self.paired]
        forms += [self.like, self.like] if kind == "text" else []
        return self.rng.choice(forms)(scope, value)

    def tests(self, before, in_where):
        if not in_where and "IS TRUE in a column" in AVOIDED:
            return []
        return [before + test for test in ("TRUE", "NOT TRUE", "FALSE", "NOT FALSE")]

    def compound(self, scope, depth, in_where):
        form = self.one_of(("AND", 3), ("OR", 5), ("not", 2), ("is", 1), ("case", 0.5))
        first = self.predicate(scope, depth, in_where)
        if form == "not":
            return f"NOT ({first})"
        if form == "is":
            return f"({first}) {self.rng.choice(['IS NULL', 'IS NOT NULL'] + self.tests('IS ', in_where))}"
        second = self.predicate(scope, depth, in_where)
        if form == "case":
            return f"CASE WHEN {first} THEN {second} ELSE {self.predicate(scope, 0)} END"
        return f"({first} {form} {second})"

    def compared(self, scope, value):
        other = self.scalar(scope, value.kind, 1) if self.chance(0.25) else self.constant(value.kind, value)
        sign = self.rng.choice(COMPARISONS + ["IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
        if max(value.whole, other.whole) > 30 and value.kind == "decimal":
            other = self.constant(value.kind, value)
        return f"{value.sql} {sign} {other.sql}"

    def listed(self, scope, value):
        values = [self.constant(value.kind, value).sql for _ in range(self.rng.randint(1, 6))]
        if self.chance(0.2):
            values.append("NULL")
        return f"{value.sql} {self.maybe_not()}IN ({', '.join(values)})"

    def paired(self, scope, value):
        """A row among rows, all of columns and of literals that need no more than their digits or quotes."""
        columns = [c for c in scope.of("integer", "text") if re.fullmatch(r"t[0-9]+\.\w+", c.sql)]
        if not columns:
            return self.compared(scope, value)
        value, other = self.rng.choice(columns), self.rng.choice(columns)
        if any(sample < 0 for column in (value, other) if column.kind == "integer" for sample in column.samples):
            return self.compared(scope, value)
        rows = [(self.constant(value.kind, value), self.constant(other.kind, other)) for _ in range(3)]
        rows = ", ".join(f"({a.sql}, {b.sql})" for a, b in rows)
        return f"({value.sql}, {other.sql}) {self.maybe_not()}IN ({rows})"

    def between(self, scope, value):
        low, high = self.constant(value.kind, value), self.constant(value.kind, value)
        if low.samples > high.samples and self.chance(0.9):
            low, high = high, low
        return f"{value.sql} {self.maybe_not()}BETWEEN {low.sql} AND {high.sql}"

    def known(self, scope, value):
        return f"{value.sql} IS {self.maybe_not(0.6)}NULL"

    def like(self, scope, value):
        sample = self.rng.choice(value.samples or DEFAULTS["text"])
        begin = self.rng.randint(0, max(len(sample) - 1, 0))
        part = sample[begin : begin + self.rng.randint(1, 4)]
        pattern = self.rng.choice([f"%{part}%", f"{sample[:3]}%", f"%{sample[-2:]}", f"_{sample[1:3]}%", f"%{part}_%"])
        return f"{value.sql} {self.maybe_not()}{self.rng.choice(['LIKE', 'LIKE', 'ILIKE'])} {literal(pattern)}"


class Sources(Expressions):
    """What stands after FROM, and the sub-queries of conditions."""

    def __init__(self, tables, rng):
        super().__init__(tables, rng)
        # The queries of WITH that may be named, and those in FROM that may be written again.
        self.named, self.written = {}, []
        # Those that are named before others.
        self.due = []

    def source(self, depth):
        """A table, or what stands in the place of one: its text and its columns."""
        alias = self.new("t")
        if self.named and (self.due or self.chance(0.65)):
            name = self.due.pop() if self.due else self.rng.choice(list(self.named))
            query = self.named[name]
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
            column = Value(f"{alias}.n", "integer", tuple(range(1, 13)), 12, 0, 19, 12, "number")
            return f"generate_series(1, 12) AS {alias}(n)", Scope([column], [column.sql], 12)
        table = self.rng.choice(list(self.tables.columns))
        return f"{table} AS {alias}", self.tables.scope(table, alias)

    def values(self, alias):
        """Rows that the statement holds itself, null among them."""
        likes = self.some([column for columns in self.tables.columns.values() for column in columns], 1, 2)
        likes.append(Value("n", "integer", (1, 2, 3, 4)))
        rows = [[self.constant(like.kind, like) for like in likes] for _ in range(self.rng.randint(1, 5))]
        columns = []
        for i, like in enumerate(likes):
            own = [row[i] for row in rows]
            samples = tuple(value.samples[0] for value in own)
            size, scale = max(value.size for value in own), max(value.scale for value in own)
            columns.append(Value(f"{alias}.v{i + 1}", like.kind, samples, size, scale, 18, len(rows), like.domain))
        # A column of nulls alone would have no type: the first row has none.
        texts = [", ".join("NULL" if row is not rows[0] and self.chance(0.15) else v.sql for v in row) for row in rows]
        names = ", ".join(column.name() for column in columns)
        scope = Scope(columns, [column.sql for column in columns], len(rows))
        return f"(VALUES ({'), ('.join(texts)})) AS {alias}({names})", scope

    # Joins.

    def tables_joined(self, depth):
        """What stands after FROM, and its columns."""
        text, scope = self.source(depth)
        for last in self.one_of(([], 0 if self.due else 6), ([True], 4), ([False, True], 1)):
            text, scope = self.join(text, scope, depth, last)
        return text, scope

    def join(self, text, scope, depth, last):
        first = "JOIN" not in text or "LATERAL after an outer join" not in AVOIDED
        if first and self.chance(0.05) and (lateral := self.lateral(scope)):
            return f"{text} CROSS JOIN LATERAL {lateral[0]}", lateral[1]
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
            if rows <= MOST_ROWS:
                return self.join_on(text, scope, right_text, right, (a, b), rows, last)
        return text, scope

    def both(self, left, right, rows):
        return Scope(left.columns + right.columns, left.key + right.key, rows, left.unique and right.unique)

    def join_on(self, text, left, right_text, right, pair, rows, last):
        how = self.one_of(("JOIN", 5), ("LEFT JOIN", 4), ("RIGHT JOIN", 2), ("FULL JOIN", 2))
        a, b = pair
        if how != "JOIN" and left.names() & right.names() and self.chance(0.3):
            right_text, right, b = self.renamed(right_text, right, b)
        conditions = f"{a.sql} {'IS NOT DISTINCT FROM' if self.chance(0.1) else '='} {b.sql}"
        sides = how in ("JOIN", "LEFT JOIN") or "USING in a right or full join" not in AVOIDED
        namesakes = [column for column in left.columns + right.columns if column.name() == a.name()]
        if sides and last and namesakes == [a, b] and self.chance(0.6):
            return f"{text} {how} {right_text} USING ({a.name()})", self.both(left, right, rows)
        scope = self.both(left, right, rows)
        if self.chance(0.3):
            conditions += f" AND {self.predicate(scope, 1)}"
        return f"{text} {how} {right_text} ON {conditions}", scope

    def renamed(self, text, scope, key):
        """The same rows with other names."""
        alias = self.new("t")
        name = {column.sql: f"{column.name()}_{alias}" for column in scope.columns}
        items = ", ".join(f"{column.sql} AS {name[column.sql]}" for column in scope.columns)
        columns = {c.sql: c._replace(sql=f"{alias}.{name[c.sql]}") for c in scope.columns}
        keys = [f"{alias}.{name[column]}" for column in scope.key]
        renamed = scope._replace(columns=list(columns.values()), key=keys)
        return f"(SELECT {items} FROM {text}) AS {alias}", renamed, columns[key.sql]

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
        pairs = [(a, b) for a in scope.columns for b in inner.columns if alike(a, b)]
        pairs = [(a, b) for a, b in pairs if scope.rows * inner.rows // max(b.distinct, 1) <= 20 * MOST_ROWS]
        if not pairs:
            return None
        a, b = self.rng.choice(pairs)
        return text, inner, f"{b.sql} = {a.sql}"

    def inside(self, make):
        """What `make` makes, one sub-query deeper."""
        before = self.nested, self.lookups
        self.nested, self.lookups = self.nested - 1, False
        made = make()
        self.nested, self.lookups = before
        return made

    def lateral(self, scope):
        """Totals of the rows that belong to each row."""
        link = self.linked(scope)
        if not link:
            return None
        text, inner, condition = link
        alias = self.new("t")
        value = self.inside(lambda: self.aggregate_of(inner, self.rng.choice(["integer", "decimal", "date"])))
        column = value._replace(sql=f"{alias}.x", distinct=scope.rows)
        sql = f"(SELECT {value.sql} AS x FROM {text} WHERE {condition}) AS {alias}"
        return sql, Scope(scope.columns + [column], scope.key, scope.rows, scope.unique)

    def scalar_subquery(self, scope, kind):
        """A sub-query of one row: an aggregate, of the rows that belong to the one outside or of all."""
        link = self.linked(scope) if self.chance(0.6) else None
        text, inner, condition = link or (*self.inside(lambda: self.tables_joined(0)), None)
        value = self.inside(lambda: self.aggregate_of(inner, kind))
        conditions = [condition] if condition else []
        if self.chance(0.5):
            conditions.append(self.inside(lambda: self.predicate(inner, 1, in_where=not link)))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return value._replace(sql=f"(SELECT {value.sql} FROM {text}{where})", distinct=scope.rows)

    def subquery_predicate(self, scope):
        form = self.one_of(("exists", 3), ("in", 4), ("any", 1), ("scalar", 2))
        if form == "scalar":
            kind = self.rng.choice(["integer", "decimal", "text", "date"])
            other = self.scalar_subquery(scope, kind)
            value = self.constant(kind, other) if kind == "decimal" else self.scalar(scope, kind, 1)
            return f"{value.sql} {self.rng.choice(COMPARISONS)} {other.sql}"
        if form == "exists" and (link := self.linked(scope)):
            return self.exists(scope, link)
        return self.within(scope, form == "any")

    def exists(self, scope, link):
        text, inner, condition = link
        conditions = [condition]
        if self.chance(0.6):
            conditions.append(self.inside(lambda: self.predicate(inner, 1, in_where=True)))
        kind = self.rng.choice(["date", "integer", "decimal", "text"])
        if self.chance(0.3) and inner.of(kind) and scope.of(kind):
            a, b = self.rng.choice(inner.of(kind)), self.rng.choice(scope.of(kind))
            conditions.append(f"{a.sql} {self.rng.choice(COMPARISONS)} {b.sql}")
        return f"{self.maybe_not()}EXISTS (SELECT 1 FROM {text} WHERE {' AND '.join(conditions)})"

    def within(self, scope, compares):
        """IN or a comparison, of a sub-query."""
        text, inner = self.inside(lambda: self.tables_joined(0))
        pairs = [(a, b) for a in scope.columns for b in inner.columns if alike(a, b)]
        if pairs and self.chance(0.85):
            value, item = self.rng.choice(pairs)
        else:
            value = self.rng.choice(scope.columns)
            item = self.leaf(inner, value.kind)
        conditions = []
        if self.chance(0.7):
            conditions = [self.inside(lambda: self.predicate(inner, 1, in_where=True))]
        operator = "NOT IN" if self.chance(0.4) else "IN"
        if compares and value.kind != "boolean":
            operator = f"{self.rng.choice(COMPARISONS)} {self.rng.choice(['ANY', 'ALL'])}"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"{value.sql} {operator} (SELECT {item.sql} FROM {text}{where})"


class Queries(Sources):
    """Statements over the tables."""

    # Aggregates and window functions.

    def aggregate_of(self, scope, kind):
        """An aggregate that gives a kind."""
        if kind == "integer" and self.chance(0.5):
            value = self.operand(scope, self.rng.choice(["text", "date", "integer", "decimal"]), 0)
            sql = self.rng.choice(["count(*)", f"count({value.sql})", f"count(DISTINCT {value.sql})"])
            return Value(sql, kind, (0, 1, 2, 5, 10, 20, 100), 10**6, 0, 19, 50)
        value = self.operand(scope, kind, 1)
        if kind in ("integer", "decimal") and self.chance(0.6):
            return self.summed(value)
        if kind == "boolean":
            return Value(f"{self.rng.choice(['bool_and', 'bool_or'])}({value.sql})", kind, (True, False), distinct=3)
        if kind == "text" and self.chance(0.15):
            order = ", ".join(scope.key) if "string_agg in two orders" in AVOIDED else self.order(scope.key)
            return Value(f"string_agg({value.sql}, ',' ORDER BY {order})", kind, value.samples)
        name = self.rng.choice(["min", "max"])
        return value._replace(sql=f"{name}({value.sql})", domain="", digits=0)

    def operand(self, scope, kind, depth):
        value = self.scalar(scope, kind, depth)
        if "aggregate of a constant" in AVOIDED and not reads(value):
            return self.rng.choice(scope.of(kind)) if scope.of(kind) else self.converted_only(scope, kind)
        return value

    def converted_only(self, scope, kind):
        """A value of a kind that reads a column, whatever there is."""
        value = self.converted(scope, kind)
        if reads(value):
            return value
        column = self.rng.choice(scope.columns)
        if kind in ("integer", "decimal"):
            sql = f"CASE WHEN {column.sql} IS NULL THEN 2 ELSE 7 END"
            sql = f"CAST({sql} AS DECIMAL(14, 2))" if kind == "decimal" else sql
            return Value(sql, kind, (2, 7), 7, 2 if kind == "decimal" else 0, 12, 2)
        a, b = self.constant(kind), self.constant(kind)
        sql = f"CASE WHEN {column.sql} IS NULL THEN {a.sql} ELSE {b.sql} END"
        return Value(sql, kind, (a.samples[0], b.samples[0]), distinct=2)

    def summed(self, value):
        distinct = "DISTINCT " if self.chance(0.15) else ""
        if value.size > 10**12:
            return value._replace(sql=f"max({value.sql})", domain="")
        # Sums are wide, whatever comes out.
        size = max(value.size * MOST_ROWS * 4, NARROW + 1)
        samples, whole = computed(lambda x: x * 10, value), 38 - value.scale
        return Value(f"sum({distinct}{value.sql})", value.kind, samples, size, value.scale, whole, 200)

    def aggregate(self, scope):
        kind = self.one_of(("integer", 5), ("decimal", 3), ("text", 1.5), ("date", 1.5), ("boolean", 0.7))
        value = self.aggregate_of(scope, kind)
        if self.chance(0.2):
            value = value._replace(sql=f"{value.sql} FILTER (WHERE {self.predicate(scope, 1)})")
        return value

    def aggregates(self, scope, most):
        """Aggregates that can stand in one query."""
        values = self.different([self.aggregate(scope) for _ in range(self.rng.randint(1, most))])
        return values or [Value("count(*)", "integer", (0, 1, 2, 5, 10), 10**6, 0, 19, 50)]

    def different(self, values):
        """The values that have names of their own."""
        if "an expression beside itself with a cast" in AVOIDED:
            return list({uncast(value.sql): value for value in values}.values())
        return list({value.sql: value for value in values}.values())

    def mean(self, scope):
        return Value(f"avg({self.operand(scope, self.rng.choice(['integer', 'decimal']), 0).sql})", "float")

    def order(self, columns):
        if "order by the same column twice" in AVOIDED:
            columns = dict.fromkeys(columns)
        return ", ".join(f"{column} {self.rng.choice(DIRECTIONS)}" for column in columns)

    def window(self, scope, key, aggregate):
        """A window function, over rows in an order in which its result is decided."""
        grouped = key and aggregate == self.count_of
        most = 1 if grouped and "window of groups by more than one column" in AVOIDED else 2
        parts = scope.columns
        if "window over parts by what is constant" in AVOIDED:
            parts = [column for column in parts if column.distinct > 1]
        by = ", ".join(column.sql for column in self.some(parts, 1, most))
        partition = f"PARTITION BY {by} " if parts and self.chance(0.6) else ""
        some = [column.sql for column in self.some(scope.columns, 1, 2)]
        total, partial = f"ORDER BY {self.order(some + key)}", f"ORDER BY {self.order(some)}"
        form = self.one_of(("number", 3), ("rank", 2), ("near", 3), ("sum", 4))
        if form == "number":
            return self.place(f"{self.rng.choice(['row_number()', 'ntile(4)'])} OVER ({partition}{total})", scope.rows)
        if form == "rank":
            # Rows of the same place have the same rank: any order will do.
            order = self.rng.choice([total, partial])
            return self.place(f"{self.rng.choice(['rank()', 'dense_rank()'])} OVER ({partition}{order})", scope.rows)
        if form == "near":
            return self.neighbour(scope, partition + total)
        value = aggregate(scope)
        if "DISTINCT" in value.sql or "ORDER BY" in value.sql:
            value = self.count()
        order = self.rng.choice(["", partial, f"{partial} {self.peers()}", f"{total} {self.frame()}"])
        numbers = [column for column in scope.of("integer") if column.size <= NARROW]
        if numbers and self.chance(0.2):
            order = f"ORDER BY {self.rng.choice(numbers).sql} {self.rng.choice(DIRECTIONS)} {self.distance()}"
        if value.kind == "boolean" and " BETWEEN " in order and "bool_and in a frame" in AVOIDED:
            value = self.count()
        return value._replace(sql=f"{value.sql} OVER ({partition}{order})")

    def count_of(self, scope):
        return self.count()

    def count(self):
        return Value("count(*)", "integer", (1, 2, 5, 20), 10**5, 0, 19, 50)

    def place(self, sql, rows):
        if "minus a rank" in AVOIDED:
            sql = f"CAST({sql} AS BIGINT)"
        return Value(sql, "integer", (1, 2, 3, 10), 10**5, 0, 19, rows)

    def neighbour(self, scope, over):
        value = self.scalar(scope, self.rng.choice(["integer", "text", "date", "decimal"]), 1)
        far = self.rng.randint(1, 3)
        # The default is cast to the type of the value here, and both to a common one there.
        default = f", {self.constant(value.kind, value).sql}" if value.kind in ("text", "date") else ""
        sql = self.rng.choice(
            [
                f"lag({value.sql}) OVER ({over})",
                f"lead({value.sql}, {far}) OVER ({over})",
                f"lag({value.sql}, {far}{default}) OVER ({over})",
                f"first_value({value.sql}) OVER ({over} {self.frame()})",
                f"last_value({value.sql}) OVER ({over} {self.frame()})",
                f"nth_value({value.sql}, {far}) OVER ({over} {self.frame()})",
            ]
        )
        return value._replace(sql=sql, digits=0, domain="")

    def frame(self):
        before = self.rng.choice(["UNBOUNDED PRECEDING", "3 PRECEDING", "1 PRECEDING", "CURRENT ROW"])
        after = self.rng.choice(["UNBOUNDED FOLLOWING", "2 FOLLOWING", "CURRENT ROW"])
        return f"ROWS BETWEEN {before} AND {after}"

    def peers(self):
        """A frame in which rows of the same place are together."""
        before = self.rng.choice(["UNBOUNDED PRECEDING", "CURRENT ROW"])
        after = self.rng.choice(["UNBOUNDED FOLLOWING", "CURRENT ROW"])
        return f"{self.rng.choice(['RANGE', 'GROUPS'])} BETWEEN {before} AND {after}"

    def distance(self):
        """A frame of near values."""
        return f"RANGE BETWEEN {self.rng.choice([0, 3])} PRECEDING AND {self.rng.choice([1, 10])} FOLLOWING"

    # Queries.

    def query(self, depth, wanted=None, top=False):
        """A query; `wanted` are values whose kinds its columns must have."""
        form = self.one_of(
            (self.rows, 5),
            (self.grouped, 5),
            (self.total, 1 if not wanted else 0),
            (self.set_operation, 2 if not wanted and depth > 0 else 0),
            (self.with_query, 3 if not wanted and depth > 0 and not self.in_with else 0),
        )
        return form(depth, wanted, top)

    def select(self, items, rest, rows, distinct=""):
        """A query of named columns."""
        names = [f"c{i + 1}" for i in range(len(items))]
        text = ", ".join(f"{item.sql} AS {name}" for item, name in zip(items, names))
        few = [max(min(item.distinct, rows), 1) for item in items]
        columns = [i._replace(sql=name, distinct=n) for i, name, n in zip(items, names, few)]
        return Query(f"SELECT {distinct}{text} {rest}", columns, rows)

    def item(self, scope, like):
        """An expression of a kind: the column that means the same, if there is one."""
        same = [column for column in scope.columns if alike(column, like)]
        return self.rng.choice(same) if same and self.chance(0.8) else self.scalar(scope, like.kind)

    def items(self, scope, wanted):
        if wanted:
            return [self.item(scope, like) for like in wanted]
        kinds = [("integer", 3), ("decimal", 3), ("text", 4), ("date", 2), ("boolean", 1)]
        others = [self.scalar(scope, self.one_of(*kinds)) for _ in range(self.rng.randint(0, 2))]
        return self.some(scope.columns, 1, 2) + others

    def where(self, scope):
        return "" if self.chance(0.35) else f" WHERE {self.predicate(scope, 2, in_where=True)}"

    def rows(self, depth, wanted, top):
        text, scope = self.tables_joined(depth)
        self.lookups = True
        items = self.items(scope, wanted)
        self.lookups = False
        if top and not wanted and self.chance(0.05):
            items.append(self.days(scope, 0))
        rest, distinct = f"FROM {text}{self.where(scope)}", ""
        if not wanted and self.chance(0.25):
            most = 2 if scope.unique else 1
            items += [self.window(scope, scope.key, self.aggregate) for _ in range(self.rng.randint(1, most))]
            if scope.unique and self.chance(0.25):
                rest += f" QUALIFY {self.qualified(scope)}"
        elif self.chance(0.2):
            distinct = "DISTINCT "
        elif top and self.chance(0.08) and not any("SELECT" in item.sql for item in items):
            on = self.rng.choice(scope.columns)
            rest = f"{rest} ORDER BY {self.order([on.sql] + scope.key)}"
            query = self.select(items, rest, scope.rows, f"DISTINCT ON ({on.sql}) ")
            return query._replace(open=False)
        return self.select(items, rest, scope.rows, distinct)

    def qualified(self, scope):
        """A condition on the place of a row among others."""
        by = self.rng.choice(scope.columns)
        return f"row_number() OVER (PARTITION BY {by.sql} ORDER BY {self.order(scope.key)}) <= {self.rng.randint(1, 3)}"

    def grouped(self, depth, wanted, top):
        text, scope = self.tables_joined(depth)
        keys = self.keys(scope, wanted)
        if wanted and any(key.kind != like.kind for key, like in zip(keys, wanted)):
            return self.rows(depth, wanted, top)
        rows = min(math.prod(key.distinct + 1 for key in keys), scope.rows)
        unique = list(dict.fromkeys(key.sql for key in keys))
        group, extra = f"GROUP BY {', '.join(unique)}", []
        if self.chance(0.25) and self.may_be_sets(unique):
            group, extra = self.grouping(unique)
            rows = 2 * rows + 1
        aggregates = self.aggregates(scope, 3)
        groups = Scope(keys + aggregates, unique, rows)
        items = list(keys)
        if not wanted:
            items += [self.derived(groups, value) for value in aggregates] + extra
            if top and self.chance(0.2):
                items.append(self.mean(scope))
            if self.chance(0.12):
                items.append(self.window(groups, unique, self.count_of))
        having = ""
        if self.chance(0.3):
            having = f" HAVING {self.predicate(Scope(aggregates, unique, rows), 1)}"
        return self.select(items, f"FROM {text}{self.where(scope)} {group}{having}", rows)

    def keys(self, scope, wanted):
        """What to group by."""
        if wanted:
            keys = [self.item(scope, like) for like in wanted]
            if len(self.different(keys)) < len(keys):
                keys = keys[:1] * len(keys)
        else:
            few = [column for column in scope.columns if column.distinct <= 400] or scope.columns
            keys = self.some(few, 1, 2)
            if self.chance(0.4):
                keys = self.different(keys + [self.scalar(scope, self.rng.choice(["integer", "text", "date"]), 1)])
        # A literal in GROUP BY may be the number of a column.
        keys = [key if reads(key) else self.rng.choice(scope.of(key.kind) or scope.columns) for key in keys]
        return keys

    def may_be_sets(self, keys):
        moved = any(re.search(r" [+-] [0-9]+\)", key) for key in keys)
        return not moved or "grouping sets of a date and a number" not in AVOIDED

    def grouping(self, keys):
        """GROUP BY more than once, and the columns that tell its sets apart."""
        extra = [Value(f"grouping({key})", "integer", (0, 1), 1, 0, 19, 2) for key in self.some(keys, 0, 2)]
        form = self.rng.choice(["ROLLUP", "CUBE", "GROUPING SETS"])
        sets = [", ".join(keys)]
        if form == "GROUPING SETS":
            # Each key stands in a set, or it could not be selected.
            others = ["()"] + [f"({key})" for key in keys if len(keys) > 1]
            sets = [f"({sets[0]})"] + self.some(others, 0, 3)
        return f"GROUP BY {form} ({', '.join(sets)})", extra

    def derived(self, groups, value):
        """An aggregate, or something computed of it."""
        if self.chance(0.75):
            return value
        return self.scalar(groups._replace(columns=[value]), value.kind, 1)

    def total(self, depth, wanted, top):
        text, scope = self.tables_joined(depth)
        items = self.aggregates(scope, 4)
        if top and self.chance(0.2):
            items.append(self.mean(scope))
        return self.select(items, f"FROM {text}{self.where(scope)}", 1)

    def set_operation(self, depth, wanted, top):
        likes = self.some(self.tables.columns[self.rng.choice(list(self.tables.columns))], 1, 2)
        query = self.query(depth - 1, likes)
        text, rows = query.sql, query.rows
        operators = ["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]
        if "EXCEPT ALL and INTERSECT ALL" not in AVOIDED:
            operators += ["INTERSECT ALL", "EXCEPT ALL"]
        for _ in range(self.rng.randint(1, 2)):
            right = self.query(depth - 1, likes)
            part = f"({self.limited(right, 1).sql})" if self.chance(0.2) else right.sql
            text += f" {self.rng.choice(operators)} {part}"
            rows += right.rows
        columns = [
            column._replace(samples=column.samples + like.samples, digits=0)
            for column, like in zip(query.columns, likes)
        ]
        return Query(text, columns, rows)

    def with_query(self, depth, wanted, top, again=False):
        """A query with others in WITH; the last of them is named `again`."""
        before, self.in_with = dict(self.named), True
        parts = []
        for _ in range(self.one_of((1, 3), (2, 1))):
            name = self.new("w")
            # Groups more often than rows: what is kept of a query that is named again is groups.
            form = self.one_of((self.query, 1), (self.grouped, 1.5), (self.total, 0.5))
            query = self.limited(form(depth - 1, None, False))
            parts.append(f"{name} AS ({query.sql})")
            self.named[name] = query
        self.due = [name] * 2 if again else []
        main = self.query(depth - 1, top=top)
        self.named, self.in_with = before, False
        return main._replace(sql=f"WITH {', '.join(parts)} {main.sql}")

    # The end of a statement.

    def ordered(self, query):
        """ORDER BY all columns: rows in the same place are the same."""
        places = list(range(1, len(query.columns) + 1))
        self.rng.shuffle(places)
        places = [f"c{place}" for place in places] if self.chance(0.5) else places
        return f"{query.sql} ORDER BY {self.order(places)}"

    def limited(self, query, probability=0.2):
        """A query in FROM or WITH, sometimes the beginning of it."""
        if not query.open or not self.chance(probability):
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
            functions = ["count({})", "count(DISTINCT {})"]
            if column.kind in ("integer", "decimal") and column.size < 10**14:
                functions += ["sum({})", "sum({})"]
            if column.kind != "boolean":
                functions += ["min({})", "max({})"]
            items += [Value(form.format(f"d.{column.sql}"), "integer") for form in self.some(functions, 1, 2)]
        return self.select(items, f"FROM ({query.sql}) AS d", 1)

    def statement(self, shares):
        """A whole statement; one with WITH if it is to name something more than once."""
        depth = self.one_of((0, 5), (1, 5), (2, 1))
        query = self.with_query(max(depth, 1), None, True, again=True) if shares else self.query(depth, top=True)
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
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
            script.writelines(f"{statement.sql};\n\\echo {MARK}\n" for statement in statements)
            script.flush()
            command = [self.program, "-X", "-q", "--lang", "en", "--format", "ndjson", "-f", script.name]
            ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        *whole, _ = ran.stdout.split(f"{MARK}\n")
        results = [[row_of(line) for line in text.splitlines()] for text in whole]
        if len(results) < len(statements):
            told = [line for line in ran.stderr.splitlines() if not line.startswith("warning")]
            results.append(Failure("\n".join(told[-12:]) or f"status {ran.returncode}"))
        return results


def theirs(connection, statement):
    """DuckDB's result of a statement: its rows, or its error."""
    try:
        rows = connection.execute(statement.sql).fetchall()
    except duckdb.Error as error:
        return Failure(error)
    for row in rows:
        if any(isinstance(value, float) and i not in statement.floats for i, value in enumerate(row)):
            raise TypeError(f"a float in {row}: {statement.sql}")
    return [tuple(map(plain, row)) for row in rows]


def near(a, b):
    """Whether two means agree: one has four digits more than what it is the mean of, the other some sixteen."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=2e-4)


def unmatched(ours, others, floats):
    """The rows of one result that the other has not, and the other way round."""
    if not floats:
        a, b = collections.Counter(ours), collections.Counter(others)
        return list((a - b).elements()), list((b - a).elements())
    exact = [i for i in range(len((ours + others + [()])[0])) if i not in floats]
    rest = collections.defaultdict(list)
    for row in others:
        rest[tuple(row[i] for i in exact)].append(row)
    alone = []
    for row in ours:
        candidates = rest[tuple(row[i] for i in exact)]
        match = next((other for other in candidates if all(near(row[i], other[i]) for i in floats)), None)
        if match is None:
            alone.append(row)
        else:
            candidates.remove(match)
    return alone, [row for rows in rest.values() for row in rows]


def told(result, rows):
    """A result in words, and the first of these rows."""
    if isinstance(result, Failure):
        return f"fails: {result}"
    shown = " ".join("(" + ", ".join(map(str, row)) + ")" for row in rows[:3])
    return f"{len(result)} rows, not in the other: {shown or 'none'}"


def difference(ours, others, statement):
    """What is different in two results, in words; `None` where nothing is."""
    failed = isinstance(ours, Failure), isinstance(others, Failure)
    if all(failed):
        return None
    a, b = ([], []) if any(failed) else unmatched(ours, others, statement.floats)
    if any(failed) or a or b:
        return f"  tongket {told(ours, a)}\n  duckdb  {told(others, b)}"
    for number, (row, other) in enumerate(zip(ours, others), start=1):
        if statement.ordered and row != other:
            return f"  in another order, from row {number}\n  tongket {row}\n  duckdb  {other}"
    return None


def summary(options, numbers, statements, ours, others):
    """Prints what came out; gives the exit code."""
    different = 0
    for number, statement, a, b in zip(numbers, statements, ours, others):
        found = difference(a, b, statement)
        if found:
            different += 1
            again = f"--seed {options.seed} --longest {options.longest} --only {number}"
            print(f"statement {number} ({again}):\n  {statement.sql}\n{found}", file=sys.stderr)
    refused = sum(isinstance(a, Failure) and isinstance(b, Failure) for a, b in zip(ours, others))
    empty = sum(a == [] for a in ours)
    rows = sum(len(a) for a in ours if not isinstance(a, Failure))
    print(f"{len(statements) - different} generated statements agree (seed {options.seed})")
    print(f"{len(statements) - empty - refused} gave {rows} rows, {empty} none, {refused} were refused by both")
    if different:
        print(f"{different} differ", file=sys.stderr)
    return 1 if different or empty * 3 > len(statements) or refused * 20 > len(statements) else 0


def statement_of(tables, seed, number, longest):
    """The statement of a number: the first that is not too long. Each fourth names a query of WITH more than once."""
    shares = number % 4 == 0
    for attempt in range(1000):
        statement = Queries(tables, random.Random(f"{seed} {number} {attempt}")).statement(shares)
        names = collections.Counter(re.findall(r"\b(w[0-9]+) AS [ts]", statement.sql))
        if len(statement.sql) <= longest and (not shares or max(names.values(), default=0) > 1):
            return statement
    raise SystemExit(f"no statement is as short as {longest} characters")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("tongket")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--longest", type=int, default=LONGEST, help="characters of a statement, at the most")
    parser.add_argument("--only", type=int, help="the number of the one statement to run")
    parser.add_argument("--show", action="store_true", help="print the statements instead of running them")
    options = parser.parse_args()
    connection = duckdb.connect(config={"threads": 1})
    tables = Tables(connection, pathlib.Path("datasets"))
    numbers = range(options.count) if options.only is None else [options.only]
    statements, batches, others = [], [], []
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for begin in range(0, len(numbers), BATCH):
            # While one batch runs in the other processes, the next is made and run here.
            batch = [statement_of(tables, options.seed, i, options.longest) for i in numbers[begin : begin + BATCH]]
            if options.show:
                print("\n".join(f"{statement.sql};" for statement in batch))
                continue
            batches.append(pool.submit(Ours(options.tongket).results, batch))
            statements += batch
            others += [theirs(connection, statement) for statement in batch]
        ours = [result for batch in batches for result in batch.result()]
    if not options.show:
        sys.exit(summary(options, numbers, statements, ours, others))


if __name__ == "__main__":
    main()
