"""A broken copy of the sample: what is changed in it, and what the specification finds there."""

import copy

AGAIN = "INSERT INTO {0} SELECT * REPLACE (_row + {2} AS _row) FROM {0} WHERE _row IN ({1})"


def again(table, rows, shift=100_000):
    """SQL that appends copies of some rows."""
    return AGAIN.format(table, rows, shift)


class Case:
    """One broken copy: SQL over the tables, each with its row number `_row`, and changes of the contract.

    `constraints` maps `table.field` to constraints, `fields` to other properties of a field, `schemas` a table to
    properties of its schema; None takes a property away.
    """

    def __init__(self, name, why, sql=(), found=(), constraints=None, fields=None, schemas=None, peer=True):
        self.name, self.why, self.sql, self.peer = name, why, sql, peer
        self.findings = [dict(zip(("table", "rule", "columns", "rows"), finding, strict=True)) for finding in found]
        for finding in self.findings:
            finding["columns"] = finding["columns"].split()
        self.constraints, self.fields, self.schemas = constraints or {}, fields or {}, schemas or {}

    def contract(self, package):
        """The package with this case's changes."""
        package = copy.deepcopy(package)
        schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
        for path, change in [*self.fields.items(), *self.constraints.items()]:
            table, name = path.split(".")
            field = next((field for field in schemas[table]["fields"] if field["name"] == name), None)
            if field is None:
                field = {"name": name}
                schemas[table]["fields"].append(field)
            merge(field.setdefault("constraints", {}) if path in self.constraints else field, change)
        for table, change in self.schemas.items():
            merge(schemas[table], change)
        return package


def merge(properties, change):
    """Sets properties; None takes one away."""
    for name, value in change.items():
        properties[name] = value
        if value is None:
            del properties[name]
