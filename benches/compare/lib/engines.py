"""How each program is asked a question in SQL over Parquet files: one process, one answer as CSV."""

import pathlib
import re
import subprocess

from . import measure
from . import setting as places

# The peers that live in Python are asked by this, with the interpreter's start in their time.
IN_PYTHON = pathlib.Path(__file__).with_name("in_python.py")
SHEETS = IN_PYTHON.with_name("sheets.py")


def named(sql, folder):
    """The tables of a folder that a statement names, each with its file."""
    files = sorted((pathlib.Path(folder) / "datasets").glob("*.parquet"))
    return [(file.stem, file) for file in files if re.search(rf"\b{file.stem}\b", sql)]


class Tongket:
    name = "tongket"

    def __init__(self, setting):
        self.program = setting.tongket

    def version(self):
        return words([self.program, "--version"])

    def ask(self, folder, sql):
        return [self.program, "-X", "-q", "--csv", "-C", folder, "-c", sql]

    def saved(self, folder, query):
        return [self.program, "-X", "-q", "--csv", "-C", folder, "run", query]

    def copy(self, folder, table, target):
        return [self.program, "-X", "-q", "-C", folder, "-c", f"SELECT * FROM {table}", "-o", target]


class DuckDb:
    name = "duckdb"

    def __init__(self, setting):
        # The program itself: what PyPI's package puts on the PATH starts Python first.
        within = setting.python.parent.parent.glob("lib/python*/site-packages/duckdb_cli/duckdb")
        self.program = next(within, None) or setting.program("duckdb")

    def version(self):
        return words([self.program, "--version"])

    def ask(self, folder, sql):
        views = "".join(f"CREATE VIEW {name} AS FROM '{file}'; " for name, file in named(sql, folder))
        return [self.program, "-csv", "-nullvalue", "", "-c", f"{views}{sql}"]

    def copy(self, folder, table, target):
        file = pathlib.Path(folder) / f"datasets/{table}.parquet"
        more = {"csv": "HEADER", "json": "ARRAY", "parquet": "COMPRESSION zstd"}[target.suffix[1:]]
        return [self.program, "-c", f"COPY (FROM '{file}') TO '{target}' (FORMAT {target.suffix[1:]}, {more})"]

    def load(self, source, target):
        return [self.program, "-c", f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"]


class DataFusionCli:
    name = "datafusion-cli"

    def __init__(self, setting):
        self.program = setting.program("datafusion-cli")

    def version(self):
        return words([self.program, "--version"])

    def ask(self, folder, sql):
        tables = [
            part
            for name, file in named(sql, folder)
            for part in ("-c", f"CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{file}'")
        ]
        # By itself it gives the first batches of a long result alone, as CSV too.
        return [self.program, "-q", "--format", "csv", "--maxrows", "inf", *tables, "-c", sql]

    def copy(self, folder, table, target):
        file = pathlib.Path(folder) / f"datasets/{table}.parquet"
        return [self.program, "-q", "-c", f"COPY (SELECT * FROM '{file}') TO '{target}'"]


class InPython:
    """A peer that is a library of Python."""

    def __init__(self, setting):
        self.python = setting.python

    def version(self):
        return words([self.python, "-c", f"import {self.name}; print({self.name}.__version__)"])

    def ask(self, folder, sql):
        return [self.python, IN_PYTHON, self.name, sql, *(f"{name}={file}" for name, file in named(sql, folder))]


class Polars(InPython):
    name = "polars"

    def write_sheet(self, folder, table, target):
        return [self.python, SHEETS, "write", pathlib.Path(folder) / f"datasets/{table}.parquet", target]

    def read_sheet(self, source, target):
        return [self.python, SHEETS, "read", source, target]


class ChDb(InPython):
    name = "chdb"


ALL = [Tongket, DuckDb, DataFusionCli, Polars, ChDb]
NAMES = [engine.name for engine in ALL]
QUICK = [Tongket.name, DuckDb.name]


def engines(setting):
    """The engines that were asked for, else those that are there."""
    wanted = setting.wanted or (QUICK if setting.quick else NAMES)
    made = [engine(setting) for engine in ALL if engine.name in wanted]
    return [engine for engine in made if getattr(engine, "program", engine) is not None]


def put_out(made):
    """Puts the programs out of the system's memory, so that running reads them in, as after a start of the machine.

    How a program's pages lie there makes a third of its start: one that was just built or copied lies better
    than one that has been there for long.
    """
    for engine in made:
        measure.forget(engine.program if hasattr(engine, "program") else engine.python.parent.parent)


def words(command):
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return re.sub(r"^(tongket|datafusion-cli) ", "", told)


def question(query, year="2022"):
    """The SQL of a saved query with its defaults in the place of its parameters."""
    import tomllib

    text = (places.REPOSITORY / f"queries/{query}.sql").read_text(encoding="utf-8")
    lines = text.splitlines()
    end = lines.index("-- ---", 1)
    header = tomllib.loads("\n".join(line[3:] for line in lines[1:end]))
    sql = "\n".join(line for line in lines[end + 1 :] if not line.lstrip().startswith("--"))
    for name, param in header.get("params", {}).items():
        default = param.get("default")
        if default is None:
            value = "CAST(NULL AS VARCHAR)"
        elif param["type"] == "integer":
            value = str(default).replace("$year", year)
        else:
            value = f"'{str(default).replace('$year', year)}'"
            value = f"DATE {value}" if param["type"] == "date" else value
        sql = re.sub(rf"\${name}\b", value, sql)
    return sql.strip().rstrip(";")


def saved_queries():
    """The names of the saved queries that are no published figures; those ask the same in one number."""
    folder = places.REPOSITORY / "queries"
    names = (path.relative_to(folder).with_suffix("").as_posix() for path in sorted(folder.rglob("*.sql")))
    return [name for name in names if not name.startswith("figures/")]
