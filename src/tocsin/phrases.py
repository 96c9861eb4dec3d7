"""Every text of ours that somebody reads in their own language, and the catalogues that are to have it.

`python -m tocsin.phrases` brings the catalogues up to date: what is new stands in them without a translation, what
nobody says any more is gone.
"""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from tocsin import languages
from tocsin.clocks import kinds as clocks
from tocsin.clocks import saying
from tocsin.core.errors import TocsinError
from tocsin.events import listed
from tocsin.notify.channels.registry import to_people
from tocsin.people.permissions import ROLES
from tocsin.policy import starters
from tocsin.policy.document import parse
from tocsin.policy.structure import texts_of_schema
from tocsin.verbs import VERBS

Phrase = str | tuple[str, str]  # one text, or the two of an amount

_SAYING = frozenset({"say", "says", "marked", "counted", "counts", "simply", "begins", "changes"})
# Whose texts stand on pages and in messages. Those of other modules come up where policies, mappings and installations
# are written: on the command line and in answers of the API, which are English.
_FOR_PEOPLE = (
    *(
        "api/refusals.py",
        "administration/",
        "cases/",
        "comms/",
        "evidence/",
        "guards/",
        "ledger/",
        "notify/",
        "web/",
        "clocks/",
        "connectors/declared.py",
        "connectors/deliveries.py",
        "connectors/finding.py",
        "connectors/pack.py",
        "connectors/pulls.py",
        "connectors/signatures.py",
        "connectors/store.py",
        "core/addresses.py",
        "core/mailing.py",
        "core/names.py",
        "core/unfit.py",
        "core/wording.py",
        "people/",
        "roster/",
    ),
    *("intake/changing.py", "intake/csv_import.py", "intake/csv_rows.py", "intake/csv_history.py"),
    *("intake/import_runs.py", "intake/importing.py", "intake/uploads.py"),
    *("policy/addressees.py", "policy/triggers/", "policy/doubts.py", "policy/reasons.py", "policy/telling.py"),
    *("policy/spoken.py", "policy/sentences.py", "policy/changes.py", "insight/backtests.py"),
    # problems of policies
    *("policy/check/", "policy/document.py", "policy/expressions/", "policy/reading/"),
    *("policy/structure.py", "policy/yaml/"),
    # remarks on what was taken in
    *("intake/mapping/", "intake/reading.py", "policy/lenient/"),
    # alarms
    *("connectors/calling.py", "connectors/pulling.py", "tools/refusals.py", "watchers/"),
)
_NEWS = "from tocsin.ledger.words import"  # how they say what is new in a field
_COUNTING = frozenset({"counted", "counts"})
_IN_TEMPLATES = {"t": None, "n": (1, 2)}
_NAMES = (  # of states, outcomes, kinds and facts, which templates say as they come
    *("open", "resolved", "closed", "merged", "met", "breached", "cancelled", "technical", "relationship"),
    *("opened", "changed", "unchanged", "recorded", "ignored", "refused"),
    *("queued", "sent", "delivered", "failed", "page", "call", "notice", "digest", "room", "answered", "alarm"),
    *("Segment", "Plan", "Region", "Language", "Revenue", "Renewal"),
)
_PLACE = re.compile(r"\{(\w+)\}")
_WIDTH = 120


def phrases() -> dict[Phrase, None]:
    """All of them, in the order in which they are found: in the code, in templates, in what is declared as a value."""
    found: dict[Phrase, None] = {}
    for module in _modules(files("tocsin"), ""):
        found.update(dict.fromkeys(_said_in(module)))
    found.update(dict.fromkeys(_in_templates(files("tocsin.web") / "templates")))
    found.update(dict.fromkeys(_declared()))
    return {phrase: None for phrase in found if phrase}


def updated(old: bytes, language: str) -> bytes:
    """A catalogue with these phrases and no others; translations that it had are kept."""
    before = pofile.read_po(BytesIO(old), locale=language, abort_invalid=True)
    after = Catalog(locale=language, header_comment="", fuzzy=False)
    for phrase in phrases():
        message = before.get(phrase if isinstance(phrase, str) else phrase[0])
        flags = ["python-brace-format"] if places(phrase) else []
        after.add(phrase, message.string if message is not None else None, flags=flags)
    out = BytesIO()
    pofile.write_po(out, after, width=_WIDTH, omit_header=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Plural-Forms: {after.plural_forms}\\n"\n\n'
    )
    return header.encode() + out.getvalue().strip(b"\n") + b"\n"


def places(phrase: Phrase) -> set[str]:
    """The names of its places."""
    return set(_PLACE.findall(phrase if isinstance(phrase, str) else phrase[1]))


def main() -> None:
    """Bring every catalogue up to date, where the sources are."""
    for language in languages.known():
        if language != languages.ENGLISH:
            path = Path(str(languages.FOLDER / f"{language}.po"))
            path.write_bytes(updated(path.read_bytes(), language))


def _modules(folder: Traversable, place: str) -> Iterator[str]:
    """The sources of what people read."""
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            yield from _modules(each, f"{place}{each.name}/")
        elif each.name.endswith(".py") and _for_people(place + each.name):
            yield each.read_text(encoding="utf-8")


def _for_people(module: str) -> bool:
    return module.endswith("events.py") or module.startswith(_FOR_PEOPLE)


def _said_in(source: str) -> Iterator[Phrase]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if not node.args or not (name in _SAYING or (name == "Phrase" and _NEWS in source)):
            continue
        if name == "Phrase":
            secret = any(each.arg == "secret" for each in node.keywords)
            for word in _texts(node.args[0]):
                yield from (word,) if secret else (f"no {word}", f"{word} {{values}}")
        elif name == "says" and isinstance(node.func, ast.Name):
            yield from (f"{words}: {{says}}" for words in _texts(node.args[0]))
        elif name in _COUNTING:
            yield from zip(_texts(node.args[0]), _texts(node.args[1]), strict=True)
        else:
            yield from _texts(node.args[0])


def _texts(node: ast.expr) -> Iterator[str]:
    """The text that an expression is, or each of two that it may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _in_templates(folder: Traversable) -> Iterator[Phrase]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            yield from _in_templates(each)
        else:
            source = BytesIO(each.read_bytes())
            options = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
            for found in extract("jinja2.ext:babel_extract", source, keywords=_IN_TEMPLATES, options=options):
                yield found[1] if isinstance(found[1], str) else (found[1][0], found[1][1])


def _declared() -> Iterator[str]:
    """What verbs, clocks, kinds of events and errors are called, and what the schema of policies wants."""
    yield from _NAMES
    yield from texts_of_schema()
    for verb in VERBS.values():
        yield from verb.form or ()
        for asked in verb.asked():
            yield from (asked.asks.label, asked.asks.none)
            yield from (label for _, label in asked.asks.choices)
    yield from (role.replace("_", " ") for role in ROLES)
    for channel in to_people():
        yield from (
            channel.called,
            channel.name,
            channel.says,
            channel.needs,
            *(field.says for field in channel.fields),
        )
    for clock, kind in clocks.BUILT_IN.items():
        yield from (saying.name(clock, kind.title), saying.whole(clock), kind.title)
    for name in starters.NAMES:
        for own in parse(starters.text(name)).clocks.kinds.values():
            yield from (saying.whole(own.name), own.title, own.title.lower())
    yield from (kind.says for kind in listed())
    yield from sorted({kind.title for kind in _below(TocsinError)})


def _below(kind: type[TocsinError]) -> Iterator[type[TocsinError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


if __name__ == "__main__":
    main()
