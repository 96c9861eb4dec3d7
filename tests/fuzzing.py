"""What schemathesis loads: half of the paths lead to something that there is, for a random name seldom does."""

import zlib
from typing import Any

import schemathesis

KNOWN = {"case": ("1", "2"), "name": ("anna", "support", "test"), "version": ("1",)}


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    for name, value in (path_parameters or {}).items():
        chance = zlib.crc32(repr(value).encode())
        if name in KNOWN and chance % 2 and "tokens" not in context.operation.path:
            assert path_parameters is not None
            path_parameters[name] = KNOWN[name][chance // 2 % len(KNOWN[name])]
    return path_parameters
