"""Whole processes, timed in turn: seconds from start to end, and the most memory that each took."""

import os
import pathlib
import statistics
import subprocess
import tempfile
import time


class Failed(Exception):
    """The program says that it cannot."""


class Times:
    """What the runs of one question by one engine took."""

    def __init__(self):
        self.seconds, self.peaks, self.processor = [], [], []

    def add(self, seconds, processor, peak):
        self.seconds.append(seconds)
        self.processor.append(processor)
        self.peaks.append(peak)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def peak(self):
        """The most memory of all runs, in MB."""
        return max(self.peaks) / 1e3


def once(command, output=None):
    """Runs a command; gives seconds, seconds of processor, and its peak in kB."""
    with tempfile.TemporaryFile() as errors, open(output or os.devnull, "wb") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip().splitlines()
            raise Failed(" ".join(words[:3]) or f"exit code {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def forget(place):
    """Puts the pages of a file, or of the files below a folder, out of the system's memory."""
    place = pathlib.Path(place)
    for path in [place, *place.rglob("*")]:
        if path.is_file():
            with open(path, "rb") as file:
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


# Seconds: where all commands take less, each is run once more before each run that is counted.
LONG = 1.0


def in_turn(commands, rounds, cold=None, before=None, warm=True, took=None):
    """Times commands in turn, each round in another order; where they are short, right after a run that is not counted.

    A virtual machine may give memory back to its host that nobody has used for two seconds. Who then asks for it
    waits for the host: two milliseconds a megabyte were seen, and a fiftieth of that right after another run.

    `commands` is {name: command}; `before` is called with a name before each of its runs. `took` is what a run of each
    took that was made already; else one is made first, which is not counted. Gives {name: Times} and
    {name: why it cannot}.
    """
    times, faults = {name: Times() for name in commands}, {}

    def run(name):
        if name in faults:
            return None
        if before:
            before(name)
        if cold:
            forget(cold)
        try:
            return once(commands[name])
        except Failed as error:
            faults[name] = str(error)
            return None

    names = list(commands)
    if warm and took is None:
        took = {name: measured[0] for name in names if (measured := run(name))}
    again = warm and not cold and all(seconds < LONG for seconds in took.values())
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            if again:
                run(name)
            if measured := run(name):
                times[name].add(*measured)
    return {name: measured for name, measured in times.items() if name not in faults}, faults
