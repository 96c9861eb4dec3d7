"""The machine that a figure was measured on, and how several runs are summed up."""

import os
import platform
import sys
from pathlib import Path
from statistics import median


def describe() -> str:
    """Processor, cores in reach, system and Python, in one line."""
    return f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}, Python {sys.version.split()[0]}"


def spread(values: list[float], unit: str, digits: int = 0) -> str:
    """`median (min to max)` with a unit."""
    return f"{median(values):,.{digits}f} {unit} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and those that it started have used so far, user and system, of those that live."""
    ticks = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_precisely(pid: int) -> float:
    """The same as far as the kernel has counted it, to the nanosecond, of the threads that live."""
    tasks = (task for each in _family(pid) for task in Path(f"/proc/{each}/task").glob("*/schedstat"))
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _family(pid: int) -> list[int]:
    """A process and those that it started."""
    started = (task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(each for children in started for child in children for each in _family(int(child)))]


def load() -> float:
    """How many tasks wanted the machine's cores in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "an unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
