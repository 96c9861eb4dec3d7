"""A text and its values, worded when they are read."""

from tocsin.clocks import moments
from tocsin.core.clock import HOUR
from tocsin.core.wording import (
    PLAIN,
    Instant,
    Listed,
    Ours,
    Person,
    Reader,
    UserName,
    packed,
    plain,
    say,
    unpacked,
    unturned,
    worded,
)

ENGLISH = moments.reader(moments.utc, {"1": "anna"})
GERMAN = {"contained{note}": "eingedämmt{note}", ": {text}": ": „{text}“", " and ": " und ", "a user": "eine Person"}


def german() -> Reader:
    return ENGLISH._replace(translated=lambda text: GERMAN.get(text, text))


def test_a_text_is_worded_with_its_values() -> None:
    told = say("{who} and {others} at {time}", who=Person("1"), others=Listed(["bo", 3]), time=Instant(HOUR))
    assert worded(told, ENGLISH) == "anna and bo, 3 at 01:00 on Thu 1 Jan (UTC)"
    assert worded(Ours("due at 1970-01-01T02:00:00Z"), ENGLISH) == "due at 02:00 on Thu 1 Jan (UTC)"


def test_what_somebody_wrote_is_no_template() -> None:
    assert (
        worded(say("contained{note}", note=say(": {text}", text="{0} {note} %s")), ENGLISH)
        == "contained: {0} {note} %s"
    )
    assert worded(say("{braces}"), ENGLISH) == "{braces}"


def test_another_language_is_put_over_the_texts_and_leaves_the_values() -> None:
    contained = say("contained{note}", note=say(": {text}", text="contained{note}"))
    assert worded(contained, german()) == "eingedämmt: „contained{note}“"
    assert worded(Listed([Person("1"), Person("2")], " and "), german()) == "anna und eine Person"


def test_no_sender_turns_our_words_around() -> None:
    assert unturned("desk\u202e") == "desk"
    assert unturned(None) == ""


def test_whoever_signs_in_by_a_name_is_called_as_each_reader_knows_them() -> None:
    said = say("{name} marked it as resolved", name=UserName("lea"))
    kept = packed(said)
    assert plain(said) == "lea marked it as resolved"
    assert unpacked(kept) == said
    assert (
        worded(unpacked(kept), PLAIN._replace(called=lambda name: {"lea": "Lea Holm"}[name]))
        == "Lea Holm marked it as resolved"
    )
    assert kept["values"]["name"] == packed(say("{named}", named="lea")), "an older release reads a text with the name"
