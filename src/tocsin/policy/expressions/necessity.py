"""What has to be found in a text for a condition to hold: most rules on words need not be asked at all."""

from tocsin.policy.expressions.syntax import Call, DeclaredField, Literal, Logic, Node

_Needs = dict[str, frozenset[str]]


def needs(node: Node) -> _Needs:
    """By field, patterns of which one at least is found wherever the condition holds or has no value: where none is,
    it is false, whatever else is missing. For `a && b` one of them has to be false, for `a || b` both.
    """
    match node:
        case Call(function="matches", arguments=(DeclaredField(path=path), Literal(value=str() as pattern))):
            return {".".join(path): frozenset({pattern})}
        case Logic(operator="&&", terms=terms):
            found: _Needs = {}
            for term in terms:
                found = needs(term) | found
            return found
        case Logic(operator="||", terms=terms):
            every = [needs(term) for term in terms]
            fields = set.intersection(*[set(each) for each in every])
            return {field: frozenset().union(*[each[field] for each in every]) for field in sorted(fields)}
    return {}
