"""What a ticket says by itself: its language, and what cases like it were."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import events, opened, signal
from tocsin.policy import language

GERMAN = {"subject": "Export", "body": "Seit heute Morgen lassen sich bei uns keine Berichte mehr herunterladen."}
BY_LANGUAGE = ("route:\n", "route:\n  - {id: german, when: 'case.language == \"de\"', team: dach}\n")


def test_rules_name_the_language_and_it_is_kept_as_a_fact(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("lingua", reason="the extra tocsin[language] is not installed")
    here = stage(BY_LANGUAGE)
    case = opened(here, GERMAN, external_id="Z-1")
    said = opened(here, GERMAN, language="nl")
    [first], [other] = events(here, case, "case.decided"), events(here, said, "case.decided")
    assert (first.payload["team"], first.payload["facts"]["case"]["language"]) == ("dach", "de")
    assert (other.payload["team"], other.payload["facts"]["case"]["language"]) == ("support", "nl")
    monkeypatch.setattr(language, "_detector", lambda: None)  # a machine without the extra proves the same bytes
    signal(here, external_id="Z-1", users_affected=3)
    [again] = events(here, case, "case.reclassified")
    assert (again.payload["team"], again.payload["facts"]["case"]["language"]) == ("dach", "de")


def test_without_a_rule_that_names_it_nothing_is_recognised(stage: Stage) -> None:
    here = stage()
    [decided] = events(here, opened(here, GERMAN), "case.decided")
    assert "language" not in decided.payload["facts"]["case"]
