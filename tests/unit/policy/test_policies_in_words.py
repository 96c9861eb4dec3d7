"""A policy in words: conditions, rules, and what differs between two versions."""

import pytest

from tocsin.core.wording import plain
from tocsin.policy import changes, document, sentences, starters
from tocsin.policy.diff import diff
from tocsin.policy.spoken import condition
from tocsin.policy.telling import in_words


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('case.severity == "critical"', "the severity is critical"),
        ('"critical" != case.severity', "the severity is not critical"),
        ("account.arr >= 250000", "the account's revenue is at least 250,000"),
        ("10 < case.users_affected", "the number of users affected is above 10"),
        ('case.type in ["data_loss", "security"]', "the type is data loss or security"),
        ('"down" in case.tags', "it is tagged down"),
        ('case.tags.exists(t, t in ["press", "legal"])', "it is tagged press or legal"),
        ('case.tags.exists(t, t == "vip")', "it is tagged vip"),
        ("has(account.plan) && !has(case.type)", "the account's plan is known and the type is not known"),
        ('!(case.type == "bug")', "it is not so that the type is bug"),
        ('case.subject.startsWith("Re:")', "the subject begins with Re:"),
        ('case.attributes["tier"] == "gold_plus"', "the attribute tier is gold_plus"),
        ('case.attributes.tier == "gold"', "the attribute tier is gold"),
        (
            'case.type == "bug" && (account.plan == "a" || account.plan == "b")',
            "the type is bug and (the account's plan is a or the account's plan is b)",
        ),
        (r'case.text.matches(r"\b(unauthori[sz]ed|leaks?)\b")', "the text has words such as unauthorised or leaks"),
        (
            'case.text.matches("down") && !case.text.matches("drop-down")',
            "the text has words such as down (no phrase rules it out)",
        ),
        (
            'case.text.matches("one1|aaaa") || case.text.matches("bbbb|cccc|dddd|eeee|ffff|gggg")',
            "the text has words such as aaaa, bbbb, cccc, dddd, eeee, ffff and 1 more",
        ),
        (r'case.text.matches("^\\d+$")', r"the text is like ^\d+$"),
    ],
)
def test_usual_conditions_are_said_in_words(source: str, says: str) -> None:
    assert plain(condition(source)) == says


@pytest.mark.parametrize("source", ["account.arr * 2.0 > 10.0", "case.tags.all(t, t != 'x')", "size(case.tags) > 3"])
def test_a_condition_of_another_shape_is_shown_as_it_is_written(source: str) -> None:
    assert plain(condition(source)) == source


@pytest.mark.parametrize("starter", [starters.DEFAULT, "consumer", "it-service-desk"])
def test_every_rule_of_the_starters_is_said_in_words(starter: str) -> None:
    for sentence in sentences.sentences(document.parse(starters.text(starter))):
        said = plain(sentence.says)
        assert not any(mark in said for mark in ("==", "&&", "case.", "account.", "decision.")), said


def test_differences_are_told_by_rule_and_field() -> None:
    before = starters.text()
    after = (
        before.replace("    at: 60\n", "    at: 64\n")
        .replace("""{id: critical, when: 'case.severity == "critical"', level: senior}""", "")
        .replace("""  - {id: data-or-security, when""", """  - {id: data, when""")
        .replace("  grace: 10m", "  grace: 5m")
        .replace("name: B2B software as a service", "name: Ours")
    )
    after = after.replace("minimums: # guards that no arithmetic may undercut\n  - \n", "minimums:\n")
    assert told(before, after) == [
        "Name of the policy: B2B software as a service > Ours",
        "Level senior: from how many points: 60 > 64",
        "Minimum critical: gone if the severity is critical: level senior, kind technical",
        "Minimum data-or-security: gone if the type is data loss or security: level senior, kind technical",
        "Minimum data: new if the type is data loss or security: level senior, kind technical",
        "Clocks: grace: 10m > 5m",
    ]
    assert told(before, before + "\n# a remark\n") == []


def told(before: str, after: str) -> list[str]:
    found = []
    for changed in changes.told(diff(document.parse(before), document.parse(after))):
        for one in changed.changes:
            field = f"{plain(one.field)}: " if one.field else ""
            if one.before is not None and one.after is not None:
                values = f"{plain(one.before)} > {plain(one.after)}"
            else:
                values = f"new {plain(one.after)}" if one.before is None else f"gone {plain(one.before)}"
            found.append(f"{plain(changed.what)}: {field}{values}")
    return found


def test_the_reasons_of_a_decision_are_said_without_keys() -> None:
    assert plain(in_words(("missing", "account.arr"))) == "the account's revenue is missing"
    assert plain(in_words(("type-rule", "how_to", "classify.words"))) == "type how to: classify.words"
    assert plain(in_words(("product_area-given", "user_ids"))) == "product area user ids: given"
    short = ("minimum-not-so", "minimums.large", "senior", "account.arr >= 250000")
    assert plain(in_words(short)).endswith("not so: the account's revenue is at least 250,000")
