"""Times DuckDB's nearest to our SQL functions, on one thread from memory, for `cargo bench --bench functions`.

Usage: duckdb_functions.py NAMES.csv QUERIES, where QUERIES is JSON: [[name, SQL], …] over the table `names`. The scan
is measured too, and taken off. A query that this DuckDB cannot run, such as one of an extension that is not there, is
named as such.
"""

import json
import statistics
import sys
import time

import duckdb

RUNS = 5


def seconds(connection, sql):
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        connection.execute(sql).fetchall()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main(path, queries):
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE names AS SELECT * FROM read_csv(?)", [path])
    rows = connection.execute("SELECT count(*) FROM names").fetchone()[0]
    scan = seconds(connection, "SELECT count(*) FROM names WHERE w = '-' OR n = 1")
    order = f"SELECT w FROM names ORDER BY w{{}} OFFSET {rows - 1}"
    ordered = [["ORDER BY, binary", order.format("")], ["ORDER BY, vi", order.format(" COLLATE vi")]]
    print(f"DuckDB {duckdb.__version__}, one thread")
    for name, sql in json.loads(queries) + ordered:
        try:
            took = seconds(connection, sql) - (0 if name.startswith("ORDER") else scan)
            print(f"{name:<26} {rows / max(took, 1e-9):>12.0f} rows/s")
        except duckdb.Error as error:
            print(f"{name:<26} cannot: {str(error).splitlines()[0]}")


main(*sys.argv[1:])
