"""Where the program, the data and the peers are; what is missing is made or installed."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]

# The peers that PyPI has, at the versions that the README's figures were taken with.
PACKAGES = [
    *["duckdb-cli==1.5.6", "polars==2.1.0", "chdb==4.4.0", "tpchgen-cli==4.0.0"],
    # What Polars reads and writes sheets by.
    *["fastexcel==0.21.0", "xlsxwriter==3.3.1"],
]


class Setting:
    """What was asked for, and the places of things."""

    def __init__(self, args):
        default = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tongket/compare"
        self.cache = (args.cache or default).resolve()
        self.cache.mkdir(parents=True, exist_ok=True)
        self.quick = args.quick
        self.rounds = args.rounds or (3 if args.quick else 7)
        self.cold = args.cold
        scales = args.scales or ("1,100" if args.quick else "1,100,1000")
        self.scales = [int(scale) for scale in scales.split(",")]
        self.wanted = args.engines.split(",") if args.engines else None
        self.tongket = (args.tongket or self.built()).resolve()
        self.python = self.peers()

    def built(self):
        """The program, built in release from this checkout."""
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=REPOSITORY, check=True)
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
        return target / "release/tongket"

    def peers(self):
        """A Python that has the peers of PyPI."""
        folder = self.cache / "venv"
        python = folder / "bin/python"
        mark = folder / "installed"
        if not mark.exists() or mark.read_text() != "\n".join(PACKAGES):
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
            mark.write_text("\n".join(PACKAGES))
        return python

    def program(self, name):
        """A program of the peers: one of the virtual environment, else of the PATH; None where there is none."""
        ours = self.python.parent / name
        found = ours if ours.exists() else shutil.which(name)
        return None if found is None else pathlib.Path(found)

    def workspace(self, scale):
        """The synthetic year at a scale, with the saved queries."""
        folder = self.cache / f"year-{scale}"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            self.run_tongket("init", folder)
            sample = ["sample", "--scale", str(scale), "--force", "-o", folder / "datasets"]
            self.run_tongket(*sample)
            (folder / "done").touch()
        # The files may be of an earlier day; the peers are asked what stands here.
        shutil.rmtree(folder / "queries", ignore_errors=True)
        shutil.copytree(REPOSITORY / "queries", folder / "queries")
        return folder

    def tpch(self):
        """TPC-H at scale 1, as plain Parquet."""
        folder = self.cache / "tpch"
        if not (folder / "done").exists():
            (folder / "datasets").mkdir(parents=True, exist_ok=True)
            made = [self.program("tpchgen-cli"), "parquet", "-s", "1", "--output-dir", folder / "datasets"]
            subprocess.run(made, check=True)
            (folder / "done").touch()
        return folder

    def run_tongket(self, *args):
        subprocess.run([self.tongket, "-q", *args], check=True)

    def told(self, engines):
        """The machine and the versions, a line each."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        lines = [f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"]
        lines += [f"{engine.name} {engine.version()}" for engine in engines]
        return "\n".join(lines)
