"""What a ticket says by itself: its language, and what cases like it were."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import act, events, opened, signal
from tests.testing import World
from tocsin.cases import suggestions, teaching, verbs
from tocsin.cases.record import replay
from tocsin.detection.suggesting import training
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


SUGGEST = ("duties:", "suggest: {confidence: 0.8}\nduties:")
ASKS = ("    - {id: near, within: 3}\n", "    - {id: near, within: 3}\n    - {id: unsure, on: low_confidence}\n")
SLOW_WORDS = ["takes minutes", "crawls along", "sluggish pages", "lagging lists", "waits forever"]
ASKED_WORDS = ["where is the setting", "how to invite", "manual for colleagues", "explain the menu", "which button"]


def taught(here: World) -> None:
    """Forty-four cases of which a person says what they are."""
    for number in range(44):
        words, kind = (SLOW_WORDS, "slow") if number % 2 else (ASKED_WORDS, "question")
        said = f"{words[number % 5]} {words[(number // 5) % 5]}"
        case = opened(here, {"subject": said, "body": f"Ticket {number}: {words[(number // 2) % 5]}"})
        act(here, case, verbs.override(here.viewer("lea"), reason="seen", type=kind))


def learn(here: World) -> int | None:
    installation = here.installation
    return teaching.learn(installation.database, installation.writer, installation.desk, here.clock)


def test_learnt_suggested_explained_and_replayed(stage: Stage) -> None:
    pytest.importorskip("sklearn", reason="the extra tocsin[suggest] is not installed")
    here = stage(SUGGEST)
    before = opened(here, {"subject": "It takes minutes, sluggish pages, lagging lists"})
    assert "suggested" not in events(here, before, "case.decided")[0].payload["facts"]
    taught(here)
    assert learn(here) == 1
    case = opened(here, {"subject": "It takes minutes, sluggish pages, lagging lists"})
    decided = events(here, case, "case.decided")[0].payload
    said = decided["facts"]["suggested"]
    assert (decided["type"], decided["severity"], said["model"], said["type"]["name"]) == ("slow", "high", 1, "slow")
    [why] = [reason for reason in decided["reasons"] if "suggested" in reason]
    assert why.startswith("type slow: suggested, ")
    assert why.endswith(", model 1")
    ruled = opened(here, {"subject": "It is down, takes minutes, sluggish pages, lagging lists"})
    assert events(here, ruled, "case.decided")[0].payload["type"] == "outage"  # a rule wins
    act(here, case, verbs.override(here.viewer("lea"), reason="they ask", type="question"))
    assert events(here, case, "case.reclassified")[0].payload["type"] == "question"  # and a person over both
    assert learn(here) == 2
    with here.installation.database.reading(here.clock.now()) as tx:
        newest = suggestions.newest(tx)
        assert newest is not None
        assert newest.fields["type"].cases == 45
        assert list(replay.replay(tx, replay.Replay(), lambda done: None)) == []


def test_what_is_not_sure_is_asked(stage: Stage) -> None:
    pytest.importorskip("sklearn", reason="the extra tocsin[suggest] is not installed")
    here = stage(
        ("duties:", "suggest: {confidence: 1}\nduties:"),
        ASKS,
        ("- {id: rest,", "- {id: s, when: 'case.type == \"slow\"', team: speed}\n  - {id: rest,"),
    )
    taught(here)
    learn(here)
    case = opened(here, {"subject": "It takes minutes and crawls along"})
    decided = events(here, case, "case.decided")[0].payload
    assert decided["type"] is None
    assert decided["triage"]["asks"] == ["triage.unsure"]
    [answer] = decided["triage"]["answers"]
    assert (answer["field"], answer["value"], answer["team"]) == ("type", "slow", "speed")


def test_without_the_extra_or_the_policy_nothing_is_learnt(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage()
    assert learn(here) is None
    monkeypatch.setattr(training, "available", lambda: False)
    assert learn(stage(SUGGEST)) is None
