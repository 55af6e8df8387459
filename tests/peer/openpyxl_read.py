"""Prints what openpyxl sees in a workbook, as JSON: what it says of itself, its sheets, their cells."""

import datetime
import json
import sys

import openpyxl


def plain(value):
    """A value as JSON has it; dates as ISO texts."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return value


def cell(cell):
    link = cell.hyperlink
    return {
        "value": plain(cell.value),
        "type": cell.data_type,
        "format": cell.number_format,
        "bold": cell.font.b,
        "quoted": bool(cell.quotePrefix),
        "link": (link.location or link.target) if link else None,
    }


def sheet(sheet):
    widths = {name: column.width for name, column in sheet.column_dimensions.items()}
    return {
        "name": sheet.title,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "repeated": sheet.print_title_rows,
        "widths": widths,
        "rows": [[cell(c) for c in row] for row in sheet.iter_rows()],
    }


book = openpyxl.load_workbook(sys.argv[1])
about = book.properties
json.dump(
    {
        "title": about.title,
        "author": about.creator,
        "note": about.description,
        "made": about.created.isoformat(),
        "sheets": [sheet(each) for each in book.worksheets],
    },
    sys.stdout,
    ensure_ascii=False,
)
