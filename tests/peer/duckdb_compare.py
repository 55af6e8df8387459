"""Runs saved queries in DuckDB and compares their results with ours, value by value.

Usage: duckdb_compare.py JOBS.json, in a workspace. A job is {"query": path, "params": ["name=value"],
"ours": path of our CSV, with null written as \\N}. Prints how many agree; exits 1 on a difference.
"""

import csv
import datetime
import decimal
import json
import pathlib
import sys
import tomllib

import duckdb

CASTS = {
    "integer": int,
    "number": float,
    "decimal": decimal.Decimal,
    "text": str,
    "date": datetime.date.fromisoformat,
    "boolean": lambda text: text == "true",
}


def header(sql):
    """The front matter of a saved query."""
    lines = sql.splitlines()
    if not lines or lines[0].strip() != "-- ---":
        return {}
    end = lines.index("-- ---", 1)
    return tomllib.loads("\n".join(line[3:] for line in lines[1:end]))


def bindings(declared, given):
    """The values of the parameters: what was given, else the default, else NULL."""
    given = dict(pair.split("=", 1) for pair in given)
    bound = {}
    for name, param in declared.items():
        text = given.get(name, param.get("default"))
        # The year of the sample's contract.
        bound[name] = None if text is None else CASTS[param["type"]](str(text).replace("$year", "2022"))
    return bound


def shown(value):
    """A value as our CSV writes it."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # No shipped query gives binary floating point: its digits would differ from engine to engine.
        raise TypeError(f"a float: {value}")
    return str(value)


def main():
    jobs = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    connection = duckdb.connect()
    for file in sorted(pathlib.Path("datasets").glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    agreed = 0
    for job in jobs:
        sql = pathlib.Path(job["query"]).read_text(encoding="utf-8")
        result = connection.execute(sql, bindings(header(sql).get("params", {}), job["params"]))
        theirs = [[column[0] for column in result.description]]
        theirs += [[shown(value) for value in row] for row in result.fetchall()]
        with open(job["ours"], encoding="utf-8", newline="") as file:
            ours = list(csv.reader(file))
        if ours == theirs:
            agreed += 1
            continue
        print(f"{job['query']} {job['params']}: {len(ours)} and {len(theirs)} lines", file=sys.stderr)
        for line, (a, b) in enumerate(zip(ours, theirs), start=1):
            if a != b:
                print(f"  line {line}\n    tongket {a}\n    duckdb  {b}", file=sys.stderr)
                break
    print(f"{agreed} results agree")
    sys.exit(0 if agreed == len(jobs) else 1)


main()
