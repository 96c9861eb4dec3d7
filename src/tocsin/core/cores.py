"""Which core a process runs on.

One interpreter runs Python on one core at a time. Where its threads stand on several, each time that they take turns
everything they share has to travel from one core's cache to the other's; on one core it is there already.
"""

import os
from pathlib import Path

_STAT = Path("/proc/thread-self/stat")
_PROCESSOR = 36  # among the fields behind the name, as of proc(5): the core that the thread last ran on


def keep_to_one() -> int | None:
    """Keep this thread, and all that it starts from now on, to the core that it runs on now; which one. None where the
    system does not tell, or there is but one anyway."""
    try:
        possible = os.sched_getaffinity(0)
        core = int(_STAT.read_text().rpartition(")")[2].split()[_PROCESSOR])
        if len(possible) < 2 or core not in possible:
            return None
        os.sched_setaffinity(0, {core})
    except (AttributeError, OSError, ValueError, IndexError):  # not on this system, or not allowed
        return None
    return core
