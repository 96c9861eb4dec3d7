"""The kinds of collectors that a policy may name, as far as the policy knows them: what each asks for. How one asks and
reads is in `evidence`. Pure."""

from typing import NamedTuple
from urllib.parse import urlsplit

ATTRIBUTE = "attribute:"
PLACES = ("area", "account", "type", "number", "from", "to", "from_unix", "to_unix", "day")
"""What stands in a URL or a query in braces, beside `attribute:NAME`: facts of the case, and the span that is asked for
as RFC 3339, in seconds since the epoch, and as the day it ends."""


def has_host(url: str) -> bool:
    """Whether a URL says which host is asked, with a port that can be. No place stands before the path: a fact
    of a case never chooses who is asked, and given a credential."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and "{" not in parts.netloc
    except ValueError:
        return False


class CollectorKind(NamedTuple):
    """`says`: what it fetches; `asks`: the keys that it needs."""

    name: str
    says: str
    asks: tuple[str, ...]


HTTP = CollectorKind("http", "whatever answers at a URL: JSON or text", ("url",))
PROMETHEUS = CollectorKind("prometheus", "a range query of Prometheus, drawn", ("url", "query"))
DEPLOYMENTS = CollectorKind("deployments", "recent deployments, in the shape of GitHub's list of deployments", ("url",))
LOGS = CollectorKind("logs", "lines of a log: Loki's answer, that of Elasticsearch, or plain text", ("url",))
TICKETS = CollectorKind("account_tickets", "the last cases of the account", ())
COLLECTORS = {kind.name: kind for kind in (HTTP, PROMETHEUS, DEPLOYMENTS, LOGS, TICKETS)}
