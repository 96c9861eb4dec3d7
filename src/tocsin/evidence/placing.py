"""Facts of a case in the URL or the query of a collector: each is escaped for where it stands. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.policy.collectors import ATTRIBUTE, PROMETHEUS
from tocsin.policy.model import Collector

POINTS = 120  # of a range query
_PLACE = re.compile(r"\{([^{}]*)\}")
_LONGEST = 200  # characters of a fact


class Subject(NamedTuple):
    """What is asked about: facts of the case, and the span, in microseconds."""

    area: str | None
    account: str | None
    type: str | None
    number: int
    attributes: Mapping[str, Any]
    begins: int
    ends: int

    def value(self, place: str) -> str:
        """What stands in a place; "" where the case does not say."""
        if place.startswith(ATTRIBUTE):
            return str(self.attributes.get(place.removeprefix(ATTRIBUTE), ""))[:_LONGEST]
        known: dict[str, Any] = {
            "area": self.area,
            "account": self.account,
            "type": self.type,
            "number": self.number,
            "from": instants.to_text(self.begins),
            "to": instants.to_text(self.ends),
            "from_unix": self.begins // SECOND,
            "to_unix": self.ends // SECOND,
            "day": instants.to_text(self.ends)[:10],
        }
        value = known.get(place)
        return "" if value is None else str(value)[:_LONGEST]


def address(collector: Collector, subject: Subject) -> str:
    """The URL that a collector asks."""
    url = _filled(collector.url or "", subject, lambda text: quote(text, safe=""))
    if collector.on != PROMETHEUS.name:
        return url
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    path = path if path.endswith("/query_range") else f"{path}/api/v1/query_range"
    step = max(15, (subject.ends - subject.begins) // SECOND // POINTS)
    asked = {
        "query": _filled(collector.query or "", subject, _in_quotes),
        "start": subject.begins // SECOND,
        "end": subject.ends // SECOND,
        "step": step,
    }
    return urlunsplit(parts._replace(path=path, query=urlencode(asked)))


def masked(url: str) -> str:
    """A URL as it may be shown: without a name, a password, or values that look like keys."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address"
    query = re.sub(r"(?i)((?:^|&)(?:[^=&]*(?:key|token|secret|password|sig)[^=&]*)=)[^&]*", r"\1…", parts.query)
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, query, ""))


def _filled(text: str, subject: Subject, escaped: Callable[[str], str]) -> str:
    return _PLACE.sub(lambda found: _placed(found, subject, escaped), text)


def _placed(found: re.Match[str], subject: Subject, escaped: Callable[[str], str]) -> str:
    """Braces that name no place, as those of a query's labels, stay."""
    place = found[1].strip()
    known = place.startswith(ATTRIBUTE) or place in _NAMES
    return escaped(subject.value(place)) if known else found[0]


def _in_quotes(text: str) -> str:
    """Within the quotes of a query: no value ends them."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


_NAMES = frozenset(("area", "account", "type", "number", "from", "to", "from_unix", "to_unix", "day"))
