"""`/start/policy`: a starter is looked at in numbers, tried on a file of one's own, and decides with one press."""

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import starting
from tocsin.core.errors import InvalidDocument, Problem
from tocsin.core.wording import marked
from tocsin.intake import csv_trial, uploads
from tocsin.intake.csv_trial import CsvTrial
from tocsin.intake.import_runs import MAPPING
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.intake.uploads import Contents, Upload
from tocsin.policy import document, starters
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.examples import DEFAULT_TIME
from tocsin.policy.facts import facts_of
from tocsin.policy.language import with_language
from tocsin.policy.sentences import clocks, promised
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings import imports
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import POLICY

router = APIRouter(route_class=PageRoute)
_OF_EACH = 2  # examples of a level that are shown
_TOLD = ("assign", "acknowledge", "contain", "resolve", "update")  # of its clocks, in this order


class Offered(NamedTuple):
    """A starter as it is offered."""

    name: str
    title: str
    says: str


class Tried(NamedTuple):
    """An example of a policy, and what that decides for it."""

    subject: str
    level: str
    score: float


OFFERED = (
    Offered("b2b-saas", marked("Businesses, few and large"), marked("Segment, contract and revenue count")),
    Offered("it-service-desk", marked("Colleagues"), marked("A service desk: who cannot work, and how many")),
    Offered("consumer", marked("People, many"), marked("Numbers and tone count more than one account")),
)


@router.get("/start/policy")
def show(visit: Visiting, starter: str = starters.DEFAULT, done: str = "") -> Response:
    return _page(visit, starter, key=done)


@router.post("/start/policy")
def use(visit: Visiting, form: Fields) -> Response:
    starter = form.get("starter", "")

    def do() -> str:
        frame.require(visit)
        reason = visit.says("The first policy, by the starter {starter}", starter=starter)

        def write(tx: Tx) -> int:
            zone = _zone(tx, visit)
            source = starting.fitted(starter, zone, visit.viewer.name)
            return starting.put_in_force(tx, visit.here, visit.viewer, source, zone, reason)

        visit.here.writer.write(write)
        return f"{POLICY.path}?done=policy"

    return carried(visit, form, "policy", do, lambda kept: _page(visit, starter, kept))


@router.post("/start/policy/try")
def try_on_file(visit: Visiting, form: Fields) -> Response:
    """What the policy in force, or the starter that is looked at, would decide for a file of tickets; no case
    comes of it. The file is kept as one that was brought under Imports."""
    starter = form.get("starter", "")

    def do() -> Response:
        frame.require(visit)
        upload, file = imports.brought(visit, form)
        return _page(visit, starter, upload=upload, file=file)

    return carried(visit, form, "file", do, lambda kept: _page(visit, starter, kept))


def _page(
    visit: Visit,
    starter: str,
    kept: Kept | None = None,
    *,
    key: str = "",
    upload: Upload | None = None,
    file: Contents | None = None,
) -> Response:
    frame.require(visit)
    starter = starter if starter in starters.NAMES else starters.DEFAULT
    now = visit.here.clock.now()
    with visit.here.database.reading(now) as tx:
        policies, zone = visit.here.desk.policies.get(tx), _zone(tx, visit)
        force = policies.in_force(tx.now)
    source = starting.fitted(starter, zone, visit.viewer.name)
    policy = policies.compiled(force.version) if force is not None else compile_policy(document.parse(source))
    told = policy.document
    trial, problems = _trial(policy, upload, file, now) if upload is not None and file is not None else (None, ())
    running = {name: title for name, title in clocks(told) if name in _TOLD}
    return frame.show(
        visit,
        POLICY,
        key=key,
        kept=kept,
        offered=OFFERED,
        starter=starter,
        force=force,
        zone=zone,
        levels=sorted(told.levels.values(), key=lambda level: level.at),
        clocks=[(name, running[name]) for name in _TOLD if name in running],
        promised=promised(told),
        tried=_tried(policy),
        upload=upload,
        trial=trial,
        problems=problems,
        most=uploads.MOST_BYTES // (1024 * 1024),
    )


def _trial(policy: Policy, upload: Upload, file: Contents, now: int) -> tuple[CsvTrial | None, tuple[Problem, ...]]:
    """Its tickets as the policy would decide them by the drafted mapping, or what is wrong with that."""
    try:
        return csv_trial.tried(file, parse_mapping(upload.mapping, MAPPING), policy, now), ()
    except InvalidDocument as error:
        return None, error.problems


def _zone(tx: Tx, visit: Visit) -> str:
    """That of the reader, which the first policy takes over."""
    return visit.here.desk.directory.get(tx).by_name[visit.viewer.name].zone or "UTC"


def _tried(policy: Policy) -> list[Tried]:
    """What it decides for some of its examples, the gravest first, a few of each level."""
    found: dict[str, list[Tried]] = {level: [] for level in ("executive", "senior", "standard")}
    for example in policy.document.examples:
        facts = with_language(policy, facts_of(example.given))
        decision = decide(policy, facts, DEFAULT_TIME if example.at is None else example.at)
        subject = str(example.given.get("subject", example.name))
        found[decision.level].append(Tried(subject, decision.level, decision.score))
    return [one for those in found.values() for one in those[:_OF_EACH]]
