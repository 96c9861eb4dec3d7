"""From tokens to the syntax tree: the grammar of the CEL specification ("Syntax"), without messages, bytes and uint.

Nesting is bounded here, so that nothing downstream has to fear for the stack.
"""

from typing import Any, cast

from tocsin.core.wording import Said, say
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.lexer import Token, number, tokens
from tocsin.policy.expressions.limits import MAX_DEPTH, MAX_SOURCE
from tocsin.policy.expressions.macros import expanded
from tocsin.policy.expressions.syntax import Call, Conditional, ListOf, Literal, Logic, MapOf, Name, Node, Select, depth

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"}
    | {"namespace", "return", "var", "void", "while"}
)
_STRENGTH = {"||": 1, "&&": 2} | dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 3)
_STRENGTH |= dict.fromkeys("+-", 4) | dict.fromkeys("*/%", 5)


def parse(source: str) -> Node:
    """The tree of an expression. Raises Refusal where it is none, is too long or too deep."""
    if len(source) > MAX_SOURCE:
        raise Refusal(
            say("the expression has {amount} characters", amount=len(source)), 0, say("at most {most}", most=MAX_SOURCE)
        )
    for at, character in enumerate(source):
        if "\ud800" <= character <= "\udfff":
            raise Refusal(
                say("{code} is not a character", code=f"U+{ord(character):04X}"),
                at,
                say("text without lone surrogates"),
            )
    parser = _Parser(tokens(source))
    node = parser.expression()
    parser.finish()
    if depth(node) > MAX_DEPTH:
        raise _too_deep(node.offset)
    return node


def _too_deep(offset: int) -> Refusal:
    return Refusal(say("the expression is nested too deeply"), offset, say("at most {most} levels", most=MAX_DEPTH))


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._level = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _advance(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _sees(self, text: str) -> bool:
        token = self._next
        return token.text == text and token.kind in ("operator", "name")

    def _take(self, text: str) -> Token | None:
        return self._advance() if self._sees(text) else None

    def _expect(self, text: str) -> Token:
        return self._take(text) or self._fail(f"'{text}'")

    def _fail(self, wanted: Said | str) -> Token:
        token = self._next
        ended = token.kind == "end"
        says = say("the expression ends here") if ended else say("unexpected {given}", given=token.text[:40])
        raise Refusal(says, token.offset, wanted)

    def finish(self) -> None:
        if self._next.kind != "end":
            self._fail(say("an operator or the end"))

    def expression(self) -> Node:
        """`a ? b : c`; a chain of conditions is read in a loop, as it nests to the right."""
        self._level += 1
        if self._level > MAX_DEPTH:
            raise _too_deep(self._next.offset)
        branches: list[tuple[int, Node, Node]] = []
        node = self._operators(1)
        while mark := self._take("?"):
            then = self._operators(1)
            self._expect(":")
            branches.append((mark.offset, node, then))
            node = self._operators(1)
        for offset, test, then in reversed(branches):
            node = Conditional(offset, test, then, node)
        self._level -= 1
        return node

    def _operators(self, floor: int) -> Node:
        """Operands joined by operators that bind at least as tightly as `floor`, from the left."""
        node = self._unary()
        while (strength := self._strength()) >= floor:
            token = self._advance()
            right = self._operators(strength + 1)
            if token.text in ("&&", "||"):
                terms = [node, right]
                while self._take(token.text):
                    terms.append(self._operators(strength + 1))
                node = Logic(token.offset, cast(Any, token.text), tuple(terms))
            else:
                node = Call(token.offset, "@in" if token.text == "in" else f"_{token.text}_", (node, right))
        return node

    def _strength(self) -> int:
        token = self._next
        return _STRENGTH.get(token.text, 0) if token.kind in ("operator", "name") else 0

    def _unary(self) -> Node:
        """Signs are read in a loop. A minus right before a number is part of it, so that -2^63 can be written."""
        signs: list[Token] = []
        while self._sees("!") or self._sees("-"):
            signs.append(self._advance())
        minus = bool(signs) and signs[-1].text == "-" and self._next.kind in ("int", "double")
        node = self._member(signs.pop() if minus else None)
        for sign in reversed(signs):
            node = Call(sign.offset, "-_" if sign.text == "-" else "!_", (node,))
        return node

    def _member(self, minus: Token | None) -> Node:
        node = self._primary(minus)
        while True:
            if dot := self._take("."):
                node = self._after_dot(node, dot)
            elif bracket := self._take("["):
                if self._sees("?"):
                    raise Refusal(say("optional values are not in the subset"), self._next.offset, "has(...)")
                node = Call(bracket.offset, "_[_]", (node, self.expression()))
                self._expect("]")
            elif self._sees("{") and isinstance(node, Name | Select):
                raise Refusal(say("messages are not in the subset"), self._next.offset, say("an operator or the end"))
            else:
                return node

    def _after_dot(self, operand: Node, dot: Token) -> Node:
        token = self._next
        if token.kind == "quoted":
            return Select(dot.offset, operand, cast(str, self._advance().value))
        if self._sees("?"):
            raise Refusal(say("optional values are not in the subset"), token.offset, "has(...)")
        if token.kind != "name" or token.text in _CONSTANTS or token.text == "in":
            self._fail(say("the name of a field or function"))
        self._advance()
        if self._take("("):
            return expanded(Call(token.offset, token.text, (operand, *self._list(")")), member=True))
        return Select(token.offset, operand, token.text)

    def _primary(self, minus: Token | None) -> Node:
        token = self._advance()
        match token.kind:
            case "int" | "double":
                sign, offset = ("-", minus.offset) if minus else ("", token.offset)
                return Literal(offset, number(sign + token.text, token.kind, offset))
            case "string":
                return Literal(token.offset, token.value)
            case "name":
                return self._name(token)
            case "operator" if token.text == "(":
                node = self.expression()
                self._expect(")")
                return node
            case "operator" if token.text == "[":
                return ListOf(token.offset, tuple(self._list("]")))
            case "operator" if token.text == "{":
                return MapOf(token.offset, tuple(self._entries()))
            case "operator" if token.text == "." and self._next.kind == "name":
                return self._name(self._advance(), absolute=True)
        self._at -= 1
        self._fail(say("a value"))
        raise AssertionError

    def _name(self, token: Token, absolute: bool = False) -> Node:
        if token.text in _CONSTANTS and not absolute:
            return Literal(token.offset, _CONSTANTS[token.text])
        if token.text in _RESERVED or token.text in _CONSTANTS or token.text == "in":
            raise Refusal(say("{word} is a reserved word", word=token.text), token.offset, say("a value"))
        if self._take("("):
            return expanded(Call(token.offset, token.text, tuple(self._list(")"))))
        return Name(token.offset, token.text, absolute)

    def _list(self, close: str) -> list[Node]:
        """Expressions up to `close`. A list literal may end with a comma, arguments may not."""
        found: list[Node] = []
        while not self._take(close):
            if self._sees("?"):
                raise Refusal(say("optional values are not in the subset"), self._next.offset, say("a value"))
            found.append(self.expression())
            if not self._take(","):
                self._expect(close)
                break
            if close == ")" and self._sees(close):
                self._fail(say("a value"))
        return found

    def _entries(self) -> list[tuple[Node, Node]]:
        found: list[tuple[Node, Node]] = []
        while not self._take("}"):
            if self._sees("?"):
                raise Refusal(say("optional values are not in the subset"), self._next.offset, say("a key"))
            key = self.expression()
            self._expect(":")
            found.append((key, self.expression()))
            if not self._take(","):
                self._expect("}")
                break
        return found
