"""What pages draw once and show many times: by names that tell macros apart, in each zone, and text never as markup."""

import re
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.web import rendering

TEMPLATES = Path(str(resources.files("tocsin.web"))) / "templates"
NINE = 1_772_442_000_000_000  # on 2 March 2026, 09:00 UTC


def drawn(source: str, zone: str = "UTC", **values: Any) -> str:
    session = Session(Viewer("user:ana", "agent"), "Ana", "", 0, 0, zone)
    return rendering.environment("en").from_string(source).render(session=session, now=NINE, **values)


def test_each_macro_that_is_drawn_once_has_a_name_of_its_own() -> None:
    texts = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    once = {name for text in texts for name in re.findall(r"drawn_once\((?:\w+\.)?(\w+)", text)}
    macros = Counter(name for text in texts for name in re.findall(r"macro (\w+)\(", text))
    assert len(once) > 5
    assert {name: macros[name] for name in once} == dict.fromkeys(once, 1)


def test_an_instant_is_drawn_in_the_zone_of_each_reader() -> None:
    source = '{% import "components/time.html" as time with context %}{{ time.ago(now, now) }}'
    assert '"2 Mar 09:00:00 UTC"' in drawn(source)
    assert "2 Mar 04:00:00 EST ·" in drawn(source, "America/New_York")
    assert '"2 Mar 09:00:00 UTC"' in drawn(source)


def test_a_text_that_looks_like_markup_that_was_drawn_is_escaped_all_the_same() -> None:
    source = '{% import "components/who.html" as w with context %}{{ drawn_once(w.who, name) }}{{ icon("x", name) }}'
    assert drawn(source, name=Markup("<b>Ana</b>")).count("<b>Ana</b>") == 2
    assert "<b>" not in drawn(source, name="<b>Ana</b>")
    assert drawn("{{ t(name) }}", name="<i>") == "&lt;i&gt;"
    assert drawn('{{ t("{who} has it", who=name) }}', name="<b>") == "&lt;b&gt; has it"
