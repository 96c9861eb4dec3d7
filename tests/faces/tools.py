"""Programs of others that pages are held against. `make setup` and `make interop-setup` install them where there is
npm; without them, or what they need, tests are skipped with a message."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

MODULES = Path(__file__).parents[2] / ".venv" / "frontend" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
READER = MODULES / "@guidepup" / "virtual-screen-reader" / "lib" / "esm" / "index.browser.js"
CHECKER = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
JAVA = shutil.which("java")

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe is not installed: `make setup`, which takes npm")
needs_reader = pytest.mark.skipif(not READER.is_file(), reason="the screen reader is not installed: `make setup`")
needs_checker = pytest.mark.skipif(
    JAVA is None or not CHECKER.is_file(),
    reason="the Nu HTML checker is not installed: `make interop-setup`, which takes npm and Java",
)

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false });
  const said = (one) => (one.any[0] ?? one.all[0] ?? one.none[0])?.message ?? "";
  const told = (rule) => (one) => `${rule.id}: ${said(one)} ${one.html.slice(0, 160)}`;
  return found.violations.flatMap((rule) => rule.nodes.map(told(rule)));
}"""
_READ = """async () => {
  const { virtual } = await import("/reader.js");
  await virtual.start({ container: document.body });
  const done = async () => (await virtual.lastSpokenPhrase()) === "end of document";
  for (let steps = 0; steps < 20000 && !(await done()); steps++) await virtual.next();
  const said = await virtual.spokenPhraseLog();
  await virtual.stop();
  return said;
}"""


class Wrong(NamedTuple):
    """What the Nu HTML checker says of a file, and the source that it is about."""

    file: str
    says: str
    source: str


def findings(page: Any) -> list[str]:
    """What axe finds on a page as it stands. The page's context must let scripts in from outside (`bypass_csp`)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(_RUN, RULES)
    return found


def spoken(page: Any) -> list[str]:
    """What a screen reader says of a page, in order, from its beginning to its end. Needs `bypass_csp`, too."""
    page.route("**/reader.js", lambda route: route.fulfill(body=READER.read_text(), content_type="text/javascript"))
    said: list[str] = page.evaluate(_READ)
    page.unroute("**/reader.js")
    return said


def invalid(folder: Path) -> list[Wrong]:
    """What is wrong with the pages of a folder, but for the attributes of htmx, which no checker knows."""
    assert JAVA is not None
    command = [JAVA, "-Xshare:auto", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=250, check=True)
    messages = json.loads(done.stdout)["messages"]
    assert all(each["type"] != "non-document-error" for each in messages), messages
    return [
        Wrong(Path(each["url"]).name, each["message"], each.get("extract", ""))
        for each in messages
        if not each["message"].startswith("Attribute “hx-")
    ]
