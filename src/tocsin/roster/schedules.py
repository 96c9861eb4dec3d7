"""Rosters as they are stored, and as one value for paths and routes; loaded once per revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core import canonical, ids, instants, names
from tocsin.core.errors import InvalidInput
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.roster import rotation
from tocsin.roster.events import ROSTERS
from tocsin.roster.plan import Away, OnCall, Override, Roster, on_call
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

REVISION = "rosters"
_NOBODY: Away = {}

_OVERRIDE = ("start", "end", "user")


def read(name: str, spec: Any) -> Roster:
    """A roster from `{members, zone, handoff, days, first, overrides: [{start, end, user}]}`; members and users by
    name, instants in RFC 3339. InvalidInput names the key."""
    if not isinstance(spec, dict):
        raise InvalidInput(
            say("a roster is a mapping"), place=name, expected=say("members, zone, handoff, days, first, overrides")
        )
    rest = {key: value for key, value in spec.items() if key != "overrides"}
    given = spec.get("overrides", [])
    if not isinstance(given, list):
        raise InvalidInput(say("this is not a list"), place="overrides", expected=say("a list of {start, end, user}"))
    return Roster(
        name=name,
        rotation=rotation.read(rest, name),
        overrides=tuple(_override(made, f"overrides[{place}]") for place, made in enumerate(given)),
    )


def _override(made: Any, place: str) -> Override:
    if not isinstance(made, dict) or set(made) != set(_OVERRIDE) or not all(isinstance(made[key], str) for key in made):
        raise InvalidInput(
            say("an override needs a start, an end and a user"), place=place, expected=say("{start, end, user}")
        )
    return Override(
        start=instants.from_text(made["start"], f"{place}.start"),
        end=instants.from_text(made["end"], f"{place}.end"),
        user=made["user"],
    )


@dataclass(frozen=True, slots=True)
class Rosters:
    """Every roster by name. An answer is kept until it ends: paths ask the same again for every case."""

    by_name: dict[str, Roster] = field(default_factory=dict)
    _kept: dict[str, tuple[int, Away, OnCall]] = field(default_factory=dict, compare=False, repr=False)

    def on_call(self, name: str, at: int, away: Away = _NOBODY) -> OnCall | None:
        """`away`: whom to pass over, as `absence.away` finds them."""
        since, missing, found = self._kept.get(name, (0, _NOBODY, None))
        if found is not None and since <= at < found.until and missing == away:
            return found
        roster = self.by_name.get(name)
        if roster is None:
            return None
        found = on_call(roster, at, away)
        self._kept[name] = (at, away, found)
        return found

    def primary(self, name: str, at: int, away: Away = _NOBODY) -> str | None:
        found = self.on_call(name, at, away)
        return found.primary if found else None

    def backup(self, name: str, at: int, away: Away = _NOBODY) -> str | None:
        found = self.on_call(name, at, away)
        return found.backup if found else None


def load(tx: Tx) -> Rosters:
    rows = tx.rows("SELECT name, definition FROM rosters ORDER BY id")
    return Rosters({name: read(name, canonical.decode(bytes(body))) for name, body in rows})


def cached() -> revisions.Cached[Rosters]:
    return revisions.Cached(REVISION, load)


def put(tx: Tx, mint: IdMint, journal: Journal, name: str, definition: dict[str, Any], *, by: str) -> int:
    """Create or replace a roster; its id. Whoever is on call keeps the running shift (`changed`). InvalidInput where it
    cannot be computed."""
    found = tx.row("SELECT id FROM rosters WHERE name = ?", (name,))
    kept = changed(name, definition_of(tx, name), definition, tx.now)
    body = canonical.encode(kept)
    if found:
        roster: int = found[0]
        ROSTERS.change(tx, journal, roster, {"definition": body, "updated_at": tx.now}, by, "changed", name=name)
    else:
        names.check(name, "roster")
        roster = mint.new(tx.now)
        ROSTERS.add(tx, journal, (roster, name, body, tx.now), by)
    revisions.renew(tx, mint, REVISION)
    return roster


def definition_of(tx: Tx, name: str) -> dict[str, Any] | None:
    """A roster as it is stored; None where there is none."""
    row = tx.row("SELECT definition FROM rosters WHERE name = ?", (name,))
    found: dict[str, Any] | None = None if row is None else canonical.decode(bytes(row[0]))
    return found


def changed(name: str, before: Mapping[str, Any] | None, wanted: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The definition that takes the place of the one before at an instant: with an anchor, by which the running shift
    stays whose it is. Another `first` than before is somebody's word about whose turn it is, and holds, unless the
    handoff asks for another. What is left out is nobody's word: `first` stays where it fits, and so do overrides."""
    if before is None:
        read(name, wanted)
        return dict(wanted)
    definition = {"overrides": before["overrides"], **wanted} if "overrides" in before else dict(wanted)
    if definition.get("anchor") == before.get("anchor"):  # as it was listed
        definition.pop("anchor", None)
    as_before = {key: value for key, value in definition.items() if key not in ("first", "anchor")}
    if before.get("first") is not None:
        as_before["first"] = before["first"]
    fits = _readable(name, as_before)
    if fits and wanted.get("first") not in (None, before.get("first")):
        read(name, definition)
        return definition
    definition.pop("anchor", None)
    if fits:
        definition = as_before
    after = read(name, definition).rotation.continuing(read(name, dict(before)).rotation, at)
    if after.anchor is not None:
        definition["anchor"] = {"at": instants.to_text(after.anchor.at), "place": after.anchor.place}
    return definition


def _readable(name: str, spec: Mapping[str, Any]) -> bool:
    try:
        read(name, spec)
    except InvalidInput:
        return False
    return True


def listed(tx: Tx) -> list[dict[str, Any]]:
    """Every roster as it was given."""
    rows = tx.rows("SELECT id, name, definition FROM rosters ORDER BY name")
    return [{"id": ids.to_text(row[0]), "name": row[1], **canonical.decode(bytes(row[2]))} for row in rows]
