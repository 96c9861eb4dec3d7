"""A row is deleted, or one is added that nobody wrote."""

from random import Random
from typing import Any

from tests.stories.forgery.made import Edit, Kind, delete, insert, pick, update
from tocsin.core import ids
from tocsin.core.clock import DAY, HOUR
from tocsin.ledger import chain as chains
from tocsin.storage.transaction import Tx

KEY = b"not the key of this installation"


def kinds() -> list[Kind]:
    found = [(f"delete {name.removeprefix('delete_')}", do) for name, do in globals().items() if "delete_" in name]
    found += [(f"forge {name.removeprefix('forge_')}", do) for name, do in globals().items() if "forge_" in name]
    return [Kind(name.replace("_", " "), do) for name, do in found]


def delete_event(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "events")
    delete(tx, "payloads", row)
    delete(tx, "events", row)
    newest = tx.row("SELECT max(seq) FROM events WHERE chain = ?", (row["chain"],)) or (0,)
    gap = row["seq"] if (newest[0] or 0) > row["seq"] else None
    return Edit(f"event {row['seq']}", row["chain"], gap, touched=frozenset({row["chain"]}))


def delete_payload(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "payloads")
    delete(tx, "payloads", row)
    return Edit(f"payload {row['seq']}", row["chain"], row["seq"], touched=frozenset({row["chain"]}))


def delete_chain(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "chains", "chain")


def delete_checkpoint(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "checkpoints")
    delete(tx, "checkpoints", row)
    return Edit(f"checkpoint {row['number']}", row=f"checkpoint {row['number']}")


def delete_case(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "cases")
    delete(tx, "cases", row)
    return Edit(f"the row of case {row['id']}", row["id"])


def delete_clock(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "clocks", "case_id")


def delete_escalation(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "escalations", "case_id")


def delete_key(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "case_keys", "case_id")


def delete_span(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "case_spans", "case_id")


def delete_load(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "loads", "open_cases <> 0")
    delete(tx, "loads", row)
    return Edit("a counter", row=ids.to_text(row["user_id"]), touched=frozenset())


def delete_timer(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "work", "subject", "kind = 'case'")


def delete_notification(tx: Tx, chance: Random) -> Edit:
    return _delete(tx, chance, "notifications", "case_id", "kind = 'page'")


def delete_page_from_the_queue(tx: Tx, chance: Random) -> Edit:
    live = "SELECT n.id FROM notifications n JOIN escalations e ON e.id = n.escalation WHERE e.state <> 'stopped'"
    row = pick(tx, chance, "work", f"kind = 'page' AND subject IN ({live} AND e.state <> 'acknowledged')")
    delete(tx, "work", row)
    return Edit(f"the page {row['subject']}", row=ids.to_text(row["subject"]))


def forge_cancelled_page(tx: Tx, chance: Random) -> Edit:
    """A page that waits in the queue is never sent."""
    row = _page(tx, chance)
    update(tx, "notifications", row, state="cancelled", settled_at=row["queued_at"])
    tx.run("DELETE FROM work WHERE kind = 'page' AND subject = ?", (row["id"],))
    return _of_page(row)


def forge_sent_page(tx: Tx, chance: Random) -> Edit:
    row = _page(tx, chance)
    update(tx, "notifications", row, state="sent")
    tx.run("DELETE FROM work WHERE kind = 'page' AND subject = ?", (row["id"],))
    return _of_page(row)


def forge_late_page(tx: Tx, chance: Random) -> Edit:
    row = _page(tx, chance)
    late = (chance.choice((3 * HOUR, 1000 * DAY)), row["id"])
    tx.run("UPDATE work SET due_at = due_at + ? WHERE kind = 'page' AND subject = ?", late)
    return _of_page(row)


def forge_attempts_of_a_page(tx: Tx, chance: Random) -> Edit:
    """The next failure is taken for the last."""
    row = _page(tx, chance)
    tx.run("UPDATE work SET attempt = 99 WHERE kind = 'page' AND subject = ?", (row["id"],))
    return _of_page(row)


def forge_declined_page(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "notifications", f"kind = 'page' AND user_id NOT IN ({_DECLINERS})")
    update(tx, "notifications", row, declined_at=row["queued_at"] + 1)
    return _of_page(row)


def forge_event(tx: Tx, chance: Random) -> Edit:
    """At the end of a chain, correctly linked, and no more."""
    row = _last(tx, chance)
    _add_event(tx, row)
    return Edit("an event at the end", row["chain"], touched=frozenset({row["chain"]}))


def forge_event_and_count(tx: Tx, chance: Random) -> Edit:
    """As before, and the chain's row says so, but without the key."""
    row = _last(tx, chance)
    head = _add_event(tx, row)
    seal = chains.seal(KEY, row["chain"], row["seq"] + 1, head)
    tx.run(
        "UPDATE chains SET count = ?, seal = ?, checkpoint = NULL WHERE chain = ?",
        (row["seq"] + 1, seal, row["chain"]),
    )
    return Edit("an event with a seal", row["chain"], touched=frozenset({row["chain"]}))


def forge_payload(tx: Tx, chance: Random) -> Edit:
    row = _last(tx, chance)
    insert(tx, "payloads", {"chain": row["chain"], "seq": row["seq"] + 7, "salt": bytes(16), "body": b"{}"})
    return Edit("a payload", row["chain"], row["seq"] + 7, touched=frozenset({row["chain"]}))


def forge_chain(tx: Tx, chance: Random) -> Edit:
    chain = pick(tx, chance, "cases")["id"] + 1 + chance.randrange(1 << 30)
    insert(tx, "chains", {"chain": chain, "count": 0, "seal": bytes(32), "checkpoint": None})
    return Edit("a chain", chain, touched=frozenset({chain}))


def forge_whole_case(tx: Tx, chance: Random) -> Edit:
    """A case with row and history, correctly linked, sealed without the key."""
    row = pick(tx, chance, "cases")
    case = row["id"] + 1 + chance.randrange(1 << 30)
    insert(tx, "cases", row | {"id": case, "number": 1_000_000, "external_id": None})
    head = chains.GENESIS
    for event in _rows(tx, "events", row["id"]):
        head = chains.link(head, case, event["seq"], event["at"], event["kind"], event["actor"], event["digest"])
        insert(tx, "events", event | {"chain": case, "hash": head})
        payload = pick(tx, chance, "payloads", "chain = ? AND seq = ?", (row["id"], event["seq"]))
        insert(tx, "payloads", payload | {"chain": case})
    count = len(_rows(tx, "events", case))
    insert(
        tx, "chains", {"chain": case, "count": count, "seal": chains.seal(KEY, case, count, head), "checkpoint": None}
    )
    return Edit("a whole case", case)


def forge_checkpoint(tx: Tx, chance: Random) -> Edit:
    """One more at the end, with the mark of the newest."""
    row = pick(tx, chance, "checkpoints", "tip IS NOT NULL")
    update(tx, "checkpoints", row, tip=None)
    forged = {"number": row["number"] + 1, "signature": chance.randbytes(32), "tip": row["tip"]}
    insert(tx, "checkpoints", row | forged)
    return Edit("a checkpoint", row=f"checkpoint {row['number'] + 1}")


def forge_case(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "cases")
    case = row["id"] + 1 + chance.randrange(1 << 30)
    insert(tx, "cases", row | {"id": case, "number": 1_000_000, "external_id": None})
    return Edit("the row of a case", case, touched=frozenset({case}))


def forge_clock(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "clocks")
    insert(tx, "clocks", row | {"cycle": row["cycle"] + 90})
    return Edit("a clock", row["case_id"], row=row["clock"], touched=frozenset({row["case_id"]}))


def forge_escalation(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "escalations")
    insert(tx, "escalations", row | {"id": row["id"] + 1 + chance.randrange(1 << 30)})
    return Edit("an escalation", row["case_id"], touched=frozenset({row["case_id"]}))


def forge_key(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "case_keys")
    insert(tx, "case_keys", row | {"external_id": f"forged {row['external_id']}"})
    return Edit("a key", row["case_id"], row="forged", touched=frozenset({row["case_id"]}))


def forge_load(tx: Tx, chance: Random) -> Edit:
    user = pick(tx, chance, "users", "id NOT IN (SELECT user_id FROM loads)")
    insert(tx, "loads", {"user_id": user["id"], "open_cases": chance.choice((1, -3))})
    return Edit("a counter", row=ids.to_text(user["id"]), touched=frozenset())


def forge_timer(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "work", "kind = 'case'")
    case = pick(tx, chance, "cases", "id NOT IN (SELECT subject FROM work WHERE kind = 'case')")["id"]
    insert(tx, "work", row | {"subject": case})
    return Edit("a timer", case, row="timer", touched=frozenset({case}))


def forge_notification(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "notifications", "kind = 'page'")
    insert(tx, "notifications", row | {"id": row["id"] + 1 + chance.randrange(1 << 30), "pass": row["pass"] + 50})
    return Edit("a notification", row["case_id"], touched=frozenset({row["case_id"]}))


def forge_page_in_the_queue(tx: Tx, chance: Random) -> Edit:
    row = pick(tx, chance, "work", "kind = 'page'")
    page = row["subject"] + 1 + chance.randrange(1 << 30)
    insert(tx, "work", row | {"subject": page})
    return Edit("a page", row=ids.to_text(page), touched=frozenset())


_DECLINERS = "SELECT user_id FROM notifications WHERE declined_at IS NOT NULL"


def _page(tx: Tx, chance: Random) -> dict[str, Any]:
    """A page that is to be sent."""
    waiting = "SELECT subject FROM work WHERE kind = 'page' AND aside_at IS NULL"
    return pick(tx, chance, "notifications", f"kind = 'page' AND state = 'queued' AND id IN ({waiting})")


def _of_page(row: dict[str, Any]) -> Edit:
    name = f"page {ids.to_text(row['id'])}"
    return Edit(name, row["case_id"], row=name, touched=frozenset({row["case_id"]}))


def _delete(tx: Tx, chance: Random, table: str, chain: str, where: str = "1 = 1") -> Edit:
    row = pick(tx, chance, table, where)
    delete(tx, table, row)
    return Edit(f"{table} {row}", row[chain], touched=frozenset({row[chain]}))


def _rows(tx: Tx, table: str, chain: int) -> list[dict[str, Any]]:
    columns = "chain, seq, kind, at, actor, digest, hash"
    rows = tx.rows(f"SELECT {columns} FROM {table} WHERE chain = ? ORDER BY seq", (chain,))
    return [dict(zip(columns.split(", "), row, strict=True)) for row in rows]


def _last(tx: Tx, chance: Random) -> dict[str, Any]:
    """The last event of a chain."""
    chain = pick(tx, chance, "chains")["chain"]
    return _rows(tx, "events", chain)[-1]


def _add_event(tx: Tx, after: dict[str, Any]) -> bytes:
    salt, body = bytes(16), b'{"text":"all is well"}'
    digest = chains.digest(salt, body)
    chain, seq = after["chain"], after["seq"] + 1
    head = chains.link(after["hash"], chain, seq, after["at"], "case.noted", "user:lea", digest)
    forged = {"seq": seq, "kind": "case.noted", "actor": "user:lea", "digest": digest, "hash": head}
    insert(tx, "events", after | forged)
    insert(tx, "payloads", {"chain": chain, "seq": seq, "salt": salt, "body": body})
    return head
