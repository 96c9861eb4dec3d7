"""Random expressions of a given type, as source text, and random facts that fit the environment."""

from typing import Any

from hypothesis import strategies as st

from tocsin.policy.expressions import BOOL, DOUBLE, DYN, INT, LIST, MAP, STRING, TEXT, Environment, Type

ENVIRONMENT = Environment(
    {
        "case": {
            "subject": TEXT(40),
            "severity": TEXT(20),
            "users": INT,
            "vip": BOOL,
            "tags": LIST(TEXT(10)),
            "counts": LIST(INT),
            "attributes": MAP(TEXT(10), DYN),
        },
        "account": {"plan": TEXT(20), "arr": DOUBLE},
        "score": DOUBLE,
    }
)

_WORDS = ["", "a", "b", "down", "critical", "Größe", "a.b", "😀"]
_PATTERNS = ["(?i)A", "^a", "b$", "[0-9]+", "ö|o", "a.b", "down", "\\\\bdown\\\\b"]
_FIELDS: dict[Type, list[str]] = {
    STRING: ["case.subject", "case.severity", "account.plan"],
    INT: ["case.users"],
    DOUBLE: ["account.arr", "score"],
    BOOL: ["case.vip"],
    LIST(STRING): ["case.tags"],
    LIST(INT): ["case.counts"],
    DYN: ["case.attributes.x", 'case.attributes["y"]', "case.attributes.z.x"],
}
_LITERALS: dict[Type, st.SearchStrategy[str]] = {
    STRING: st.sampled_from(_WORDS).map(repr),
    INT: st.sampled_from([0, 1, 2, 7, -1, 2**63 - 1, -(2**63), 2**53 + 1]).map(str),
    DOUBLE: st.sampled_from(["0.0", "-0.0", "1.0", "2.5", "-7.25", "1e300", "1e-5"]),
    BOOL: st.sampled_from(["true", "false"]),
}

_numbers = st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1])
_doubles = st.sampled_from([0.0, -0.0, 1.0, 2.5, -7.25, 1e300, float("nan"), float("inf")]) | st.integers(-3, 3)
_words = st.sampled_from(_WORDS)
_anything = st.recursive(
    _numbers | _doubles | _words | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y", "a"]), inner, max_size=2),
    max_leaves=6,
)


_CASE: dict[str, st.SearchStrategy[Any]] = {
    "subject": _words,
    "severity": _words,
    "users": _numbers,
    "vip": st.booleans(),
    "tags": st.lists(_words, max_size=4),
    "counts": st.lists(_numbers, max_size=4),
    "attributes": st.dictionaries(st.sampled_from(["x", "y", "z"]), _anything, max_size=3),
}
_ACCOUNT: dict[str, st.SearchStrategy[Any]] = {"plan": _words, "arr": _doubles}


def facts() -> st.SearchStrategy[dict[str, Any]]:
    """Everything is there, or any field may be missing; a double may be given as an int, as JSON has it."""
    whole = {"case": st.fixed_dictionaries(_CASE), "account": st.fixed_dictionaries(_ACCOUNT), "score": _doubles}
    case, account = st.fixed_dictionaries({}, optional=_CASE), st.fixed_dictionaries({}, optional=_ACCOUNT)
    partial = st.fixed_dictionaries({"case": case, "account": account}, optional={"score": _doubles})
    return st.fixed_dictionaries(whole) | partial


@st.composite
def sources(draw: st.DrawFn, type_: Type = BOOL, depth: int = 4, dynamic: bool = True, loops: int = 2) -> str:
    """Source text of an expression of the type; with dyn values in it only if `dynamic`."""
    return _source(draw, type_, depth, dynamic, loops, {})


def _source(draw: st.DrawFn, type_: Type, depth: int, dynamic: bool, loops: int, scope: dict[str, Type]) -> str:
    def sub(inner: Type, more: dict[str, Type] | None = None, fewer_loops: int = 0) -> str:
        return _source(draw, inner, depth - 1, dynamic, loops - fewer_loops, scope | (more or {}))

    def scalar() -> Type:
        return draw(st.sampled_from([STRING, INT, DOUBLE, BOOL]))

    names = [name for name, of in scope.items() if of == type_]
    leaves = names + _FIELDS.get(type_, [])
    if depth <= 0 or draw(st.integers(0, 5)) == 0:
        if type_ in _LITERALS and (not leaves or draw(st.integers(0, 2)) == 0):
            return draw(_LITERALS[type_])
        if leaves:
            return draw(st.sampled_from(leaves))
        return f"[{sub(type_.parameters[0])}]"
    if dynamic and draw(st.integers(0, 7)) == 0 and type_ in (STRING, INT, DOUBLE, BOOL):
        return _converted(draw, type_, sub)
    if draw(st.integers(0, 6)) == 0:
        return f"({sub(BOOL)} ? {sub(type_)} : {sub(type_)})"

    def loop(macro: str, items: Type, result: Type) -> str:
        # A name of its own most of the time; now and then one that hides another.
        variable = draw(st.sampled_from([f"v{len(scope)}", "v0", "case"]))
        element = items.parameters[0]
        return f"{sub(items)}.{macro}({variable}, {sub(result, {variable: element}, 1)})"

    items = draw(st.sampled_from([LIST(STRING), LIST(INT)]))
    number = draw(st.sampled_from([INT, DOUBLE]))
    options: list[str] = []
    match type_.name:
        case "bool":
            kind = draw(st.integers(0, 9 if loops else 7))
            compared = scalar()
            options = [
                f"({sub(BOOL)} && {sub(BOOL)} && {sub(BOOL)})" if kind == 0 else "",
                f"({sub(BOOL)} || {sub(BOOL)})" if kind == 1 else "",
                f"!({sub(BOOL)})" if kind == 2 else "",
                f"({sub(compared)} {draw(_RELATION)} {sub(compared)})" if kind == 3 else "",
                f"({sub(INT)} {draw(_RELATION)} {sub(DOUBLE)})" if kind == 4 else "",
                f"({sub(items.parameters[0])} in {sub(items)})" if kind == 5 else "",
                f"{sub(STRING)}.{draw(st.sampled_from(['contains', 'startsWith', 'endsWith']))}({sub(STRING)})"
                if kind == 6
                else "",
                f"{sub(STRING)}.matches('{draw(st.sampled_from(_PATTERNS))}') || {draw(_PRESENCE)}"
                if kind == 7
                else "",
                loop(draw(st.sampled_from(["all", "exists", "exists_one"])), items, BOOL) if kind in (8, 9) else "",
            ]
        case "int":
            kind = draw(st.integers(0, 2))
            options = [
                f"({sub(INT)} {draw(st.sampled_from('+-*/%'))} {sub(INT)})" if kind == 0 else "",
                f"size({sub(draw(st.sampled_from([STRING, LIST(STRING)])))})" if kind == 1 else "",
                f"-({sub(INT)})" if kind == 2 else "",
            ]
        case "double":
            options = [f"({sub(DOUBLE)} {draw(st.sampled_from('+-*/'))} {sub(number)})"]
        case "string":
            kind = draw(st.integers(0, 1))
            options = [f"({sub(STRING)} + {sub(STRING)})" if kind == 0 else f"string({sub(number)})"]
        case "list":
            kind = draw(st.integers(0, 2 if loops else 0))
            element = type_.parameters[0]
            options = [
                f"[{sub(element)}, {sub(element)}]" if kind == 0 else "",
                loop("filter", type_, BOOL) if kind == 1 else "",
                loop("map", items, element) if kind == 2 else "",
            ]
    return next(filter(None, options))


_PATTERN = st.sampled_from(_PATTERNS)
_RELATION = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_PRESENCE = st.sampled_from(["has(case.subject)", "has(account.arr)", "has(case.attributes.x)", "has(case.vip)"])


def _converted(draw: st.DrawFn, type_: Type, sub: Any) -> str:
    """A value of the type that comes from a dyn one."""
    dyn = draw(st.sampled_from(_FIELDS[DYN]))
    if type_ == BOOL:
        other = draw(st.sampled_from([STRING, INT, DOUBLE, BOOL]))
        return draw(
            st.sampled_from(
                [
                    f"({dyn} {draw(_RELATION)} {sub(other)})",
                    f"({sub(other)} {draw(_RELATION)} {dyn})",
                    f"({dyn} == {draw(st.sampled_from(_FIELDS[DYN]))})",
                    f"({sub(other)} in {dyn})",
                    f"({dyn} in [{sub(other)}])",
                    f"(true && {dyn})",
                    f"{dyn}.exists(d, d == {sub(other)})",
                    f"{dyn}.all(d, {dyn}.exists(e, e == d))",
                    f"has({dyn.split('[')[0]}.x)",
                ]
            )
        )
    if type_ == INT:
        return f"size({dyn})"
    if type_ == DOUBLE:
        return f"({dyn} * {sub(DOUBLE)})"
    return f"({sub(STRING)} + {dyn})"
