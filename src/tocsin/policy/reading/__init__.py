"""A document on its way to a typed model: values with their keys, and all problems met, none of them ending it.

Sections read what fits the schema, entry by entry; an entry that does not is skipped, because its problem is
already known. What they return is thrown away if there is any error at all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tocsin.clocks import durations
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import BUILT_IN, ClockName
from tocsin.core.errors import InvalidInput, Problem
from tocsin.core.wording import Said, say
from tocsin.policy.model import Target, Targets
from tocsin.policy.structure import misfits, missing, near
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

_NONE = Duration("working", 0)

ALWAYS = Calendar.build("always", {"hours": "24x7"})


class Reading:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = list(tree.problems)
        self._bad: set[Key] = set(tree.spoiled)
        self._around_bad: set[Key] = set()
        for key, problem in misfits(tree):
            self.problems.append(problem)
            self._bad.add(key)
        for key in self._bad:
            self._around_bad.update(key[:length] for length in range(len(key) + 1))

    def problem(self, key: Key, says: Said, wanted: Said | None = None) -> None:
        self.problems.append(Problem(says, key_text(key), self.tree.line(key), wanted))

    def sound(self, key: Key) -> bool:
        """Whether the value, everything in it and everything around it is of the right shape."""
        return key not in self._around_bad and not any(key[:length] in self._bad for length in range(len(key) + 1))

    def get(self, *key: str | int, default: Any = None) -> Any:
        """The value at a key, as it is; the default where there is none."""
        value = self.tree.data
        for part in key:
            if isinstance(part, int):
                if not isinstance(value, list) or part >= len(value):
                    return default
                value = value[part]
            elif not isinstance(value, dict) or part not in value:
                return default
            else:
                value = value[part]
        return value

    def names(self, *key: str) -> list[str]:
        """The keys of a mapping, or the texts of a list: what may be referred to, whether or not it is sound."""
        value = self.get(*key)
        return [name for name in value if isinstance(name, str)] if isinstance(value, (dict, list)) else []

    def entries(self, *key: str) -> Iterator[tuple[str, Key, dict[str, Any]]]:
        """The sound entries of a mapping, with their keys."""
        value = self.get(*key)
        if isinstance(value, dict):
            for name, entry in value.items():
                if self.sound((*key, name)):
                    yield name, (*key, name), entry

    def rules(self, *key: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """The sound entries of a list of rules, with their keys; an id that stands twice is a problem."""
        value = self.get(*key)
        seen: dict[str, Key] = {}
        for index, rule in enumerate(value if isinstance(value, list) else ()):
            place: Key = (*key, index)
            name = rule.get("id") if isinstance(rule, dict) else None
            if isinstance(name, str):
                if name in seen:
                    line = self.tree.line((*seen[name], "id"))
                    says = say("the id {name} stands already in line {line}", name=repr(name), line=line)
                    self.problem((*place, "id"), says, say("an id of its own"))
                seen.setdefault(name, place)
            if self.sound(place):
                yield place, rule

    def refer(self, key: Key, what: str, name: str | None, known: list[str]) -> None:
        """A problem unless the name, if any, is known. `what`: a kind of thing, as `missing` knows it."""
        if name is not None and name not in known:
            self.problem(key, *missing(what, name, known))

    def duration(self, key: Key, text: str, *, least: int = 0) -> Duration:
        """A duration of at least so many microseconds (or days)."""
        try:
            duration = durations.parse(text, key_text(key))
        except InvalidInput as error:
            self.problem(key, error.says, error.wanted)
            return _NONE
        if duration.amount < least:
            self.problem(key, say("{given} is too short", given=text), say("more than 0"))
        return duration

    def setting(self, *key: str, default: str) -> Duration:
        """An optional duration of the document."""
        value = self.get(*key)
        return self.duration(key, value if isinstance(value, str) and self.sound(key) else default)

    def clocks(self) -> list[ClockName]:
        """The names of all clocks of this policy: the built-in ones, and its own, whether or not they are sound."""
        return list(dict.fromkeys([*BUILT_IN, *map(ClockName, self.names("clocks", "kinds"))]))

    def known_clocks(self, *keys: Key) -> None:
        """A problem for each key of these sets of targets that is no clock, whether or not the rest of it is sound."""
        known = self.clocks()
        for key in keys:
            value = self.get(*key)
            for name in value if isinstance(value, dict) else ():
                if name not in known:
                    others = [clock for clock in known if clock not in value]
                    self.problem((*key, name), say("this key is not known here"), near(str(name), others))

    def targets(self, key: Key, value: Mapping[str, Any], calendars: list[str]) -> Targets:
        """Targets in the order of the clocks; a target without a calendar of its own has None."""
        found: Targets = {}
        for clock in self.clocks():
            if clock not in value:
                continue
            place, target = (*key, clock), value[clock]
            if isinstance(target, str):
                found[clock] = Target(duration=self.duration(place, target, least=1))
                continue
            calendar = target.get("calendar")
            self.refer((*place, "calendar"), "calendar", calendar, calendars)
            duration = self.duration((*place, "in"), target["in"], least=1)
            found[clock] = Target(duration=duration, origin=target.get("from", "start"), calendar=calendar)
        return found
