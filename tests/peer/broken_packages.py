"""Makes broken copies of the sample, one folder each, with the findings that the specification asks for.

Usage: broken_packages.py DATASETS OUT_FOLDER. A folder has datasets/ and expected.json: {"why", "peer": whether
frictionless sees it as the specification does, "findings": [{"table", "rule", "columns", "rows"}]}.
"""

import json
import pathlib
import sys

import broken_tables
import broken_values
import duckdb

CASES = broken_values.CASES + broken_tables.CASES


def loaded(source):
    """A database with the tables of the sample; on one thread, so that the same rows give the same bytes."""
    connection = duckdb.connect(config={"threads": 1})
    for path in sorted(source.glob("*.parquet")):
        rows = f"SELECT row_number() OVER () AS _row, * FROM read_parquet('{path}')"
        connection.execute(f"CREATE TABLE {path.stem} AS {rows}")
    return connection


def write(connection, case, package, folder):
    """Writes one broken copy from a database of its own, which the case changes."""
    datasets = folder / "datasets"
    datasets.mkdir(parents=True)
    for statement in case.sql:
        connection.execute(statement)
    for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        rows = f"SELECT * EXCLUDE (_row) FROM {table} ORDER BY _row"
        connection.execute(f"COPY ({rows}) TO '{datasets / table}.parquet' (FORMAT parquet)")
    texts = {
        datasets / "datapackage.json": case.contract(package),
        folder / "expected.json": {"why": case.why, "peer": case.peer, "findings": case.findings},
    }
    for path, value in texts.items():
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    source, folder = map(pathlib.Path, sys.argv[1:])
    package = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    for case in CASES:
        write(loaded(source), case, package, folder / case.name)
    print(f"{len(CASES)} packages written")


if __name__ == "__main__":
    main()
