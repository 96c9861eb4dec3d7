"""Whole histories are rewritten, shortened or removed by somebody who knows how the record works, but not its key."""

from random import Random
from typing import Any

from tests.stories.forgery.made import Edit, Kind, insert, pick, update
from tests.stories.forgery.rows import KEY
from tests.testing import SECRET
from tocsin.core import canonical
from tocsin.ledger import chain as chains
from tocsin.ledger import checkpoints
from tocsin.ledger.chain import derive
from tocsin.storage.transaction import Tx

_COLUMNS = ("chain", "seq", "kind", "at", "actor", "digest", "hash")
_OF_CASES = {
    "clocks": "case_id",
    "escalations": "case_id",
    "calls": "case_id",
    "case_keys": "case_id",
    "case_spans": "case_id",
    "notifications": "case_id",
}


def kinds() -> list[Kind]:
    return [
        Kind(name.replace("_", " "), do)
        for name, do in globals().items()
        if callable(do) and getattr(do, "__module__", "") == __name__ and not name.startswith("_") and name != "kinds"
    ]


def swap_events_within_a_chain(tx: Tx, chance: Random) -> Edit:
    events = _events(tx, _case(tx, chance))
    one, two = chance.sample(events, 2)
    _put(tx, one, two)
    _put(tx, two, one)
    _swap_payloads(tx, one, two)
    first = min(one["seq"], two["seq"])
    return Edit(f"events {one['seq']} and {two['seq']}", one["chain"], first, touched=frozenset({one["chain"]}))


def swap_events_of_two_chains(tx: Tx, chance: Random) -> Edit:
    one = chance.choice(_events(tx, _case(tx, chance)))
    two = pick(tx, chance, "events", "chain <> ? AND seq = ?", (one["chain"], one["seq"]))
    _put(tx, one, two)
    _put(tx, two, one)
    _swap_payloads(tx, one, two)
    return Edit("two events", one["chain"], one["seq"], touched=frozenset({one["chain"], two["chain"]}))


def swap_payloads(tx: Tx, chance: Random) -> Edit:
    one, two = chance.sample(_events(tx, _case(tx, chance)), 2)
    _swap_payloads(tx, one, two)
    return Edit("two payloads", one["chain"], two["seq"], touched=frozenset({one["chain"]}))


def rehash_a_chain(tx: Tx, chance: Random) -> Edit:
    """Another actor for an event, and every hash computed anew."""
    chain = _case(tx, chance)
    events = _events(tx, chain)
    chance.choice(events)["actor"] = "user:nobody"
    _rewrite(tx, chain, events)
    return Edit("every hash", chain, touched=frozenset({chain}))


def rewrite_a_decision_with_everything_made_from_it(tx: Tx, chance: Random) -> Edit:
    """A lower score in the payload, its digest, every hash, and the row of the case."""
    chain = _case(tx, chance)
    events = _events(tx, chain)
    decided = [event for event in events if event["kind"] in ("case.decided", "case.reclassified")][-1]
    payload = pick(tx, chance, "payloads", "chain = ? AND seq = ?", (chain, decided["seq"]))
    body = canonical.encode(canonical.decode(bytes(payload["body"])) | {"score": 1.5})
    update(tx, "payloads", payload, body=body)
    decided["digest"] = chains.digest(bytes(payload["salt"]), body)
    tx.run("UPDATE cases SET score = 1.5 WHERE id = ?", (chain,))
    _rewrite(tx, chain, events)
    return Edit("a decision", chain, touched=frozenset({chain}))


def insert_an_event_in_the_middle(tx: Tx, chance: Random) -> Edit:
    """And number the later ones anew."""
    chain = _case(tx, chance)
    events = _events(tx, chain)
    place = chance.randrange(1, len(events))
    salt, body = bytes(16), b'{"text":"I was there"}'
    tx.run("UPDATE payloads SET seq = -seq - 1 WHERE chain = ? AND seq > ?", (chain, place))
    tx.run("UPDATE payloads SET seq = -seq WHERE chain = ? AND seq < 0", (chain,))
    insert(tx, "payloads", {"chain": chain, "seq": place + 1, "salt": salt, "body": body})
    forged = events[place] | {"kind": "case.noted", "actor": "user:lea", "digest": chains.digest(salt, body)}
    _rewrite(tx, chain, [*events[:place], forged, *events[place:]])
    return Edit(f"an event behind {place}", chain, touched=frozenset({chain}))


def cut_the_end(tx: Tx, chance: Random) -> Edit:
    """With the seal that the chain had then, from a copy of that day."""
    chain = _case(tx, chance)
    events = _events(tx, chain)
    kept = chance.randrange(1, len(events))
    _cut(tx, chain, kept)
    head = bytes(events[kept - 1]["hash"])
    seal = chains.seal(derive(SECRET, "journal"), chain, kept, head)
    tx.run("UPDATE chains SET count = ?, seal = ?, checkpoint = NULL WHERE chain = ?", (kept, seal, chain))
    return Edit(f"the events behind {kept}", chain, len(events))


def cut_the_end_without_a_seal(tx: Tx, chance: Random) -> Edit:
    chain = _case(tx, chance)
    kept = chance.randrange(1, len(_events(tx, chain)))
    _cut(tx, chain, kept)
    tx.run("UPDATE chains SET count = ?, checkpoint = NULL WHERE chain = ?", (kept, chain))
    return Edit(f"the events behind {kept}", chain, touched=frozenset({chain}))


def remove_a_whole_case(tx: Tx, chance: Random) -> Edit:
    """From every table, the counters put right."""
    row = pick(tx, chance, "cases")
    case = row["id"]
    tx.run(
        "DELETE FROM work WHERE kind = 'page' AND subject IN (SELECT id FROM notifications WHERE case_id = ?)", (case,)
    )
    for table in ("payloads", "events", "chains"):
        tx.run(f"DELETE FROM {table} WHERE chain = ?", (case,))
    for table, column in _OF_CASES.items():
        tx.run(f"DELETE FROM {table} WHERE {column} = ?", (case,))
    tx.run("DELETE FROM work WHERE kind = 'case' AND subject = ?", (case,))
    tx.run("DELETE FROM cases WHERE id = ?", (case,))
    if row["state"] == "open":
        tx.run("UPDATE loads SET open_cases = open_cases - 1 WHERE user_id = ?", (row["owner"],))
    return Edit(f"case {case}", case)


def remove_the_newest_checkpoint(tx: Tx, chance: Random) -> Edit:
    """And what names it, as though it had never been."""
    row = pick(tx, chance, "checkpoints", "tip IS NOT NULL")
    tx.run("DELETE FROM checkpoints WHERE number = ?", (row["number"],))
    tx.run("UPDATE chains SET checkpoint = NULL WHERE checkpoint = ?", (row["number"],))
    return Edit(f"checkpoint {row['number']}", row=f"checkpoint {row['number']}")


def remove_every_checkpoint(tx: Tx, chance: Random) -> Edit:
    tx.run("DELETE FROM checkpoints")
    tx.run("UPDATE chains SET checkpoint = NULL")
    return Edit("every checkpoint", row="checkpoint 1", touched=frozenset())


def remove_a_checkpoint_and_close_the_gap(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "checkpoints", "tip IS NULL")
    number = row["number"]
    tx.run("DELETE FROM checkpoints WHERE number = ?", (number,))
    tx.run("UPDATE checkpoints SET number = -number + 1 WHERE number > ?", (number,))
    tx.run("UPDATE checkpoints SET number = -number WHERE number < 0")
    tx.run("UPDATE chains SET checkpoint = NULL WHERE checkpoint = ?", (number,))
    tx.run("UPDATE chains SET checkpoint = checkpoint - 1 WHERE checkpoint > ?", (number,))
    return Edit(f"checkpoint {number}", row=f"checkpoint {number}")


def swap_checkpoints(tx: Tx, chance: Random) -> Edit:
    one = pick(tx, chance, "checkpoints", "tip IS NULL")
    two = pick(tx, chance, "checkpoints", "tip IS NULL AND number <> ?", (one["number"],))
    for here, there in ((one, two), (two, one)):
        update(tx, "checkpoints", here, at=there["at"], heads=there["heads"], signature=there["signature"])
    return Edit("two checkpoints", row=f"checkpoint {one['number']}")


def sign_a_checkpoint_with_another_key(tx: Tx, chance: Random) -> Edit:
    """All of them anew from one on, so that they fit each other."""
    first = pick(tx, chance, "checkpoints")["number"]
    row = tx.row("SELECT signature FROM checkpoints WHERE number = ?", (first - 1,))
    previous = bytes(row[0]) if row else chains.GENESIS
    for number, at, heads in tx.rows(
        "SELECT number, at, heads FROM checkpoints WHERE number >= ? ORDER BY number", (first,)
    ):
        previous = checkpoints.sign(KEY, number, at, bytes(heads), previous)
        tip = checkpoints.tip(KEY, number, previous)
        tx.run(
            "UPDATE checkpoints SET signature = ?, tip = CASE WHEN tip IS NULL THEN NULL ELSE ? END WHERE number = ?",
            (previous, tip, number),
        )
    return Edit("signatures", row=f"checkpoint {first}")


def _case(tx: Tx, chance: Random) -> int:
    return int(pick(tx, chance, "cases")["id"])


def _events(tx: Tx, chain: int) -> list[dict[str, Any]]:
    rows = tx.rows(f"SELECT {', '.join(_COLUMNS)} FROM events WHERE chain = ? ORDER BY seq", (chain,))
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _put(tx: Tx, place: dict[str, Any], content: dict[str, Any]) -> None:
    update(tx, "events", place, **{name: content[name] for name in ("kind", "at", "actor", "digest", "hash")})


def _swap_payloads(tx: Tx, one: dict[str, Any], two: dict[str, Any]) -> None:
    parts = [
        tx.row("SELECT salt, body FROM payloads WHERE chain = ? AND seq = ?", (event["chain"], event["seq"]))
        for event in (one, two)
    ]
    for event, part in zip((two, one), parts, strict=True):
        assert part is not None
        update(tx, "payloads", event, salt=part[0], body=part[1])


def _rewrite(tx: Tx, chain: int, events: list[dict[str, Any]]) -> None:
    """These events are the chain now, linked, and sealed with a key that is not the installation's."""
    tx.run("DELETE FROM events WHERE chain = ?", (chain,))
    head = chains.GENESIS
    for seq, event in enumerate(events, 1):
        head = chains.link(head, chain, seq, event["at"], event["kind"], event["actor"], bytes(event["digest"]))
        insert(tx, "events", event | {"seq": seq, "hash": head})
    seal = chains.seal(KEY, chain, len(events), head)
    tx.run("UPDATE chains SET count = ?, seal = ?, checkpoint = NULL WHERE chain = ?", (len(events), seal, chain))


def _cut(tx: Tx, chain: int, kept: int) -> None:
    for table in ("payloads", "events"):
        tx.run(f"DELETE FROM {table} WHERE chain = ? AND seq > ?", (chain, kept))
