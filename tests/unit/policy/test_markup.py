"""A message in HTML is read as its reader sees it; its quotations are quotations."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.policy.policies import NOON, starter
from tocsin.core.texts import fold
from tocsin.policy.decide import decide
from tocsin.policy.facts import facts_of
from tocsin.policy.markup import text_of
from tocsin.policy.seen import seen

GMAIL = (
    '<div dir="ltr">Thanks!</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 2, 2026 at 10:00 AM'
    ' Bob &lt;b@x.example&gt; wrote:<br></div><blockquote class="gmail_quote">Production is down</blockquote></div>'
)
OUTLOOK = (
    "<html><head><style>p {down: all}</style></head><body><p class=MsoNormal>Thanks, solved.<o:p></o:p></p>"
    '<div id="divRplyFwdMsg"><b>From:</b> Bob<br><b>Sent:</b> Monday<br><b>To:</b> us<br><b>Subject:</b> x<br></div>'
    "<div>Production is down</div></body></html>"
)

SEEN = [
    ("plain", "Production is down", "production is down"),
    ("entity and bold", "<p>Production&nbsp;is <b>down</b> for all users</p>", "production is down for all users"),
    ("entity alone", "Production&nbsp;is down", "production is down"),
    ("wrapped source", "<p>Production\r\n is\r\n down</p>", "production is down"),
    ("lines", "<div>Production is</div><div>down</div>", "production is down"),
    ("break", "Production is<br>down", "production is down"),
    ("blockquote", "<div>Thanks, solved!</div><blockquote>Production is down</blockquote>", "thanks, solved!"),
    ("above", "<blockquote>Production is down</blockquote>thanks", "thanks"),
    ("gmail", GMAIL, "thanks!"),
    ("outlook", OUTLOOK, "thanks, solved."),
    ("apple", '<p>Thanks</p><blockquote type="cite"><div>Production</div><div>is down</div></blockquote>', "thanks"),
    ("yahoo", '<div>Thanks</div><div id="x" class="yahoo_quoted"><div>Production is down</div></div>', "thanks"),
    ("signature", 'Toner<div class="gmail_signature">Outage Management</div>', "toner"),
    ("comment", "<p>Toner<!-- production is down --></p>", "toner"),
    ("script", "<script>production is down</script><p>Toner</p>", "toner"),
    ("cells", "<table><tr><td>API</td><td>down</td></tr></table>", "api down"),
    ("quotation alone", "<blockquote>Production is down</blockquote>", "> production is down"),
    ("no HTML", "a < b and c > d; <b@x.example> said", "a < b and c > d; <b@x.example> said"),
    ("end without a beginning", "</div></blockquote>Production is <b>down", "production is down"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "words"), [case[1:] for case in SEEN], ids=[case[0] for case in SEEN])
def test_what_conditions_see_of_a_message_in_html(message: str, words: str) -> None:
    facts = facts_of({"subject": "x", "body": message})
    assert seen(facts)[0]["case"]["body"].split() == words.split()
    assert facts["case"]["body"] == message, "what is stored stays as it was written"


@pytest.mark.parametrize("name", ["b2b-saas", "it-service-desk", "consumer"])
def test_a_quotation_in_html_wakes_nobody(name: str) -> None:
    for message in (GMAIL, OUTLOOK):
        assert not decide(starter(name), facts_of({"subject": "Re: question", "body": message}), NOON).wake


@given(st.lists(st.sampled_from(["<div>", "</div>", "<blockquote>", "</blockquote>", "<br>", "a", "&lt;", "<p", ">"])))
def test_any_tags_are_read(parts: list[str]) -> None:
    assert fold(text_of("".join(parts))).count("a") >= 0
    assert text_of("".join(parts)).count("a") == "".join(parts).count("a")


@pytest.mark.parametrize(
    "part", ["<div>", "</div>", "<!--", "<b ", "&", "&#1", "<p><b>", "<blockquote>x", "<", "<br/>"]
)
def test_a_long_message_costs_no_more_than_its_length(part: str) -> None:
    begun = time.perf_counter()
    text_of("<p>" + (part * 262144)[:262144])
    assert time.perf_counter() - begun < 3
