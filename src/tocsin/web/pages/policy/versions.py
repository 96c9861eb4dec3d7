"""`/policy/versions`: who stored and activated what, and why; one version as it is written; what differs between
two."""

import difflib
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from tocsin.core import ids
from tocsin.core.errors import InvalidDocument, Problem
from tocsin.policy import changes, document, versions
from tocsin.policy.check import check
from tocsin.policy.compiled import compile_policy
from tocsin.policy.diff import diff
from tocsin.policy.examples import ExampleResult
from tocsin.policy.model import Document
from tocsin.policy.names import Names
from tocsin.policy.versions import Activation, Policies, Version
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Visit, Visiting
from tocsin.web.pages.policy.page import examples

router = APIRouter(route_class=PageRoute)
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Chosen = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
_LINES = 6000  # of two texts, of which a difference is shown
_AROUND = 3  # lines around a difference


State = Literal["decides", "coming", "over", "withdrawn"]


class VersionListed(NamedTuple):
    """A version with its activations, the newest first; `by`: who stored it."""

    version: Version
    by: str
    activations: list["VersionShown"]


class VersionShown(NamedTuple):
    """An activation; `until`: when another took its place, None while none has."""

    row: Activation
    by: str
    state: State
    until: int | None


class VersionLine(NamedTuple):
    """A line of a difference of texts. `kind`: ins, del, ctx, or gap between two places."""

    kind: str
    text: str


class Examined(NamedTuple):
    """A text looked at as activation will: `parsed` None where it cannot be read; `results`: of its examples."""

    parsed: Document | None
    problems: list[Problem]
    results: list[ExampleResult]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def failing(self) -> list[ExampleResult]:
        return [result for result in self.results if not result.ok]

    @property
    def sound(self) -> bool:
        """Whether it may be activated."""
        return self.parsed is not None and not self.errors and not self.failing


@router.get("/policy/versions")
def show(visit: Visiting, done: str = "") -> Response:
    visit.viewer.require("policy.read")
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        stored, policies, people = versions.stored(tx), here.desk.policies.get(tx), here.desk.directory.get(tx)
    shown = activations(policies, at)
    listed = [
        VersionListed(
            version,
            people.called(version.author) or "Tocsin",
            [
                VersionShown(row, people.called(row.activated_by) or "Tocsin", *shown[row.id])
                for row in policies.activations
                if row.version == version.number
            ],
        )
        for version in stored
    ]
    effective = list(policies.effective(at))
    idle = [each for each in listed if not each.activations]
    says = visit.counts("{amount} version", "{amount} versions", len(listed))
    if effective:
        says += "; " + visit.says("version {version} decides", version=str(effective[0].version))
    if idle:
        says += "; " + visit.counts("{amount} never did", "{amount} never did", len(idle))
    return frame.show(
        visit,
        "versions",
        "versions.html",
        says,
        key=done,
        listed=listed,
        force=effective[0] if effective else None,
        before=effective[1] if len(effective) > 1 else None,
        ids=ids.to_text,
    )


@router.get("/policy/versions/{version}")
def show_one(version: Number, visit: Visiting, done: str = "") -> Response:
    visit.viewer.require("policy.read")
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        source, policies = versions.source_of(tx, version), here.desk.policies.get(tx)
        examined = examine(source, here.names(tx))
    force = policies.in_force(at)
    decides = force is not None and force.version == version
    heading = visit.says(
        "Version {version} decides" if decides else "Version {version} does not decide", version=str(version)
    )
    return frame.show(
        visit,
        "versions",
        "version.html",
        heading,
        key=done,
        version=version,
        force=force,
        decides=decides,
        source=source,
        examined=examined,
    )


@router.get("/policy/compare")
def compare(visit: Visiting, before: Chosen = None, after: Chosen = None) -> Response:
    visit.viewer.require("policy.read")
    if before is None or after is None:
        return _choose(visit, before, after)
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        old, new = versions.source_of(tx, before), versions.source_of(tx, after)
        numbers = [each.number for each in versions.stored(tx)]
    found = differences(old, new)
    amount = sum(len(each.changes) for each in found["changed"])
    heading = visit.says("Versions {before} and {after} mean the same", before=str(before), after=str(after))
    if amount:
        says = visit.counts("{amount} difference", "{amount} differences", amount)
        heading = visit.says(
            "{amount} from version {before} to {after}", amount=says, before=str(before), after=str(after)
        )
    return frame.show(visit, "versions", "compare.html", heading, before=before, after=after, numbers=numbers, **found)


def _choose(visit: Visit, before: int | None, after: int | None) -> Response:
    """What is missing, and the versions that there are; the one that decides and the newest stand there chosen."""
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        numbers = [each.number for each in versions.stored(tx)]
        force = here.desk.policies.get(tx).in_force(at)
    given = before or after
    heading = visit.says("Which two versions are to be compared?")
    if given is not None:
        heading = visit.says("With which version is version {version} to be compared?", version=str(given))
    if len(numbers) < 2:
        heading = visit.says("There are no two versions to compare yet")
    before = before or (force.version if force is not None and force.version != after else None)
    after = after or next((each for each in sorted(numbers, reverse=True) if each != before), None)
    return frame.show(visit, "versions", "compare.html", heading, before=before, after=after, numbers=numbers)


def activations(policies: Policies, at: int) -> dict[int, tuple[State, int | None]]:
    """What became of each activation, by id, and until when it held."""
    found: dict[int, tuple[State, int | None]] = {}
    force = policies.in_force(at)
    following: int | None = None
    for row in policies.activations:  # the newest first
        if row.withdrawn_at is not None:
            found[row.id] = ("withdrawn", row.withdrawn_at)
        elif row.effective_at > at:
            found[row.id] = ("coming", None)
        else:
            found[row.id] = ("decides" if force is not None and row.id == force.id else "over", following)
            following = row.effective_at
    return found


def examine(source: str, names: Names) -> Examined:
    """Whether a text may be activated, and why not."""
    try:
        parsed = document.parse(source)
    except InvalidDocument as error:
        return Examined(None, list(error.problems), [])
    problems = check(parsed, names)
    if any(problem.severity == "error" for problem in problems):
        return Examined(parsed, problems, [])
    return Examined(parsed, problems, examples(compile_policy(parsed)))


def differences(old: str, new: str) -> dict[str, Any]:
    """What differs between two texts of policies: in words by rule, and line by line; None where that is too long."""
    meant = changes.told(diff(document.parse(old), document.parse(new)))
    return {"changed": meant, "lines": lines(old, new)}


def lines(old: str, new: str) -> list[VersionLine] | None:
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _LINES:
        return None
    found = []
    for line in list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]:
        kind = {"+": "ins", "-": "del", "@": "gap"}.get(line[:1], "ctx")
        found.append(VersionLine(kind, line))
    return found
