"""DuckDB for the files of tests/slt: reads a statement a line, as a JSON text, and answers a line of JSON.

Usage: duckdb_logic.py, in the repository. The tables of datasets/ are views. An answer is {"error": words} or
{"types": letters, "rows": [[text]]}: I for integers, R for other numbers, T for the rest.
"""

import datetime
import json
import pathlib
import sys

import duckdb

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


def letter(kind):
    """The letter for a type of a column."""
    name = str(kind)
    if name in INTEGERS:
        return "I"
    return "R" if name.startswith(("DECIMAL", "DOUBLE", "FLOAT")) else "T"


def shown(value):
    """A value as the files write it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return str(value)


def answer(connection, sql):
    """What a statement gives."""
    try:
        result = connection.execute(sql)
        described = result.description or []
        types = "".join(letter(column[1]) for column in described)
        return {"types": types, "rows": [[shown(value) for value in row] for row in result.fetchall()]}
    except duckdb.Error as error:
        return {"error": str(error)}


def main():
    connection = duckdb.connect()
    for file in sorted(pathlib.Path("datasets").glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    for line in sys.stdin:
        print(json.dumps(answer(connection, json.loads(line))), flush=True)


main()
