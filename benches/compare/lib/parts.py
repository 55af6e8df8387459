"""What is compared: each part gives its tables."""

import pathlib
import shutil
import subprocess
import sys

from . import measure
from .engines import question, saved_queries
from .tell import Row, Table

HERE = pathlib.Path(__file__).resolve().parents[1]


def asked(setting, name, commands, folder):
    """A question to all: first whether the answers are the same, then the times."""
    answers, took, cannot = {}, {}, {}
    for engine, command in commands.items():
        answer = setting.cache / f"answer-{engine}.csv"
        try:
            took[engine], *_ = measure.once(command, answer)
            answers[engine] = answer
        except measure.Failed as error:
            cannot[engine] = str(error)
    same = [sys.executable, HERE / "lib/same.py", answers["tongket"]]
    differ = [engine for engine, answer in answers.items() if subprocess.run([*same, answer]).returncode != 0]
    for answer in answers.values():
        answer.unlink()
    able = {engine: command for engine, command in commands.items() if engine in answers}
    cold = folder / "datasets" if setting.cold else None
    times, faults = measure.in_turn(able, setting.rounds, cold, took=took)
    return Row(name, times, cannot | faults, differ)


def start(setting, engines):
    """The whole process of a question that is nothing."""
    folder = setting.workspace(1)
    sql = "SELECT count(*) FROM activities"
    commands = {engine.name: engine.ask(folder, sql) for engine in engines}
    rounds, setting.rounds = setting.rounds, max(setting.rounds, 21)
    row = asked(setting, "count(*), 2 000 rows", commands, folder)
    setting.rounds = rounds
    yield Table("Start", [engine.name for engine in engines], [row])


def saved(setting, engines):
    """Every saved query."""
    for scale in setting.scales:
        folder = setting.workspace(scale)
        rows = []
        for query in saved_queries():
            sql = question(query)
            commands = {
                engine.name: engine.saved(folder, query) if hasattr(engine, "saved") else engine.ask(folder, sql)
                for engine in engines
            }
            rows.append(asked(setting, query, commands, folder))
        yield Table(f"Saved queries, scale {scale}", [engine.name for engine in engines], rows)


def tpch(setting, engines):
    """TPC-H at scale 1 over plain Parquet."""
    folder = setting.tpch()
    rows = []
    for file in sorted((HERE / "tpch").glob("*.sql")):
        sql = file.read_text(encoding="utf-8").strip()
        commands = {engine.name: engine.ask(folder, sql) for engine in engines}
        rows.append(asked(setting, file.stem, commands, folder))
    yield Table("TPC-H, scale 1", [engine.name for engine in engines], rows)


def export(setting, engines):
    """`lineitem` of TPC-H, six million rows, to a file and to standard output."""
    folder = setting.tpch()
    out = setting.cache / "export"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    rounds = 3
    able = [engine for engine in engines if hasattr(engine, "copy")]
    rows = []
    for ending in ["csv"] if setting.quick else ["csv", "json", "parquet"]:
        commands = {engine.name: engine.copy(folder, "lineitem", out / f"{engine.name}.{ending}") for engine in able}
        remove = lambda name: (out / f"{name}.{ending}").unlink(missing_ok=True)
        times, faults = measure.in_turn(commands, rounds, before=remove, warm=not setting.quick)
        rows.append(Row(f"lineitem to .{ending}", times, faults, []))
    commands = {engine.name: engine.ask(folder, "SELECT * FROM lineitem") for engine in able}
    times, faults = measure.in_turn(commands, 1 if setting.quick else 2, warm=False)
    rows.append(Row("lineitem to a pipe as CSV", times, faults, []))
    shutil.rmtree(out)
    yield Table("Export", [engine.name for engine in able], rows)


# What is imported: two hundred thousand rows, without what an import adds.
ACTIVITIES = "SELECT * EXCLUDE (source_file, source_row) FROM activities"


def imported(setting, source, target, peers, more=()):
    """Times an import of activities into an empty table beside what the peers do with the same file."""
    place = setting.cache / "import"

    def before(name):
        shutil.rmtree(place, ignore_errors=True)
        setting.run_tongket("init", place)
        (place / "datasets/activities.parquet").unlink()
        target.unlink(missing_ok=True)

    ours = [setting.tongket, "-X", "-q", "-C", place, "import", source, "--table", "activities", *more]
    times, faults = measure.in_turn({"tongket": ours, **peers}, max(3, setting.rounds // 2), before=before)
    shutil.rmtree(place, ignore_errors=True)
    megabytes = source.stat().st_size / 1e6
    return Row(f"{megabytes:.0f} MB of {source.suffix[1:].upper()} to Parquet", times, faults, [])


def load(setting, engines):
    """CSV to Parquet: here with every rule of the contract, there without any."""
    source, target = setting.cache / "activities.csv", setting.cache / "import.parquet"
    if not source.exists():
        setting.run_tongket("-C", setting.workspace(100), "-c", ACTIVITIES, "-o", source)
    peers = {engine.name: engine.load(source, target) for engine in engines if hasattr(engine, "load")}
    yield Table("Import", ["tongket", *peers], [imported(setting, source, target, peers)])


def sheets(setting, engines):
    """A sheet of activities written, and imported as CSV is; beside those that write and read sheets."""
    able = [engine for engine in engines if hasattr(engine, "write_sheet")]
    if not able:
        return
    folder = setting.workspace(100)
    names = ["tongket", *(engine.name for engine in able)]
    made = {name: setting.cache / f"activities-{name}.xlsx" for name in names}
    commands = {
        "tongket": [setting.tongket, "-X", "-q", "-C", folder, "-c", ACTIVITIES, "-o", made["tongket"]],
        **{engine.name: engine.write_sheet(folder, "activities", made[engine.name]) for engine in able},
    }
    remove = lambda name: made[name].unlink(missing_ok=True)
    times, faults = measure.in_turn(commands, 3, before=remove)
    yield Table("Sheet written", names, [Row("200 000 rows to .xlsx", times, faults, [])])
    source, target = made["tongket"], setting.cache / "import.parquet"
    peers = {engine.name: engine.read_sheet(source, target) for engine in able}
    yield Table("Sheet imported", names, [imported(setting, source, target, peers, ["--sheet", "result"])])
    for path in made.values():
        path.unlink(missing_ok=True)


# A saved query, and the rows of the table that it reads most of in the sample year.
GROWING = {"activities/participations": 2000, "outputs/by-unit": 3021, "loans/change": 2880}


def growth(setting, engines):
    """Time and memory against rows, of ours alone: from thousands to a hundred million in all tables."""
    del engines
    out = setting.cache / "growth.csv"
    rows = []
    scales = [1, 10, 100] if setting.quick else [1, 10, 100, 1000, 10000]
    for scale in scales:
        folder = setting.workspace(scale)
        ours = [setting.tongket, "-X", "-q", "-C", folder]
        commands = {f"{query}, {count * scale:,} rows": [*ours, "run", query] for query, count in GROWING.items()}
        commands[f"loan_balances to .csv, {2880 * scale:,} rows"] = [*ours, "-c", "SELECT * FROM loan_balances", "-o", out]
        for name, command in commands.items():
            times, faults = measure.in_turn({"tongket": command}, 3, before=lambda _: out.unlink(missing_ok=True))
            rows.append(Row(name, times, faults, []))
    out.unlink(missing_ok=True)
    yield Table("Growth", ["tongket"], sorted(rows, key=lambda row: row.name.split(",")[0]))


ALL = {
    "start": start,
    "saved": saved,
    "tpch": tpch,
    "export": export,
    "import": load,
    "sheets": sheets,
    "growth": growth,
}
