"""Tokens that are narrowed to some of their role's permissions stay so, whatever becomes of their user."""

from hashlib import sha256
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.testing import World
from tocsin.core.clock import SECOND
from tocsin.core.errors import Unauthenticated
from tocsin.people import directory, tokens
from tocsin.people.events import TOKENS
from tocsin.people.permissions import PERMISSIONS, SYSTEM, Viewer


def issued(world: World, name: str, role: str, user: str | None, scopes: list[str] | None) -> str:
    def write(tx: Any) -> str:
        known = directory.load(tx).by_name[user].id if user else None
        found = tokens.scopes_of(SYSTEM, role, scopes)
        return tokens.issue(
            tx, world.installation.mint, world.installation.journal, name, role, "test", user=known, scopes=found
        )

    return str(world.installation.writer.write(write))


def behind(world: World, secret: str) -> Viewer:
    return world.installation.entrance.doorkeeper.viewer(secret, world.clock.now())


def able(viewer: Viewer) -> set[str]:
    return {permission for permission in PERMISSIONS if viewer.may(permission)}


def change(world: World, name: str, **changes: Any) -> None:
    world.installation.writer.write(
        lambda tx: directory.change_user(
            tx, world.installation.mint, world.installation.journal, name, changes, by="test"
        )
    )
    world.forward(3 * SECOND)  # beyond what a process remembers of a token


def test_another_role_does_not_widen_a_narrowed_token(stage: Stage) -> None:
    world = stage()
    narrow = issued(world, "narrow", "agent", "anna", ["cases.open"])
    wide = issued(world, "wide", "agent", "anna", None)
    assert able(behind(world, narrow)) == {"cases.open"}
    assert behind(world, narrow) == behind(world, narrow), "from the database, and remembered"
    change(world, "anna", role="admin")
    assert behind(world, narrow).role == "admin"
    assert able(behind(world, narrow)) == {"cases.open"}
    assert able(behind(world, wide)) == set(PERMISSIONS)
    change(world, "anna", role="committee")
    assert able(behind(world, narrow)) == set(), "which opens no cases"


def test_a_list_tells_what_tokens_are_narrowed_to(stage: Stage) -> None:
    world = stage()
    issued(world, "narrow", "operator", None, ["operate", "cases.open", "operate"])
    issued(world, "wide", "operator", None, None)
    with world.installation.database.reading() as tx:
        listed = {token["name"]: token["scopes"] for token in tokens.listed(tx)}
        stored = tx.row("SELECT scopes FROM tokens WHERE name = 'narrow'")
    assert (listed["narrow"], listed["wide"]) == (["cases.open", "operate"], None)
    assert stored == ("cases.open operate",)


def test_a_permission_that_no_release_knows_opens_nothing(stage: Stage) -> None:
    world = stage()
    here, now, secret = world.installation, world.clock.now(), "tocsin_of_an_older_release"
    digest = sha256(secret.encode()).digest()
    row = (here.mint.new(now), "old", "admin", "cases.gone", None, digest, now, "test", None)
    here.writer.write(lambda tx: TOKENS.add(tx, here.journal, row, "test"))
    assert behind(world, secret).scopes == frozenset()
    assert able(behind(world, secret)) == set()


def test_a_narrowed_token_ends_like_any_other(stage: Stage) -> None:
    world = stage()
    secret = issued(world, "narrow", "agent", "anna", ["cases.open"])
    world.installation.writer.write(lambda tx: tokens.revoke(tx, world.installation.journal, "narrow", by="test"))
    with pytest.raises(Unauthenticated):
        behind(world, secret)
