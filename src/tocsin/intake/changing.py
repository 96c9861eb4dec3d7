"""What a signal means for the case that it is about, by the effect of what it states. Pure plans."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tocsin.cases import acting, alerting, claims, expiring, ownership
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.deciding import Matched
from tocsin.cases.happenings.messages import CustomerUpdated, FiredAgain, Heard, Recovered, Replied
from tocsin.cases.happenings.progress import Reopened
from tocsin.cases.past import told
from tocsin.cases.paths import answering
from tocsin.cases.reclassifying import reclassify
from tocsin.cases.reviving import revive, woken
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.resolution import ended, solved
from tocsin.core import ids
from tocsin.core.clock import HOUR
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, marked, plain, say, words_of
from tocsin.intake.reading import Signal
from tocsin.intake.statements import Effect
from tocsin.intake.statuses import Says
from tocsin.ledger.journal import Event
from tocsin.people.accounts import Account
from tocsin.policy import remarks
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.facts import Facts, facts_of
from tocsin.policy.triage import monitors

Loads = Callable[[], dict[int, int]]  # open cases by user, read when they are first asked for

_OF_THE_MESSAGE = ("subject", "body")  # on a reply, or a word that it is over: not the ticket's own
_FILED = frozenset({"tags", "sentiment", "language", "product_area"})  # how a ticket is filed, and not what it is about
_SPELL = HOUR  # after people were told that it is broken again, more of its changes are recorded, and no more
_CAME = {  # by the kind of a signal
    "ticket": say("its ticket came in again"),
    "reply": say("a reply came in"),
    "solved": say("its source says that it is solved"),
    "public_reply": say("a public reply came in"),
}
_DESCRIBES = ("subject", "body", "users_affected")


class Meant(NamedTuple):
    """A signal and what follows from it. `news`: it says another status than the last; `stored`: the case's last
    decision, None where it was erased; `older`: something newer was heard, so it is only kept; `stale`: its facts are
    older than others; `decides`: it begins or ends something; `account`: the customer that it names."""

    signal: Signal
    effect: Effect
    says: Says
    news: bool
    stored: bytes | None
    older: bool
    stale: bool
    decides: bool
    account: Account | None = None


def history(state: Aggregate) -> bool:
    """Whether imported history may go on changing a case: one that it opened, and that nobody has worked on."""
    return state.case.imported and state.case.state != "merged"


def plan(meant: Meant, loads: Loads) -> acting.Plan:
    """The events that a signal means for a case that it does not open."""
    signal = meant.signal

    def planned(state: Aggregate, scene: Scene) -> list[Event]:
        if signal.imported and (meant.older or not history(state)):
            return []
        if signal.imported and (signal.past is not None or state.case.state != "open"):
            return _remembered(meant, state, scene)
        if meant.older:
            return [_heard(signal, "older")]
        draft = Draft(state, scene.now)
        if meant.effect in (Effect.END, Effect.RECORD):
            if meant.stored is not None:
                _change(draft, scene, meant)
            draft.add_all(_over(meant, draft.state, scene.again(draft.state)))
        else:
            _goes_on(draft, scene, meant, loads)
        return draft.events

    return planned


def _remembered(meant: Meant, state: Aggregate, scene: Scene) -> list[Event]:
    """What a further row of imported history changes: the facts, and how the ticket stood. It wakes nobody."""
    draft = Draft(state, scene.now)
    _change(draft, scene, meant)
    if meant.signal.past is not None:
        draft.add_all(told(draft.state, meant.signal.past, scene.now, meant.signal.viewer.actor))
    return draft.events


def describes(signal: Signal, stored: bytes | None) -> bool:
    """Whether a signal reports a problem, rather than how its ticket is filed: tags, a survey, whose it is."""
    if not any(signal.given.get(name) is not None for name in _DESCRIBES):
        return False
    if stored is None or monitors(signal.key[0]):
        return True
    known = from_bytes(stored).facts
    now = merged(known, signal)
    changed = {name for name in known["case"] | now["case"] if known["case"].get(name) != now["case"].get(name)}
    return not (changed <= _FILED and (changed or known["account"] != now["account"]))


def _goes_on(draft: Draft, scene: Scene, meant: Meant, loads: Loads) -> None:
    """Its facts, its reply, that it fires again; and what follows where it was over, or was imported, till now."""
    signal, before, actor = meant.signal, draft.state.case, meant.signal.viewer.actor
    reopens = meant.effect is Effect.REOPEN
    rested = (before.resolved_at or before.closed_at) if reopens else None
    wakes = before.imported and not signal.imported and (reopens or before.state == "open")
    spell = _spell(draft.state, scene, signal) if reopens else None
    if reopens:
        why = _reason(meant)
        again = Reopened(reason=plain(why), flapped=spell, source=signal.key[0], words=words_of(why))
        draft.add(again.event(actor))
    if wakes:
        draft.add(woken(draft.state, scene, _CAME[signal.kind], actor))
    if meant.effect is Effect.FIRE and not signal.imported:
        _broken(draft, scene, meant)
    if signal.kind == "reply":
        _replied(draft, scene, signal, tells=not (reopens or signal.imported))
    elif signal.kind == "public_reply":
        told = CustomerUpdated(text=signal.body.body, audience="customer", by=signal.key[0])
        draft.add(told.event(signal.viewer.actor))
    decision = _change(draft, scene, meant)
    if (wakes or reopens) and draft.state.case.owner is None:
        _own(draft, scene, decision, loads())
    if reopens or wakes:
        revive(draft, scene, decision, again=reopens, rested=rested)
    if reopens and draft.state.case.level == "standard" and spell in (None, scene.now):  # higher ones page
        here = scene.again(draft.state)
        people = alerting.workers(here) or alerting.lead(here)
        why = _reason(meant)
        says = say("{why}, so it is open again", why=why) if spell is None else say(_OPEN_AGAIN, why=why)
        draft.add(alerting.alert(here, "reopened", says, people))


def _broken(draft: Draft, scene: Scene, meant: Meant) -> None:
    """Its source says that it is broken: a hold ends, which waited for the customer. One notice for those who have to
    know: that it contests a claim; else that it is not over, or not contained, as was thought."""
    case, source = draft.state.case, meant.signal.key[0]
    recovered = case.recovered_at is not None and not _flaps(draft.state, scene)
    held, contained = case.held_at is not None, case.contained_at is not None and case.broken_at is None
    draft.add(_fired(meant, told=recovered))
    here = scene.again(draft.state)
    contested = claims.contested(here, draft.state, _reason(meant), meant.signal.viewer.actor, machine=True)
    draft.add_all(contested)
    if held:
        draft.add(expiring.released(scene, draft.state, scene.now, _reason(meant)))
    here = scene.again(draft.state)
    people = alerting.confirmers(here, draft.state) if recovered else []
    people += alerting.workers(here) + alerting.lead(here) if contained or held else []
    if people and not contested:
        if contained:
            says = say("{source} says that it is broken, though it is contained", source=source)
        elif held:
            says = say("{source} says that it is broken, so it is on hold no more", source=source)
        else:
            says = say(_BROKEN_AGAIN, source=source)
        draft.add(alerting.alert(here, "recovered" if recovered else "broken", says, people))


_OPEN_AGAIN = marked("{why}, so it is open again; for an hour, further changes are only recorded")
_BROKEN_AGAIN = marked("{source} says that it is broken again; for an hour, further changes are only recorded")


def _spell(state: Aggregate, scene: Scene, signal: Signal) -> int | None:
    """Since when people know that a standard case comes and goes, which its monitoring tool opens again; None for any
    other, whose people are told each time."""
    if state.case.level != "standard" or signal.kind == "reply" or not monitors(signal.key[0]):
        return None
    return state.case.flapped_at if _flaps(state, scene) else scene.now


def _flaps(state: Aggregate, scene: Scene) -> bool:
    """Whether people were told a short time ago that it is broken again, and so know that it comes and goes."""
    told = state.case.flapped_at
    return told is not None and scene.now - told < _SPELL


def _replied(draft: Draft, scene: Scene, signal: Signal, *, tells: bool) -> None:
    """The customer's words are kept, contest a claim and end a hold. `tells`: as what a source says tells people, where
    the case was thought to be contained, or nobody was expected to look at it."""
    case = draft.state.case
    held, contained = case.held_at is not None, case.contained_at is not None
    subject = signal.body.subject if signal.given.get("subject") is not None else None
    draft.add(Replied(text=signal.body.body, audience="customer", subject=subject).event(signal.viewer.actor))
    here = scene.again(draft.state)
    contested = claims.contested(here, draft.state, say("the customer wrote"), signal.viewer.actor)
    draft.add_all(contested)
    if held:
        draft.add(expiring.released(scene, draft.state, scene.now, say("the customer wrote")))
    if tells and (held or contained) and not contested:
        here = scene.again(draft.state)
        if contained:
            says = say("the customer wrote, though it is contained")
        else:
            says = say("the customer wrote, so it is on hold no more")
        draft.add(alerting.alert(here, "replied", says, _concerned(here)))


def _concerned(scene: Scene) -> list[Named]:
    """Who hears that a case needs work again: who works on it, and its lead, who need not for each standard case, nor
    for one whose parent's people hear of it."""
    people, case = alerting.workers(scene), scene.case
    alone = case.level == "standard" or case.parent is not None
    return people if people and alone else people + alerting.lead(scene)


def _change(draft: Draft, scene: Scene, meant: Meant) -> Decision:
    """The case decided again where its facts have changed."""
    if meant.stored is None:
        raise InvalidInput(say("the facts of the case were erased"), place="external_id", expected=say("a new ticket"))
    last, actor = from_bytes(meant.stored), meant.signal.viewer.actor
    facts, account = merged(last.facts, meant.signal), meant.account
    if account is not None and account.id != draft.state.case.account:
        answering.require_customer(meant.signal.viewer, draft.state, scene, account.owner)
        name = account.facts.get("name") or account.external_id
        draft.add(Matched(account=ids.to_text(account.id), name=name).event(actor))
        facts["account"] = facts_of(meant.signal.body, account.facts)["account"]
    return reclassify(draft, scene, last, facts, actor)


def _over(meant: Meant, state: Aggregate, scene: Scene) -> list[Event]:
    """A help desk's word is a claim like a person's, though it may neither work on cases nor see this one. A monitoring
    tool's is recorded, asks the senior once, and stops nothing. Of a case that is over, or claimed to be, it is kept
    where it is news."""
    case, signal, source = state.case, meant.signal, meant.signal.key[0]
    if case.state != "open":
        return [_heard(signal, "over")] if meant.news else []
    if case.resolution_claimed_at is not None:
        return []
    note = signal.body.body if signal.kind == "solved" else f"{source}: {signal.body.status}"
    if signal.imported:
        return ended(signal.viewer, state, scene, note)
    if not monitors(source):
        return solved(signal.viewer, state, scene, note, sure=False)
    if case.recovered_at is not None:
        return []
    flaps = _flaps(state, scene)
    recovered = Recovered(source=source, note=note, told=not flaps).event(signal.viewer.actor)
    if flaps:
        return [recovered]
    people = alerting.confirmers(scene, state)
    return [recovered, alerting.alert(scene, "recovered", say("{source} says that it is over", source=source), people)]


def _heard(signal: Signal, why: str) -> Event:
    """`case.heard`: kept, and no more."""
    body = signal.body
    text = body.body if signal.given.get("body") is not None else signal.given.get("subject")
    said = Heard(source=signal.key[0], kind=signal.kind, status=body.status, text=text, at=signal.at, why=why)
    return said.event(signal.viewer.actor)


def _fired(meant: Meant, *, told: bool) -> Event:
    """`told`: whether it ends a recovery of which people were told, and they are told that too."""
    signal = meant.signal
    status = signal.body.status
    fired = FiredAgain(source=signal.key[0], status=status, note=None, at=signal.at, told=told)
    return fired.event(signal.viewer.actor)


def _reason(meant: Meant) -> Said:
    signal = meant.signal
    if signal.kind == "reply":
        return say("the customer wrote")
    if meant.says is Says.NOTHING:
        return say("{source} reports it again", source=signal.key[0])
    return say("{source} says {status}", source=signal.key[0], status=signal.body.status)


def _own(draft: Draft, scene: Scene, decision: Decision, loads: dict[int, int]) -> None:
    """An owner by the route, as for a new case."""
    choice = ownership.choose(scene.around, decision.team, decision.assign, loads, draft.now)
    if choice.user is not None:
        draft.add(ownership.assignment(scene.around, draft.state, choice.user, choice.reason, "engine"))
        loads[choice.user] = loads.get(choice.user, 0) + 1


def merged(known: Facts, signal: Signal) -> Facts:
    """The facts with those that the signal names in their place; null takes one away. What a reply, or the word that
    it is over, says in its own text is no fact of the ticket."""
    given = _facts_given(signal)
    new = facts_of(signal.body)
    case, account = dict(known["case"]), dict(known["account"])
    for name, value in new["case"].items():
        if given.get(name) is not None:
            case[name] = {**case.get(name, {}), **value} if name == "attributes" else value
    account.update(new["account"])
    _take_away(given, case)
    _take_away(given.get("account"), account)
    _take_away(given.get("attributes"), case.get("attributes", {}))  # merged above, so ours to change
    return {"case": case, "account": account} | remarks.kept(signal.remarks, known, _anew(signal))


def _facts_given(signal: Signal) -> dict[str, Any]:
    machine = signal.says is Says.ENDS and monitors(signal.key[0])
    if signal.kind == "ticket" and not machine:
        return signal.given
    return {name: value for name, value in signal.given.items() if name not in _OF_THE_MESSAGE}


def _anew(signal: Signal) -> set[str]:
    """The fields that it gives: what was remarked of them before is over."""
    again = {name for name, value in signal.given.items() if not isinstance(value, dict)}
    for name in ("account", "attributes"):
        again |= {f"{name}.{inner}" for inner in signal.given.get(name) or {}}
    return again


def _take_away(given: dict[str, Any] | None, known: dict[str, Any]) -> None:
    """Forget what is given as null. A subject stays: a case without one cannot be read."""
    for name, value in (given or {}).items():
        if value is None and name != "subject":
            known.pop(name, None)
