"""Routes of the policy: its versions and activations, and the dry run of a decision."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import A_TIME, Body
from tocsin.api.once import write_once
from tocsin.cases import discretion
from tocsin.cases.customers import Customers
from tocsin.core import ids, instants
from tocsin.core.wording import Said
from tocsin.people.permissions import Viewer
from tocsin.policy import lenient, versions
from tocsin.policy.body import CaseBody
from tocsin.policy.decide import decide
from tocsin.policy.explain import explain
from tocsin.policy.facts import facts_of
from tocsin.policy.language import with_language
from tocsin.runtime import Installation

router = APIRouter(tags=["policy"])


class Activation(Body):
    source: str
    reason: str = ""
    effective_at: str | None = Field(
        default=None, description="From when it is in force; without it, now", json_schema_extra=A_TIME
    )


class Reversion(Body):
    reason: str = ""
    activation: str | None = Field(
        default=None, description="An activation that has not taken effect yet; default: the one in force"
    )


@router.post("/decisions")
async def decide_case(request: Request, here: Here, who: Who, again: Again) -> Response:
    """What would be decided for a case, and why, with what is known of its account; nothing is stored, so asking again
    with a key just asks again."""
    from starlette.concurrency import run_in_threadpool

    body, remarks = lenient.read(await request.body())
    return await run_in_threadpool(_dry_run, here, who, body, remarks)


def _dry_run(here: Installation, who: Viewer, body: CaseBody, remarks: Mapping[str, Said]) -> Response:
    who.require("cases.read")
    now = here.clock.now()
    with here.database.reading() as tx:
        policy = here.desk.policies.get(tx).at(now)
        customers = Customers(tx, [body])
        body, remarks = customers.fitted(body, remarks)
        account = customers.known(body)
    facts = with_language(policy, facts_of(body, account.facts if account else None, remarks))
    decision = decide(policy, facts, now)
    return json(discretion.shown({"decision": decision, "explanation": explain(policy, decision)}, who))


@router.get("/policies")
def list_policies(here: Here, who: Who) -> Response:
    """Every activation, the newest first, and which version is in force."""
    who.require("policy.read")
    now = here.clock.now()
    with here.database.reading() as tx:
        policies = versions.load(tx)
    force = policies.in_force(now)
    return json(
        {
            "in_force": force.version if force else None,
            "activation": ids.to_text(force.id) if force else None,
            "activations": [
                {
                    "id": ids.to_text(row.id),
                    "version": row.version,
                    "effective_at": instants.to_text(row.effective_at),
                    "activated_at": instants.to_text(row.activated_at),
                    "activated_by": row.activated_by,
                    "reason": row.reason,
                    "withdrawn_at": instants.to_text(row.withdrawn_at) if row.withdrawn_at else None,
                }
                for row in policies.activations
            ],
        }
    )


@router.get("/policies/{version}")
def show_policy(version: Annotated[int, Path(ge=1, le=2**31 - 1)], here: Here, who: Who) -> Response:
    """The text of a version, as it was stored."""
    who.require("policy.read")
    with here.database.reading() as tx:
        return Response(versions.source_of(tx, version), media_type="application/yaml")


@router.post("/policies", status_code=201)
def activate_policy(body: Activation, here: Here, who: Who, again: Again) -> Response:
    """Store a document and put it in force."""
    who.require("policy.write")

    def write(tx: Any) -> dict[str, Any]:
        version = versions.store(tx, here.journal, body.source, who.actor)
        at = instants.from_text(body.effective_at, "effective_at") if body.effective_at else tx.now
        activation = versions.activate(
            tx,
            here.mint,
            here.journal,
            version,
            by=who.actor,
            reason=body.reason,
            effective_at=at,
            names=here.names(tx),
        )
        return {"version": version, "activation": ids.to_text(activation), "effective_at": instants.to_text(at)}

    return write_once(here, again, 201, write)


@router.post("/policies/reversion")
def revert_policy(body: Reversion, here: Here, who: Who, again: Again) -> Response:
    """Withdraw the activation in force, so that the previous one is in force again; or one that has not taken effect
    yet."""
    who.require("policy.write")
    coming = ids.from_text(body.activation, "activation") if body.activation is not None else None

    def write(tx: Any) -> dict[str, Any]:
        if coming is None:
            gone = versions.revert(tx, here.mint, here.journal, by=who.actor, reason=body.reason)
        else:
            gone = versions.withdraw(tx, here.mint, here.journal, coming, by=who.actor, reason=body.reason)
        return {"withdrawn": gone.version, "activation": ids.to_text(gone.id)}

    return write_once(here, again, 200, write)
