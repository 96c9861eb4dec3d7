"""The language of a ticket: recognised from what its sender wrote, where a rule asks for it, and told only where it is
certain."""

import json
from pathlib import Path

import pytest

from tests.unit.policy.policies import SMALL, small
from tocsin.policy.compiled import compile_policy
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of
from tocsin.policy.language import recognised, with_language

pytest.importorskip("lingua", reason="the extra tocsin[language] is not installed")

TEXTS = [json.loads(line) for line in (Path(__file__).parents[2] / "redteam" / "texts.jsonl").read_text().splitlines()]
GERMAN = {"subject": "Anmeldung", "body": "Seit heute Morgen kann sich bei uns niemand mehr anmelden."}
ROUTE = "  - {id: rest, team: support"
ASKS = compile_policy(
    parse(SMALL.replace(ROUTE, "  - {id: de, when: 'case.language == \"de\"', team: dach}\n" + ROUTE))
)


@pytest.mark.parametrize(
    ("subject", "body", "language"),
    [
        (*GERMAN.values(), "de"),
        ("Export", "Nobody of our team can export anything since this morning.", "en"),
        ("Connexion", "Depuis ce matin personne ne peut se connecter.", "fr"),
        ("Acceso", "Desde esta mañana nadie puede iniciar sesión en el panel.", "es"),
        ("ログイン", "今朝から誰もログインできません。", "ja"),
        ("VPN", None, None),
        ("Hello", None, None),
        ("4711", "0x80070005 0x80070005 0x80070005", None),
        ("Export", "Der Export bricht mit der Meldung 'Connection lost' ab.", "de"),  # what prevails
    ],
)
def test_what_is_recognised(subject: str, body: str | None, language: str | None) -> None:
    assert recognised(subject, body) == language


def test_what_is_quoted_does_not_count() -> None:
    quoted = "\n".join("> Seit heute Morgen kann sich niemand mehr anmelden." for _ in range(20))
    assert recognised("Login", f"It works again for all of us, many thanks to you.\n\n{quoted}") == "en"


def test_what_is_told_of_many_texts_is_right() -> None:
    plain = [text for text in TEXTS if text["kind"] in ("outage", "harmless")]
    told = [(recognised(text["subject"], text["body"]), text["language"]) for text in plain]
    assert all(found in (None, language) for found, language in told)
    assert sum(found is None for found, _ in told) <= 0.03 * len(told)


def test_only_where_a_rule_asks_and_nobody_has_said() -> None:
    facts = facts_of(GERMAN)
    assert "language" not in with_language(small(), facts)["case"]
    assert with_language(ASKS, facts)["case"]["language"] == "de"
    assert with_language(ASKS, facts_of(GERMAN | {"language": "nl"}))["case"]["language"] == "nl"
    assert "language" not in facts["case"]
