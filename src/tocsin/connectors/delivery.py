"""A delivery, as every connector takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from tocsin.core.charsets import in_utf8
from tocsin.policy.lenient import loads


@dataclass(frozen=True)
class Delivery:
    """What an authenticated sender delivers."""

    headers: Mapping[str, str]
    raw: bytes = field(repr=False)

    @cached_property
    def payload(self) -> Any:
        """The JSON in it; InvalidInput where it is none."""
        raw = in_utf8(self.raw, self.headers.get("content-type", ""))
        try:
            return msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return loads(raw)
