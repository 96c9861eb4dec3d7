"""What fields and parameters of the API mean: a sentence for each, by its name, or by `where.name` where the same name
means something else. `where` is the shape, or the field whose value it is part of. A field that says so itself, at the
place that declares it, needs none here.
"""

from tocsin.api.description.words import administered, cases, decisions, parameters, traffic

FIELDS: dict[str, str] = {**cases.FIELDS, **decisions.FIELDS, **administered.FIELDS, **traffic.FIELDS}
PARAMETERS: dict[str, str] = parameters.PARAMETERS


def of(where: str, name: str) -> str | None:
    """The sentence for a field; None where there is none."""
    return FIELDS.get(f"{where}.{name}") or FIELDS.get(name)
