"""Whether two answers in CSV are the same: names of columns aside, numbers by value.

Usage: same.py OURS THEIRS; exits 1 where they differ. It is a process of its own: one that has read large answers
counts as memory of all that it starts afterwards.
"""

import csv
import decimal
import itertools
import sys


def number(text):
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        return None


def close(a, b):
    """The same text, or numbers that differ by no more than floating point does."""
    if a == b:
        return True
    a, b = number(a), number(b)
    if a is None or b is None:
        return False
    # Averages of decimals keep from four to sixteen digits, by engine.
    return abs(a - b) <= max(decimal.Decimal("0.0001"), abs(a) * decimal.Decimal("1e-6"))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from itertools.islice(csv.reader(file), 1, None)


def same(ours, theirs):
    pairs = itertools.zip_longest(rows(ours), rows(theirs))
    return all(a and b and len(a) == len(b) and all(map(close, a, b)) for a, b in pairs)


if __name__ == "__main__":
    sys.exit(0 if same(*sys.argv[1:]) else 1)
