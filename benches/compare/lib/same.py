"""Whether two answers in CSV are the same: names of columns aside, numbers by value."""

import csv
import decimal
import io


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


def rows(text):
    return list(csv.reader(io.StringIO(text)))[1:]


def same(ours, theirs):
    ours, theirs = rows(ours), rows(theirs)
    return len(ours) == len(theirs) and all(
        len(a) == len(b) and all(map(close, a, b)) for a, b in zip(ours, theirs)
    )
