"""Why two cases are taken for one problem, in words, and as programs read it."""

from collections.abc import Sequence
from typing import Any

from tocsin.cases import queries
from tocsin.cases.alike import index, looking, taking
from tocsin.cases.alike.comparing import reasons_of
from tocsin.cases.alike.offers import Offer, Reasons
from tocsin.cases.context import Desk
from tocsin.core import ids, instants
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.wording import Counted, Listed, Reader, Said, counted, marked, say, unturned, worded
from tocsin.detection.problems.likeness import Frequencies
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_MOST = 10


def because(reasons: Reasons) -> list[Said | Counted]:
    """The reasons, the weightiest first as far as they speak for it; then what speaks against it."""
    found: list[tuple[float, Said | Counted]] = []
    points = reasons.likeness().points

    def worth(*names: str) -> float:
        return sum(points.get(name, 0.0) for name in names)

    if reasons.shared:
        said = Listed([unturned(one if one == other else f"{one} ~ {other}") for one, other in reasons.shared])
        of_words = worth("words", "about", "symptoms", "codes", "same-failing")
        found.append((of_words, say("both say: {words}", words=said)))
    found.append((worth("near", "day"), _apart(reasons.apart)))
    if reasons.others:
        says = counted("{amount} further case is of it", "{amount} further cases are of it", reasons.others)
        found.append((worth("many"), says))
    for name, texts in _EITHER.items():
        value = reasons.features.get(name, 0.0)
        text = texts[0] if value > 0 else texts[-1]
        if value and (value > 0 or worth(name)):
            found.append((worth(name), say(text)))
    return [says for _, says in sorted(found, key=lambda one: -one[0])]


_EITHER = {  # what is said of a feature that is more than nothing, and of one that is less
    "failing": (marked("both tell of a failure"),),
    "place": (marked("of the same environment"), marked("of different environments")),
    "area": (marked("the same product area"), marked("another product area")),
    "products": (marked("customers of the same product"),),
    "disjoint": (marked("customers of other products"),),
    "alone": (marked("one of them seems to concern a single person or device"),),
}


def _apart(apart: int) -> Said | Counted:
    if apart < HOUR:
        return counted("{amount} minute apart", "{amount} minutes apart", max(1, apart // MINUTE))
    if apart < 2 * DAY:
        return counted("{amount} hour apart", "{amount} hours apart", apart // HOUR)
    return counted("{amount} day apart", "{amount} days apart", apart // DAY)


def show_offer(offer: Offer | None, reader: Reader) -> dict[str, Any] | None:
    """What is offered as the parent of a case."""
    if offer is None:
        return None
    return {
        **_shown(offer.parent, offer.number, offer.external_id, offer.subject, offer.level),
        "likelihood": round(offer.likelihood, 3),
        "because": [worded(one, reader) for one in because(offer.reasons)],
        "at": instants.to_text(offer.at),
    }


def _shown(case: int, number: int, ticket: str | None, subject: str, level: str) -> dict[str, Any]:
    return {"id": ids.to_text(case), "number": number, "external_id": ticket, "subject": subject, "level": level}


def similar(tx: Tx, desk: Desk, viewer: Viewer, case: int, reader: Reader) -> list[dict[str, Any]]:
    """Which open cases this one is like, as they are now; the likeliest first. Whatever the policy offers."""
    if case not in queries.numbers(tx, viewer, [case]):
        return []
    known = index.prints(tx, [case]).get(case) or taking.of_cases(tx, [case]).get(case)
    if known is None:
        return []
    within = desk.policies.get(tx).at(tx.now).document.same_problem.within.microseconds
    seen = Frequencies(index.newest(tx))
    found: Sequence[looking.Alike] = looking.alike(tx, viewer, case, known, seen, within=within)[:_MOST]
    heads = looking.shown(tx, [one.case for one in found])
    return [
        {
            **_shown(one.case, *heads[one.case]),
            "likelihood": round(one.likeness.likelihood, 3),
            "because": [worded(each, reader) for each in because(reasons_of(tx, known, one))],
        }
        for one in found
    ]
