"""YAML text to plain values that know their lines; a text from anybody is safe to read.

Nothing is constructed but mappings with text keys, lists, text, numbers, true, false and null. Tags are refused,
sizes are bounded, and every problem found is kept with its line.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tocsin.core.errors import Problem
from tocsin.core.wording import say
from tocsin.policy.yaml.compose import Composer, Stop, YamlNode
from tocsin.policy.yaml.keys import Key

SIZE_AT_MOST = 1 << 20

# Besides the control characters: the separators that some readers, and not others, count as the end of a line.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(slots=True)
class Tree:
    """What a text holds: its data, the line (from 1) of every key, and the problems met on the way.

    With problems the data are only good for looking for more of them; values under `spoiled` keys mean nothing.
    """

    data: Any = None
    lines: dict[Key, int] = field(default_factory=dict)
    spoiled: set[Key] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def line(self, key: Key) -> int | None:
        """The line of a key or, where it is missing, of the nearest thing around it."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key)


def read(text: str) -> Tree:
    """Read one document; never raises on account of the text."""
    tree = Tree()
    text = text.removeprefix("\ufeff")
    if not _acceptable(text, tree.problems):
        return tree
    composer = Composer(tree.problems)
    try:
        composer.compose(YAML(typ="safe", pure=True).parse(text))
    except Stop:
        return tree
    except MarkedYAMLError as error:
        tree.problems.append(_syntax_problem(error))
        return tree
    except (YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What broken escapes and directives raise in the scanner, besides its own errors.
        message = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        tree.problems.append(
            Problem(say("this is not YAML: {error}", error=message), wanted=say("a YAML 1.2 document"))
        )
        return tree
    if composer.root is None:
        tree.problems.append(Problem(say("the document is empty"), line=1, wanted=say("a mapping")))
    else:
        tree.data = _plain(composer.root, (), composer.root.line, tree)
    return tree


def _acceptable(text: str, problems: list[Problem]) -> bool:
    size = len(text) if len(text) > SIZE_AT_MOST else len(text.encode("utf-8", "surrogatepass"))
    if size > SIZE_AT_MOST:
        wanted = say("at most {most} KiB of text", most=SIZE_AT_MOST // 1024)
        problems.append(Problem(say("the document is too large"), wanted=wanted))
        return False
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        says = say("the character {code} is not accepted", code=f"U+{ord(found.group()):04X}")
        wanted = say("printable text, or an escape such as \\u2028 in quotes")
        problems.append(Problem(says, line=line, wanted=wanted))
        return False
    return True


def _syntax_problem(error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    message = " ".join(part for part in (error.context, error.problem) if part)
    says = say("this is not YAML: {error}", error=message[:200])
    return Problem(says, line=mark.line + 1 if mark else None, wanted=say("YAML 1.2"))


def _plain(node: YamlNode, key: Key, line: int, tree: Tree) -> Any:
    tree.lines[key] = line
    if node.spoiled:
        tree.spoiled.add(key)
    if node.entries is not None:
        return {each.key: _plain(each.value, (*key, each.key), each.line, tree) for each in node.entries}
    if node.items is not None:
        return [_plain(item, (*key, index), item.line, tree) for index, item in enumerate(node.items)]
    return node.value
