"""What a viewer may: what the role includes, and of that only what the token is narrowed to."""

import pytest

from tocsin.core.errors import Forbidden, InvalidInput
from tocsin.people.permissions import PERMISSIONS, ROLES, Permission, Viewer, narrowed, permissions


def test_a_narrowed_viewer_may_what_is_in_the_role_and_in_the_scopes() -> None:
    for role in ROLES:
        every = set(permissions(role))
        assert {one for one in PERMISSIONS if Viewer("x", role).may(one)} == every
        narrow: tuple[frozenset[Permission], ...] = (frozenset(), frozenset({"cases.open"}), frozenset(PERMISSIONS))
        for scopes in narrow:
            viewer = Viewer("x", role, scopes=scopes)
            assert {one for one in PERMISSIONS if viewer.may(one)} == every & scopes


def test_a_refusal_says_whether_the_role_or_the_token_stands_against_it() -> None:
    viewer = Viewer("token:desk", "agent", scopes=frozenset({"cases.open"}))
    viewer.require("cases.open")
    with pytest.raises(Forbidden, match="this limited token of the role agent may not work on cases") as one:
        viewer.require("cases.work")
    assert one.value.expected == "a token that has cases.work"
    with pytest.raises(Forbidden) as other:
        viewer.require("tokens.write")
    assert other.value.expected == "an admin"
    with pytest.raises(Forbidden, match="the role agent may not issue or revoke tokens"):
        Viewer("user:anna", "agent").require("tokens.write")


def test_a_refusal_is_in_words_whatever_it_is_about() -> None:
    for permission in PERMISSIONS:
        with pytest.raises(Forbidden) as refusal:
            Viewer("token:desk", "committee", scopes=frozenset()).require(permission)
        assert not {"_", "."} & set(refusal.value.detail), permission
    with pytest.raises(Forbidden) as lower:
        Viewer("user:anna", "agent").require("cases.lower")
    assert str(lower.value) == "the role agent may not lower cases; expected an escalation manager, a lead or an admin"


def test_scopes_are_some_of_the_role_s_permissions() -> None:
    assert narrowed("agent", ["cases.work", "cases.open", "cases.open"]) == {"cases.open", "cases.work"}


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        (["cases.open", "cases.everything"], r"'cases.everything' is not a permission"),
        (["cases.open", "cases.lower"], r"the role agent does not include cases.lower"),
        ([], "a token without permissions is of no use"),
    ],
)
def test_other_scopes_are_refused_with_what_is_possible(scopes: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        narrowed("agent", scopes)
    assert refusal.value.place == "scopes"
    assert (
        refusal.value.expected
        == "one or more of cases.read, cases.open, cases.signal, cases.work, policy.read, people.read"
    )
