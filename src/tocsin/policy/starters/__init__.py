"""Starter policies: read with `text`, named as in `tocsin policy show --starter`."""

from importlib.resources import files

from tocsin.core.errors import NotFound
from tocsin.core.wording import say, verbatim

NAMES = ("b2b-saas", "it-service-desk", "consumer")
DEFAULT = "b2b-saas"


def text(name: str = DEFAULT) -> str:
    """The YAML of a starter. NotFound names those that there are."""
    if name not in NAMES:
        raise NotFound(
            say("there is no starter policy {name}", name=repr(name)),
            place="starter",
            expected=verbatim(", ".join(NAMES)),
        )
    return files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
