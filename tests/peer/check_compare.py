"""Compares the findings of `tongket check` on data packages with those of frictionless and with the expected ones.

Usage: TONGKET=path check_compare.py FOLDER…, workspaces of broken_packages.py or any other (without expected.json
only frictionless is asked). Compares table, rule, columns and rows; the rules that only we have (SQL rules) are left
out. Prints how many packages agree; exits 1 on a difference.
"""

import json
import os
import pathlib
import subprocess
import sys

from frictionless_findings import findings

RULES = {
    *("type", "required", "unique", "primaryKey", "foreignKey", "enum", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    # Neither frictionless nor expected.json has the last one: a table that we could not check.
    *("missing column", "surplus column", "missing file", "readable"),
}
# frictionless does not know them.
RULES_OF_SPEC = RULES | {"uniqueKeys", "categories"}
UNCOUNTED = {"missing column", "surplus column", "missing file"}


def keyed(found, rules):
    """Findings as a set of (table, rule, columns, rows), of some rules."""
    result = set()
    for finding in found:
        if finding.get("meaning", "").startswith("it cannot be checked"):
            continue  # only we say that a key which leads to a missing table is left open
        columns = finding["columns"] or ""
        columns = columns if isinstance(columns, list) else columns.replace(" ", "").split(",")
        rule = finding["rule"]
        if rule in rules:
            result.add((finding["table"], rule, ",".join(columns), 0 if rule in UNCOUNTED else finding["rows"]))
    return result


def ours(folder):
    """What `tongket check` finds, and what it failed with; exit 3 says that there are findings."""
    command = [os.environ.get("TONGKET", "tongket"), "check", "--format", "json", "-C", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    failure = "" if run.returncode in (0, 3) else f"exit {run.returncode}: {run.stderr.strip()}"
    return ([], failure) if failure else (json.loads(run.stdout or "[]"), failure)


def differences(folder):
    """The lines that say where the answers differ."""
    found, failure = ours(folder)
    if failure:
        yield f"  {failure}"
        return
    answers = []
    path = folder / "expected.json"
    expected = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"peer": True}
    if "findings" in expected:
        answers.append(("expected", expected["findings"], RULES_OF_SPEC))
    if expected["peer"]:
        answers.append(("frictionless", findings(folder / "datasets"), RULES))
    for name, theirs, rules in answers:
        left, right = keyed(found, rules), keyed(theirs, rules)
        yield from (f"  only tongket: {finding}" for finding in sorted(left - right))
        yield from (f"  only {name}: {finding}" for finding in sorted(right - left))


def main():
    agreed = 0
    folders = [pathlib.Path(folder) for folder in sys.argv[1:]]
    for folder in folders:
        lines = list(differences(folder))
        agreed += not lines
        if lines:
            print(f"{folder}:", *lines, sep="\n", file=sys.stderr)
    print(f"{agreed} packages agree")
    sys.exit(0 if agreed == len(folders) else 1)


if __name__ == "__main__":
    main()
