"""Asks a library one question: in_python.py LIBRARY SQL [TABLE=FILE]…, the answer as CSV on standard output."""

import sys


def polars(sql, tables):
    import polars as pl

    context = pl.SQLContext({name: pl.scan_parquet(file) for name, file in tables})
    print(context.execute(sql).collect(engine="streaming").write_csv(), end="")


def chdb(sql, tables):
    from chdb import session

    with session.Session() as asked:
        for name, file in tables:
            asked.query(f"CREATE VIEW {name} AS SELECT * FROM file('{file}')")
        print(asked.query(sql, "CSVWithNames"), end="")


library, sql, *files = sys.argv[1:]
try:
    {"polars": polars, "chdb": chdb}[library](sql, [file.split("=", 1) for file in files])
except Exception as error:  # Whatever it is, it is the library's answer; where it was raised says nothing.
    sys.exit(f"{type(error).__name__}: {error}")
