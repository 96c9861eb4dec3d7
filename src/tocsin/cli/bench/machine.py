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
    """Processor time that a process has used so far, its threads together, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "an unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
