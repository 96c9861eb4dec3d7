"""The one vocabulary of statuses, for signals and for imports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake.statuses import Says, meaning, stood, words


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("firing", Says.FIRES),
        ("PROBLEM", Says.FIRES),
        ("Reopened", Says.FIRES),
        ("re-opened", Says.FIRES),
        ("incident.triggered", Says.FIRES),
        ("In Progress", Says.OPEN),
        ("in_progress", Says.OPEN),
        (" open ", Says.OPEN),
        ("New", Says.OPEN),
        ("On Hold", Says.WAITS),
        ("acknowledged", Says.WAITS),
        ("no_data", Says.WAITS),
        ("Solved", Says.ENDS),
        ("RESOLVED", Says.ENDS),
        ("OK", Says.ENDS),
        ("Won't Fix", Says.ENDS),
        ("canceled", Says.ENDS),
        ("incident.resolved", Says.ENDS),
        ("hold the line", None),
        ("hasn't been resolved", Says.OPEN),
        ("havent fixed", Says.OPEN),
        ("won\u2019t be closed", Says.OPEN),
        ("couldn't be solved", Says.OPEN),
        ("Didn't get fixed", Says.OPEN),
        ("shouldnt be closed", Says.OPEN),
        ("da Chiuso ad Aperto", Says.OPEN),
        ("Zmieniono z Rozwiązane na Otwarte", Says.OPEN),
        ("Zmieniono z Otwarte na Rozwiązane", Says.ENDS),
        ("Fra lukket til åben", Says.OPEN),
        ("Från stängd till öppen", Says.OPEN),
        ("из закрыто в открыто", Says.OPEN),
        ("solved|open", Says.OPEN),
        ("open|solved", Says.ENDS),
        ("Resolved|prod-db", Says.ENDS),
        ("Closed|Duplicate", Says.ENDS),
        ("resolution rejected", Says.OPEN),
        ("Resolution declined by customer", Says.OPEN),
        ("declined by customer", Says.OPEN),
        ("Lösung abgelehnt", Says.OPEN),
        ("Priority: Low -> Critical", None),
        ("severity changed to critical", None),
        ("Priority changed from High to Normal", None),
        ("Priorität von Hoch auf Normal geändert", None),
        ("Dringlichkeit: hoch → kritisch", None),
        ("Priority: High, status: Open -> OK", Says.ENDS),
        ("Status: OK -> CRITICAL", Says.FIRES),
        ("High priority ticket moved to Done", Says.ENDS),
        ("re-triggered", Says.FIRES),
        ("Renotify", Says.FIRES),
        ("retriggered", Says.FIRES),
        ("unreachable", Says.FIRES),
        ("activated", Says.FIRES),
        ("Offline", Says.FIRES),
        ("firing!", Says.FIRES),
        ("[FIRING:1]", Says.FIRES),
        ("monitor is down again", Says.FIRES),
        ("wieder geöffnet", Says.FIRES),
        ("Wiedereröffnet", Says.FIRES),
        ("Issue reopened", Says.FIRES),
        ("reopened (was closed)", Says.FIRES),
        ("not ok", Says.FIRES),
        ("unresolved", Says.OPEN),
        ("not resolved", Says.OPEN),
        ("Not yet resolved", Says.OPEN),
        ("isn\u2019t resolved", Says.OPEN),
        ("nicht gelöst", Says.OPEN),
        ("noch nicht gelöst", Says.OPEN),
        ("não resolvido", Says.OPEN),
        ("pas résolu", Says.OPEN),
        ("Partially resolved", Says.OPEN),
        ("to be fixed", Says.OPEN),
        ("offen", Says.OPEN),
        ("InProgress", Says.OPEN),
        ("In Progress (L2)", Says.OPEN),
        ("not closed", Says.OPEN),
        ("NoData", Says.WAITS),
        ("Waiting for customer response", Says.WAITS),
        ("pending auto close+", Says.WAITS),
        ("Alert acknowledged", Says.WAITS),
        ("Open - pending customer", Says.WAITS),
        ("en attente", Says.WAITS),
        ("Resolved (auto)", Says.ENDS),
        ("Closed - Resolved", Says.ENDS),
        ("auto_resolved", Says.ENDS),
        ("deactivated", Says.ENDS),
        ("RESOLVED!", Says.ENDS),
        ("Won\u2019t fix", Says.ENDS),
        ("\uff2f\uff2b", Says.ENDS),
        ("\uff32\uff25\uff33\uff2f\uff2c\uff36\uff25\uff24", Says.ENDS),
        ("incident.auto_resolved", Says.ENDS),
        ("incident.resolved.v2", Says.ENDS),
        ("gelöst", Says.ENDS),
        ("GELO\u0308ST", Says.ENDS),
        ("geschlossen", Says.ENDS),
        ("erledigt", Says.ENDS),
        ("behoben", Says.ENDS),
        ("résolu", Says.ENDS),
        ("fermé", Says.ENDS),
        ("cerrado", Says.ENDS),
        ("resuelto", Says.ENDS),
        ("fechado", Says.ENDS),
        ("resolvido", Says.ENDS),
        ("ok", Says.ENDS),
        ("recovered", Says.ENDS),
        ("spam", Says.ENDS),
        ("duplicate", Says.ENDS),
        ("won't do", Says.ENDS),
        ("Closed - not resolved", Says.ENDS),
        ("Status: OK", Says.ENDS),
        ("host up", Says.ENDS),
        ("no longer firing", Says.ENDS),
        ("6 - Closed", Says.ENDS),
        ("Closed/Duplicate", Says.ENDS),
        ("\u2705 Resolved", Says.ENDS),
        ("Follow up", None),
        ("SLA expired", None),
        ("resolution proposed", None),
        ("to be rejected", None),
        ("!", None),
        ("", None),
        (None, None),
        ("3", None),
    ],
)
def test_the_words_of_a_status(status: str | None, says: Says | None) -> None:
    assert meaning(status) is says


def test_every_word_means_one_thing() -> None:
    known = [word for says in Says for word in words(says)]
    assert len(known) == len(set(known))
    assert all(meaning(word.upper()) is says for says in Says for word in words(says))


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("Closed", "closed"),
        ("Closed - Resolved", "closed"),
        ("Won't fix", "closed"),
        ("Erledigt", "closed"),
        ("Solved", "resolved"),
        ("Resolved (auto)", "resolved"),
        ("OK", "resolved"),
        ("answered", "resolved"),
        ("firing", "open"),
        ("Not resolved", "open"),
        ("pending close", "open"),
        ("stalled", "open"),
        ("Selected for Development", "open"),
        ("strange", None),
    ],
)
def test_how_a_ticket_of_a_status_stood(status: str, found: str | None) -> None:
    assert stood(status) == found


@given(st.text())
def test_imports_and_signals_know_the_same_statuses(status: str) -> None:
    says = meaning(status)
    assert (stood(status) is None) is (says is None)
    assert (stood(status) in ("resolved", "closed")) is (says is Says.ENDS)


@given(st.sampled_from([word for says in Says for word in words(says)]), st.sampled_from("!.*[]() _\u200b"))
def test_signs_around_a_status_change_nothing(word: str, sign: str) -> None:
    assert meaning(f"{sign}{word}{sign}") is meaning(word)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("resolved → open", Says.OPEN),
        ("Resolved -> Reopened", Says.FIRES),
        ("from Closed to Open", Says.OPEN),
        ("open => solved", Says.ENDS),
        ("Reopened → Resolved", Says.ENDS),
        ("Closed-->In Progress", Says.OPEN),
        ("closed ⇒ On Hold", Says.WAITS),
        ("Open ➡\ufe0f Closed", Says.ENDS),
        ("New > Open > Solved", Says.ENDS),
        ("Solved > Open", Says.OPEN),
        ("New → Resolved → Open", Says.OPEN),
        ("open ← resolved", Says.OPEN),
        ("Status: OK -> PROBLEM", Says.FIRES),
        ("Status changed from Resolved to In Progress", Says.OPEN),
        ("status changed to Resolved", Says.ENDS),
        ("changed to Open from Closed by Anna", Says.OPEN),
        ("set to resolved", Says.ENDS),
        ("moved from Quality check to Done", Says.ENDS),
        ("Closed to Open", Says.OPEN),
        ("back to open", Says.OPEN),
        ("von geschlossen auf offen", Says.OPEN),
        ("Status von Offen auf Gelöst geändert", Says.ENDS),
        ("de fermé à ouvert", Says.OPEN),
        ("de cerrado a abierto", Says.OPEN),
        ("Open (was resolved)", Says.OPEN),
        ("Open, previously closed", Says.OPEN),
        ("was resolved, now open", Says.OPEN),
        ("Was down, now up", Says.ENDS),
        ("Resolved → Verified by the customer", None),
        ("from Resolved to Rework", None),
        ("resolved →", Says.ENDS),
        ("→ resolved", Says.ENDS),
        ("<b>Resolved</b>", Says.ENDS),
        ("open > 2 h", Says.OPEN),
        ("problem was resolved", Says.ENDS),
        ("Alert: was resolved", Says.ENDS),
        ("is now resolved", Says.ENDS),
        ("failed to open", Says.FIRES),
        ("waiting to close", Says.WAITS),
        ("set to be resolved", Says.OPEN),
        ("reply from customer to closed ticket", Says.OPEN),
    ],
)
def test_of_a_change_the_last_state_counts(status: str, says: Says | None) -> None:
    assert meaning(status) is says


@pytest.mark.parametrize(
    "status",
    [
        "Status changed to Resolved",
        "moved to Done",
        "transitioned to Closed",
        "State changed to OK",
        "set to closed",
        "back to OK",
        "went back to healthy",
        "Changed from ALARM to OK",
        "Outage ended",
        "outage over",
        "end of outage",
        "Restored",
        "Service restored",
        "Mitigated",
        "no longer down",
        "not down",
        "not down anymore",
        "returned to normal",
        "retour à la normale",
        "恢复",
        "已恢复",
        "復旧",
        "Восстановлено",
        "해결됨",
        "Vyřešeno",
        "Zamknięte",
        "Løst",
        "Avsluttet",
        "The outage is over",
        "Alarm is over",
        "No longer unreachable",
        "not critical",
        "not unhealthy",
        "nicht mehr erreichbar? nein: wieder erreichbar",
        "Störung beendet",
    ],
)
def test_what_says_that_it_is_over_in_other_words_ends(status: str) -> None:
    assert meaning(status.strip()) is Says.ENDS


@pytest.mark.parametrize(
    "status",
    [
        "Disaster",
        "fatal",
        "CRITICAL (HARD)",
        "HARD CRITICAL",
        "red",
        "Indisponível",
        "障害発生中",
        "다시 열림",
        "再オープン",
        "Återöppnad",
        "Genåbnet",
        "Fatal!",
        "emergency",
        "Ponownie otwarty",
        "Hors service",
        "SLO breached",
    ],
)
def test_what_says_that_it_is_broken_in_other_words_fires(status: str) -> None:
    assert meaning(status.strip()) is Says.FIRES


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("Open (previously Closed)", Says.OPEN),
        ("to be closed", Says.OPEN),
        ("to be mitigated", Says.OPEN),
        ("not restored", Says.OPEN),
        ("partially restored", Says.OPEN),
        ("awaiting restoration", Says.WAITS),
        ("not available", Says.FIRES),
        ("still down", Says.FIRES),
        ("down", Says.FIRES),
        ("A to B", None),
        ("from ok to critical", Says.FIRES),
    ],
)
def test_words_that_are_near_to_an_end_are_none(status: str, says: Says | None) -> None:
    assert meaning(status) is says


KNOWN = st.sampled_from([word for says in Says for word in words(says)])


@given(KNOWN, KNOWN, st.sampled_from(["→", "->", "-->", "=>", "==>", "⇒", "➜", ">", "\uff1e"]))
def test_an_arrow_leads_to_the_state_that_counts(before: str, after: str, arrow: str) -> None:
    assert meaning(f"{before} {arrow} {after}") is meaning(after)
    assert stood(f"{before} {arrow} {after}") == stood(after)


@given(KNOWN, KNOWN)
def test_a_change_in_words_leads_to_the_state_that_counts(before: str, after: str) -> None:
    assert meaning(f"from {before} to {after}") is meaning(after)
    assert meaning(f"Status changed to {after}") is meaning(after)
