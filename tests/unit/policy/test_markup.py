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
    ("hidden by style", "<p style='display:none'>API is down</p><p>Toner</p>", "toner"),
    ("hidden preheader", '<div class="x" style="color:red; DISPLAY : none !important;">down</div>Toner', "toner"),
    ("hidden for Outlook", '<span style="mso-hide:all">down</span>Toner', "toner"),
    ("too small to see", '<span style="font-size:0px;color:#fff">down</span>Toner', "toner"),
    ("small", '<span style="font-size:0.8em">down</span>', "down"),
    ("invisible", "<p style=visibility:hidden>down</p>Toner", "toner"),
    ("hidden", "<div hidden>API is down</div>Toner", "toner"),
    ("hidden, never ended", "<p hidden>Toner<p>API is down", "api is down"),
    ("hidden item, never ended", "<ul><li hidden>Toner<li>API is down</ul>", "api is down"),
    ("hidden to readers aloud", '<p aria-hidden="true" class="is hidden not">down</p>', "down"),
    ("comment alone", "How? <!-- API is down -->", "how?"),
    ("Outlook's comment alone", "<!--[if mso]>API is down<![endif]-->how to export", "how to export"),
    ("no comment", "It is <!-- down", "it is <!-- down"),
    ("for all but Outlook", "<!--[if !mso]><!-->API is down<!--<![endif]-->", "api is down"),
    ("soft hyphen alone", "API is do&shy;wn", "api is down"),
    ("space of no width alone", "API is do&ZeroWidthSpace;wn", "api is down"),
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


ENDING = [
    *("address", "article", "aside", "blockquote", "button", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "legend"),
    *("li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "ul"),
]
WITHIN = [
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"),
    *("kbd", "label", "mark", "nobr", "o:p", "q", "s", "samp", "small", "span", "st1:place", "strike", "strong", "sub"),
    *("sup", "time", "tt", "u", "var"),
]
ALONE = ["<br>", "<br/>", "<br />", "<BR>", "<hr>", "<img src=x>", "<input>"]


@given(st.sampled_from(ENDING), st.sampled_from(["", " class=x", ' style="a: b"']), st.booleans())
def test_a_tag_that_parts_ends_words(name: str, more: str, capital: bool) -> None:
    name = name.upper() if capital else name
    assert fold(text_of(f"<p>pro<{name}{more}>duction</{name}>down")).replace("> ", "").split() == [
        *("pro", "duction", "down"),
    ]
    assert fold(text_of(f"<p>is</{name}>down")).split() == ["is", "down"]


@given(st.sampled_from(WITHIN), st.sampled_from(["", " class=x", ' style="a: b"']), st.booleans())
def test_a_tag_within_a_line_ends_no_word(name: str, more: str, capital: bool) -> None:
    name = name.upper() if capital else name
    for text in ("pro<{0}>duction</{1}> down", "<{0}>pro</{1}>duction down", "pro<{0}>duc</{1}>tion down"):
        assert fold(text_of("<p>" + text.format(name + more, name))).split() == ["production", "down"]


@pytest.mark.parametrize("tag", ALONE)
def test_what_stands_between_words_ends_them(tag: str) -> None:
    assert fold(text_of(f"<p>is{tag}down")).split() == ["is", "down"]


def test_where_a_word_may_be_broken_it_is_one() -> None:
    assert fold(text_of("<p>pro<wbr>duc&shy;tion is&ZeroWidthSpace; down")).split() == ["production", "is", "down"]


@given(st.lists(st.sampled_from([f"<{name}>" for name in (*ENDING, *WITHIN)] + ["x", "y "]), max_size=12))
def test_of_any_tags_words_are_ended_by_those_that_part(parts: list[str]) -> None:
    expected = "".join(part if part in ("x", "y ") else " " if part[1:-1] in ENDING else "" for part in parts)
    assert fold(text_of("<p>" + "".join(parts))).replace(">", " ").split() == expected.split()


def test_names_in_angle_brackets_are_no_tags() -> None:
    for text in ("<time> down on <data>", "the <code> of <label>", "x <b@x.example> <http://x.example> &amp; y"):
        assert text_of(text) == text
    assert text_of("the <code>API</code> is down").split() == ["the", "API", "is", "down"]


@given(st.lists(st.sampled_from(["<div>", "</div>", "<blockquote>", "</blockquote>", "<br>", "a", "&lt;", "<p", ">"])))
def test_any_tags_are_read(parts: list[str]) -> None:
    assert fold(text_of("".join(parts))).count("a") >= 0
    assert text_of("".join(parts)).count("a") == "".join(parts).count("a")


@pytest.mark.parametrize(
    "part", ["<div>", "</div>", "<!--", "<b ", "&", "&#1", "<p><b>", "<blockquote>x", "<", "<br/>"]
)
def test_a_long_message_costs_no_more_than_its_length(part: str) -> None:
    begun = time.process_time()
    text_of("<p>" + (part * 262144)[:262144])
    assert time.process_time() - begun < 3
