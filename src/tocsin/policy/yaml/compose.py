"""YAML events to a tree of nodes, without recursion and within bounds; every problem is kept with its line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events as yaml

from tocsin.core.errors import InvalidInput, Problem
from tocsin.core.wording import Said, say
from tocsin.policy.yaml.keys import key_text
from tocsin.policy.yaml.scalars import Scalar, resolve

DEPTH_AT_MOST = 32
NODES_AT_MOST = 20_000


class Stop(Exception):
    """Ends the reading; its problem is already noted."""


@dataclass(slots=True)
class MappingEntry:
    key: str
    line: int
    value: "YamlNode"


@dataclass(slots=True)
class YamlNode:
    """A value of the text: a scalar, or with `entries` a mapping, or with `items` a list.

    `size` and `height` count what stands below it, aliases written out. A `spoiled` one already has its problem.
    """

    line: int
    value: Scalar = None
    entries: list[MappingEntry] | None = None
    items: list["YamlNode"] | None = None
    size: int = 1
    height: int = 1
    open: bool = False
    spoiled: bool = False


@dataclass(slots=True)
class _Level:
    """A mapping or list that is being read; in a mapping, `key` (no text: a refused one) waits for its value."""

    node: YamlNode
    key: tuple[str | None, int] | None = None
    seen: dict[str, int] = field(default_factory=dict)


class Composer:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.root: YamlNode | None = None
        self._levels: list[_Level] = []
        self._anchors: dict[str, YamlNode] = {}
        self._nodes = 0
        self._documents = 0

    def compose(self, events: Iterable[Any]) -> YamlNode | None:
        """The root node of the one document in these events; None where there is none."""
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                self._start_document(line)
            elif isinstance(event, yaml.AliasEvent):
                self._place(self._alias(event, line), line, is_text=False)
            elif isinstance(event, yaml.ScalarEvent):
                self._place(self._scalar(event, line), line, is_text=True, text=event.value)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._open(event, line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._close()
        return self.root

    def _problem(self, says: Said, line: int, wanted: Said | None = None, key: str | None = None) -> None:
        """Note a problem of the value that comes next, or of the given key in the open mapping."""
        parts: list[str | int] = []
        for level in self._levels:
            if level.node.items is not None:
                parts.append(len(level.node.items))
            elif level.key is not None and level.key[0] is not None:
                parts.append(level.key[0])
        if key is not None:
            parts.append(key)
        self.problems.append(Problem(says, key_text(parts), line, wanted))

    def _start_document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self._problem(say("a second document begins here"), line, say("one document in the text"))
            raise Stop

    def _count(self, line: int, size: int, depth: int) -> None:
        self._nodes += size
        if self._nodes > NODES_AT_MOST:
            self._problem(
                say("the document has too many values"),
                line,
                say("at most {most}, aliases written out", most=NODES_AT_MOST),
            )
            raise Stop
        if depth > DEPTH_AT_MOST:
            self._problem(
                say("the document is nested too deeply"), line, say("at most {most} levels", most=DEPTH_AT_MOST)
            )
            raise Stop

    def _begin(self, event: Any, line: int) -> YamlNode:
        self._count(line, 1, len(self._levels) + 1)
        node = YamlNode(line)
        if event.tag is not None and event.ctag is not None:
            says = say("the tag {tag} is not accepted", tag=str(event.tag)[:40])
            self._problem(says, line, say("plain values, quoted where text"))
            node.spoiled = True
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: Any, line: int) -> YamlNode:
        node = self._begin(event, line)
        if any("\ud800" <= char <= "\udfff" or char == "\0" for char in event.value):
            self._problem(say("the text has a character that cannot be stored"), line, say("Unicode text without NUL"))
            node.spoiled = True
        elif not event.implicit[0]:
            node.value = event.value
        else:
            try:
                node.value = resolve(event.value)
            except InvalidInput as error:
                self._problem(error.says, line, say("a finite number of at most 63 bits, or quoted text"))
                node.spoiled = True
        return node

    def _alias(self, event: Any, line: int) -> YamlNode:
        node = self._anchors.get(event.anchor)
        if node is None:
            says = say("{alias} stands for nothing", alias=f"*{event.anchor}")
            self._problem(says, line, say("an anchor {anchor} before it", anchor=f"&{event.anchor}"))
            return YamlNode(line, spoiled=True)
        if node.open:
            self._problem(say("{alias} contains itself", alias=f"*{event.anchor}"), line, say("no circles"))
            return YamlNode(line, spoiled=True)
        self._count(line, node.size, len(self._levels) + node.height)
        return node

    def _open(self, event: Any, line: int) -> None:
        node = self._begin(event, line)
        node.open = True
        if isinstance(event, yaml.MappingStartEvent):
            node.entries = []
        else:
            node.items = []
        self._levels.append(_Level(node))

    def _close(self) -> None:
        node = self._levels.pop().node
        node.open = False
        below = [entry.value for entry in node.entries or ()] + (node.items or [])
        node.size += sum(each.size for each in below)
        node.height += max((each.height for each in below), default=0)
        self._place(node, node.line, is_text=False)

    def _place(self, node: YamlNode, line: int, *, is_text: bool, text: str = "") -> None:
        """Put a finished node where it belongs: the root, the next item, the next key or that key's value."""
        if not self._levels:
            self.root = node
            return
        level = self._levels[-1]
        if level.node.items is not None:
            level.node.items.append(node)
        elif level.key is None:
            if not is_text or not text:
                self._problem(say("a key is not text"), line, say("a word, quoted where it has special characters"))
            level.key = (text if is_text and text and not node.spoiled else None, line)
        else:
            (key, key_line), level.key = level.key, None
            self._enter(level, key, key_line, node)

    def _enter(self, level: _Level, key: str | None, line: int, value: YamlNode) -> None:
        if key is None or level.node.entries is None:
            return
        if key == "<<":
            self._problem(say("merge keys are not part of YAML 1.2"), line, say("the entries themselves"), key)
            return
        if key in level.seen:
            first = level.seen[key]
            says = say("this key is given twice, in line {first} and in line {line}", first=first, line=line)
            self._problem(says, line, say("each key once"), key)
            return
        level.seen[key] = line
        level.node.entries.append(MappingEntry(key, line, value))
