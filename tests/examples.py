"""How many examples a property is tried on."""

import os
from typing import Any

from hypothesis import settings

# A revision is tried on the same cases wherever and whenever it is tried; `make soak` looks for others, and many more.
OTHERS = os.environ.get("TOCSIN_HYPOTHESIS") == "others"
_SHARE, _LEAST = 4, 15  # the same examples again and again show little


def examples(most: int, **more: Any) -> settings:
    """`most` in `make soak`; else a part of them, the same each time."""
    return settings(max_examples=most if OTHERS else max(min(most, _LEAST), most // _SHARE), deadline=None, **more)


def choose() -> None:
    """For every property that says nothing else."""
    settings.register_profile("same", derandomize=True, max_examples=100 // _SHARE, deadline=None)
    settings.register_profile("others", deadline=None)
    settings.load_profile("others" if OTHERS else "same")
