"""What became of an answer to a page, in the words of the page behind its link. Pure."""

from typing import NamedTuple

from tocsin.clocks import moments, saying, zone
from tocsin.core import texts
from tocsin.core.wording import Instant, Reader, marked
from tocsin.languages import tongue
from tocsin.notify import pages
from tocsin.notify.answering import Found, LinkStanding
from tocsin.notify.facts import CallFacts
from tocsin.notify.reading import reader_of


class Reply(NamedTuple):
    """`says` names the person (`name`), when they acknowledged (`time`), whoever has the case or comes (`by`), and
    whoever called them in (`caller`)."""

    status: int
    title: str
    says: str


_REPLIES = {
    LinkStanding.DONE: Reply(
        200,
        marked("You have acknowledged it"),
        marked("Acknowledged at {time} as {name}. Nobody else is paged about this."),
    ),
    LinkStanding.COMES: Reply(
        200, marked("You come"), marked("Acknowledged at {time} as {name}. {caller} is told that you come.")
    ),
    LinkStanding.COUNTED: Reply(
        200,
        marked("Your answer counts"),
        marked("Acknowledged at {time} as {name}. The paging goes on until enough people have answered."),
    ),
    LinkStanding.DECLINED_NOW: Reply(200, marked("You declined"), marked("Declined as {name}.")),
    LinkStanding.USED: Reply(
        409,
        marked("Acknowledged already"),
        marked("{name} acknowledged this page at {time}; nobody else is paged about it."),
    ),
    LinkStanding.DECLINED: Reply(
        409,
        marked("Declined already"),
        marked("{name} has declined this page; there is nothing left to do."),
    ),
    LinkStanding.ANSWERED: Reply(
        409,
        marked("Answered already"),
        marked("The paging had stopped already{by}. Nothing was changed."),
    ),
    LinkStanding.SETTLED: Reply(
        409,
        marked("The case is over"),
        marked("It is no longer open, so nobody needs to acknowledge it."),
    ),
    LinkStanding.EXPIRED: Reply(
        410,
        marked("This link has expired"),
        marked("Links are valid for a day. Use the link in the newest message."),
    ),
    LinkStanding.HIDDEN: Reply(
        403,
        marked("The case is confidential"),
        marked("Only those named for it may see it, and {name} is not one of them."),
    ),
    LinkStanding.FORBIDDEN: Reply(
        403,
        marked("You may not acknowledge"),
        marked("The role of {name} does not allow it. The next step of the path is paged."),
    ),
}
_TAPPED_AGAIN = Reply(
    200,
    marked("You have acknowledged it"),
    marked("{name} acknowledged this page at {time}; nobody else is paged about it."),
)
UNKNOWN = Reply(404, marked("This link is not valid"), marked("Open the whole link, exactly as in the message."))
_DECLINED_SO_FAR = Reply(
    409, marked("Declined already"), marked("{name} has declined this page, and nobody has acknowledged it since.")
)


def reply(found: Found, *, acknowledging: bool) -> Reply:
    """What is said of it; to a second tap the same as to the first."""
    if found.standing is LinkStanding.USED and acknowledging:
        return _TAPPED_AGAIN
    return _DECLINED_SO_FAR if found.standing is LinkStanding.DECLINED and found.again else _REPLIES[found.standing]


def _by(name: str, call: CallFacts | None, to: Reader) -> str:
    """Who has answered before."""
    return to.says("; {name} has the case", name=name) if call is None else to.says("; {name} comes", name=name)


def says(found: Found, reply: Reply) -> list[str]:
    """What became of it, and who has the page after a decline."""
    to = reader_of(found.facts.zone, found.facts.language)
    called = found.facts.call
    by = _by(texts.isolated(found.by), called, to) if found.by else ""
    caller = texts.isolated(called.caller) if called is not None and called.caller else to.says("Whoever called you in")
    time = _clock(found, found.owed.answered_at) if found.owed is not None else ""
    name = texts.isolated(found.facts.display)
    told = [to.translated(reply.says).format(name=name, by=by, caller=caller, time=time)]
    if found.standing is LinkStanding.DECLINED_NOW:
        told.append(_paged_instead(found, to))
    return told


def rows(found: Found, now: int) -> list[tuple[str, str]]:
    """What is owed now by whoever has acknowledged, and until when the case is theirs."""
    if found.owed is None:
        return []
    to, asked = reader_of(found.facts.zone, found.facts.language), found.facts.next
    dues = ((to.says("Contain by"), found.owed.contain_by), (to.says("Customer hears by"), found.owed.hears_by))
    told = (
        [(to.says("Asked"), str(asked["question"]))] if asked and asked["asks"] not in ("acknowledge", "call") else []
    )
    told += [(label, _due(found, at, now, to)) for label, at in dues if at is not None]
    if found.until is not None:
        until = to.says("{time}, then the paging starts again", time=_hour(found, found.until, now))
        told.append((to.says("Yours until"), until))
    elif found.standing is LinkStanding.DONE:
        told.append((to.says("Yours until"), to.says("the case is over")))
    return told


def declining(found: Found) -> str:
    """What the button says that declines: with whom that pages."""
    to = reader_of(found.facts.zone, found.facts.language)
    if not found.instead:
        return to.says("Decline")
    named = pages.names(found.instead, to)
    return to.counts(
        "Decline: {names} is paged next", "Decline: {names} are paged next", len(found.instead), names=named
    )


def _due(found: Found, at: int, now: int, to: Reader) -> str:
    span = saying.coarse(abs(at - now))
    if at < now:
        return to.says("{time}, {span} late", time=_hour(found, at, now), span=span)
    return to.says("{time}, in {span}", time=_hour(found, at, now), span=span)


def _hour(found: Found, at: int, now: int) -> str:
    """`06:01` of today, else `06:01 on Tue 3 Mar`, where this person is."""
    where = zone.load(found.facts.zone)
    local, today = (zone.local(each, where) for each in (at, now))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return moments.wall(at, where, tongue(found.facts.language))


def _clock(found: Found, at: int) -> str:
    return f"{zone.local(at, zone.load(found.facts.zone)):%H:%M:%S}"


def times(found: Found, arrived_at: int, kept_for: int) -> str:
    """When an answer was given that was kept, and when it came."""
    to = reader_of(found.facts.zone, found.facts.language)
    both = {"tapped": Instant(arrived_at - kept_for), "arrived": Instant(arrived_at)}
    if _REPLIES[found.standing].status == 200:
        return to.says("You tapped at {tapped}, without a connection; it counts from {arrived}, when it came.", **both)
    return to.says("You tapped at {tapped}, without a connection; it came at {arrived}.", **both)


def _paged_instead(found: Found, to: Reader) -> str:
    if found.paged:
        people = pages.names(found.paged, to)
        return to.counts("{names} is paged now.", "{names} are paged now.", len(found.paged), names=people)
    after = pages.page(found.facts).following
    return to.says("Nobody else can be paged at once. {after}", after=after)
