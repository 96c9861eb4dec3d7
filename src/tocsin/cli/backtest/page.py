"""A backtest as one page that works offline: its style, script and data stand in it, and nothing else may run there."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.cli.backtest import words
from tocsin.cli.backtest.page_data import embedded, page_data
from tocsin.cli.backtest.run import Done
from tocsin.cli.safe import plain

SCRIPTS = ("counting.js", "charts.js", "page.js")
CHANGED = 500  # cases that differ, on the page; --json has all
ESCALATED = 100  # cases for those who have no script


def render(done: Done) -> str:
    """The page of a backtest whose spread was asked for."""
    found = done.backtest
    before = None if found.comparison is None else found.comparison.before
    style, script = _resource("page.css"), "\n".join(map(_resource, SCRIPTS))
    changed = () if found.comparison is None else found.comparison.changed
    return (
        _environment()
        .get_template("page.html")
        .render(
            done=done,
            summary=found.summary,
            before=before,
            changed=changed,
            first_changed=[(case, words.differences(case), words.causes(case)) for case in changed[:CHANGED]],
            first_escalated=found.summary.escalated[:ESCALATED],
            words=words,
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
            data=embedded(page_data(found)),
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _resource(name: str) -> str:
    return files(__package__ or "").joinpath("templates", name).read_text(encoding="utf-8").strip()


def _finalize(value: Any) -> Any:
    """Whatever the page shows: without characters that would turn its reading direction."""
    return plain(value, lines=True) if type(value) is str else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tocsin.cli.backtest"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
