"""Writes a table to a sheet or reads one, by Polars: sheets.py write PARQUET XLSX, sheets.py read XLSX PARQUET."""

import sys

import polars as pl

what, source, target = sys.argv[1:]
if what == "write":
    pl.read_parquet(source).drop("source_file", "source_row").write_excel(target)
else:
    # The first sheet, by `calamine`, which reads sheets here too.
    pl.read_excel(source, engine="calamine").write_parquet(target, compression="zstd")
