"""`/policy`: which version decides, and all that it says: rules in words, weights, targets, paths, examples."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.policy import sentences
from tocsin.policy.compiled import Policy
from tocsin.policy.examples import ExampleResult, run_example
from tocsin.policy.model import Document
from tocsin.policy.versions import Policies
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Visit, Visiting

router = APIRouter(route_class=PageRoute)
PLACE = frame.POLICY
_RECENT = 5  # activations beside the rules


@router.get("/policy")
def show(visit: Visiting, done: str = "") -> Response:
    visit.viewer.require("policy.read")
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies, people = here.desk.policies.get(tx), here.desk.directory.get(tx)
    force = policies.in_force(at)
    if force is None:
        return frame.show(visit, "rules", "none.html", visit.says("No policy decides"))
    policy = policies.compiled(force.version)
    results = examples(policy)
    return frame.show(
        visit,
        "rules",
        "rules.html",
        heading(visit, policies, at),
        key=done,
        force=force,
        by=people.called(force.activated_by) or "Tocsin",
        coming=[row for row in policies.activations if row.withdrawn_at is None and row.effective_at > at],
        recent=[(row, people.called(row.activated_by) or "Tocsin") for row in policies.activations[:_RECENT]],
        results=results,
        failing=[result for result in results if not result.ok],
        **told(policy.document),
    )


def heading(visit: Visit, policies: Policies, at: int) -> str:
    """Which version decides; since when stands below, as a time that the browser says in its own zone."""
    force = policies.in_force(at)
    if force is None:
        return visit.says("No policy decides")
    return visit.says("Version {version} decides", version=str(force.version))


def examples(policy: Policy) -> list[ExampleResult]:
    """The examples of a policy, decided, those that fail first."""
    found = [run_example(policy, example) for example in policy.document.examples]
    return sorted(found, key=lambda result: result.ok)


def told(document: Document) -> dict[str, Any]:
    """What a policy says, as its page shows it."""
    return {
        "document": document,
        "rules": sentences.sentences(document),
        "factors": [(factor, sentences.curve(factor)) for factor in document.score],
        "levels": sorted(document.levels.values(), key=lambda level: level.at),
        "clocks": sentences.clocks(document),
        "promised": sentences.promised(document),
        "paths": [(path, [sentences.step(step) for step in path.steps]) for path in document.paths.values()],
        "hours": sentences.hours(document),
    }
