"""Times frictionless on the table `activities`, so that `tongket check activities` can be set against it.

Usage: frictionless_speed.py DATASETS, such as `tongket sample --scale 500 -o DIR` makes: 1 000 000 activities. The
rows go to a temporary CSV first, which is not timed: CSV is what frictionless reads fastest, and its Parquet reader
is some ten times slower and takes nulls for type errors. Prints rows, findings, seconds and rows a second.
"""

import json
import pathlib
import sys
import tempfile
import time

import duckdb
from frictionless import Package

TABLE, PARENT = "activities", "units"


def as_csv(source, folder):
    """The package of the two tables, with their rows as CSV in a folder."""
    package = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] in (TABLE, PARENT)]
    for resource in package["resources"]:
        path = f"{resource['name']}.csv"
        rows = f"SELECT * FROM read_parquet('{source / resource['path']}')"
        duckdb.connect().execute(f"COPY ({rows}) TO '{folder}/{path}' (FORMAT csv, HEADER)")
        resource |= {"path": path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        resource["dialect"] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True}
    return package


def main():
    with tempfile.TemporaryDirectory() as folder:
        package = Package.from_descriptor(as_csv(pathlib.Path(sys.argv[1]), folder), basepath=folder)
        start = time.perf_counter()
        report = package.validate(name=TABLE, limit_errors=sys.maxsize)
        seconds = time.perf_counter() - start
    rows = report.tasks[0].stats["rows"]
    print(f"{rows} rows, {report.stats['errors']} findings, {seconds:.1f} s, {rows / seconds:.0f} rows a second")


if __name__ == "__main__":
    main()
