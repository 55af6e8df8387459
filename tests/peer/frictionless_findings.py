"""Checks a data package with `frictionless` and prints its findings in our words, as JSON.

Usage: frictionless_findings.py PACKAGE_FOLDER [--rows], a folder with datapackage.json. A finding is {"table",
"rule", "columns": […], "rows": N}, N the distinct rows at fault (0 for a column or file that is not there); with
--rows also "row_numbers", the first row being 1.

The cells are read by DuckDB and handed over with their types. frictionless's own Parquet reader goes through pandas,
where a whole number beside a null becomes a float and every null a NaN, which it then takes for a type error; and CSV
has no types to be at fault.
"""

import copy
import json
import pathlib
import re
import sys

import duckdb
from frictionless import Package

CELL_RULE = re.compile(r'constraint "(\w+)" is ')
RULES = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "primaryKey",
    "foreign-key": "foreignKey",
    "missing-label": "missing column",
    "extra-label": "surplus column",
    "scheme-error": "missing file",
}
HEADER_ROWS = 1


def listed(value):
    """A property that may be one name or an array of names."""
    return [value] if isinstance(value, str) else list(value or [])


def files(folder, resource):
    """The Parquet files of a resource that exist; a path may be a folder of them."""
    paths = [folder / path for path in listed(resource["path"])]
    paths = [file for path in paths for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])]
    return [str(path) for path in paths if path.exists()]


def cells(paths):
    """The column names and the rows of Parquet files, as Python values."""
    result = duckdb.connect().execute("SELECT * FROM read_parquet(?, union_by_name = true)", [paths])
    return [[column[0] for column in result.description]] + [list(row) for row in result.fetchall()]


def prepared(folder, package):
    """The package with its rows inside, made to mean to frictionless what the specification says."""
    package = copy.deepcopy(package)
    absent = {resource["name"] for resource in package["resources"] if not files(folder, resource)}
    for resource in package["resources"]:
        schema = resource["schema"]
        # Parquet columns have names; frictionless would map them by position, one gap shifting all that follow.
        schema.setdefault("fieldsMatch", "equal")
        # "Their use in the primary key is equivalent to adding required: true", which frictionless does not do.
        for field in schema["fields"]:
            if field["name"] in listed(schema.get("primaryKey")):
                field.setdefault("constraints", {})["required"] = True
        # frictionless checks nothing of a table that refers to a file that is not there.
        schema["foreignKeys"] = [
            key for key in schema.get("foreignKeys", []) if key["reference"].get("resource") not in absent
        ]
        if resource["name"] in absent:
            resource["format"] = "csv"
            continue
        resource["data"] = cells(files(folder, resource))
        for name in ("path", "format", "mediatype"):
            resource.pop(name, None)
    return package


def finding_of(error, schema):
    """The rule and the columns of an error."""
    rule = CELL_RULE.match(error.note)[1] if error.type == "constraint-error" else RULES[error.type]
    if error.type == "primary-key":
        return rule, tuple(listed(schema["primaryKey"]))
    if error.type == "foreign-key":
        return rule, tuple(error.field_names)
    if error.type == "extra-label":
        return rule, (error.label,)
    name = getattr(error, "field_name", None)
    return rule, (name,) if name else ()


def table_findings(errors, schema):
    """The rows at fault of one table, by rule and columns."""
    found = {}
    required = [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("required")]
    for error in errors:
        row = getattr(error, "row_number", None)
        if error.type == "blank-row":
            # A row of nulls is reported as one fault, instead of what it lacks.
            for name in required:
                found.setdefault(("required", (name,)), set()).add(row)
            continue
        found.setdefault(finding_of(error, schema), set()).add(row)
    # A key with a null part is not a key: `required` has reported it, and SQL compares no nulls.
    key = tuple(listed(schema.get("primaryKey")))
    if ("primaryKey", key) in found:
        faults = [(rule, (name,)) for rule in ("required", "type") for name in key]
        no_key = set().union(*(found.get(fault, set()) for fault in faults))
        found["primaryKey", key] -= no_key
    return {what: rows for what, rows in found.items() if rows}


def findings(folder):
    """The sorted findings of the package in a folder, each with the numbers of its rows."""
    folder = pathlib.Path(folder)
    package = prepared(folder, json.loads((folder / "datapackage.json").read_text(encoding="utf-8")))
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    # The limit holds for each table and cannot be switched off by None in every release.
    report = Package.from_descriptor(package, basepath=str(folder)).validate(limit_errors=sys.maxsize)
    if report.errors:
        raise SystemExit("\n".join(error.message for error in report.errors))
    result = []
    for task in report.tasks:
        for (rule, columns), rows in table_findings(task.errors, schemas[task.name]).items():
            numbers = sorted(row - HEADER_ROWS for row in rows if row is not None)
            finding = {"table": task.name, "rule": rule, "columns": list(columns), "rows": len(numbers)}
            result.append(finding | {"row_numbers": numbers})
    return sorted(result, key=lambda finding: (finding["table"], finding["rule"], finding["columns"]))


def main():
    folder, *options = sys.argv[1:]
    result = findings(folder)
    if "--rows" not in options:
        for finding in result:
            del finding["row_numbers"]
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
