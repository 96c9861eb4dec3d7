"""`tocsin account`: the customers, and who answers for them."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, say, wrong_use

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
_FACTS = ("name", "segment", "plan", "region", "language", "arr", "renewal", "products", "attributes")

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Customers: what is known of them, and who answers for the relationship.",
    epilog="Example: tocsin account put C-1001 --name 'Meridian Airways' --segment strategic --owner omar",
)


@app.command("put", epilog="Example: tocsin account put C-1001 --segment strategic --owner omar")
def put(
    external_id: Annotated[str, typer.Argument(help="The id by which tickets name the customer.")],
    name: Annotated[str | None, typer.Option("--name", help="As people write it.")] = None,
    segment: Annotated[str | None, typer.Option("--segment", help="Such as strategic or business.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="The support plan.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="Where they are.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="What they speak.")] = None,
    arr: Annotated[str | None, typer.Option("--arr", metavar="NUMBER", help="Annual recurring revenue.")] = None,
    renewal: Annotated[str | None, typer.Option("--renewal", help="When the contract renews: a date.")] = None,
    product: Annotated[
        list[str] | None, typer.Option("--product", help="What they have of us; once for each, '' for none.")
    ] = None,
    attribute: Annotated[
        list[str] | None, typer.Option("--attribute", metavar="NAME=VALUE", help="Another fact; once for each.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="The user who answers for the relationship; empty for nobody.")
    ] = None,
    json: Json = False,
) -> None:
    """Create an account or change its facts. Options left out stay as they are; '' removes a fact."""
    values = (name, segment, plan, region, language, _number(arr), renewal, _products(product), _attributes(attribute))
    body: dict[str, Any] = {
        key: None if value == "" else value for key, value in zip(_FACTS, values, strict=True) if value is not None
    }
    if owner is not None:
        body["owner"] = owner or None
    if not body:
        wrong_use("no fact of the account is given; expected --name, --segment, --owner or another")
    with access.writing("account put") as api:
        made = api.put(f"/accounts/{access.part(external_id)}", body)
    if json:
        print_json(made)
    else:
        say(f"{external_id} is {made['name'] or 'known'}, {made['owner'] or 'nobody'} answers for it")


@app.command("list", epilog="Example: tocsin account list")
def list_(json: Json = False) -> None:
    """Show every account."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    with access.reading() as api:
        while True:
            part = api.get("/accounts", **({"cursor": cursor} if cursor else {}))
            found += part["accounts"]
            cursor = part["cursor"]
            if cursor is None:
                break
    if json:
        print_json(found)
        return
    columns = ("external_id", "name", "segment", "plan", "region", "arr", "owner")
    print_table(
        ("id", "name", "segment", "plan", "region", "revenue", "owner"),
        (tuple(str(account[column] if account[column] is not None else "") for column in columns) for account in found),
    )


def _products(named: list[str] | None) -> list[str] | str | None:
    """The products that were named; "" takes them away."""
    return named if not named or any(named) else ""


def _attributes(given: list[str] | None) -> dict[str, str] | str | None:
    """The attributes that were given; "" takes them away."""
    if not given:
        return None
    if given == [""]:
        return ""
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, equals, _ in pairs if not equals or not name]:
        wrong_use(f"--attribute {wrong[0]!r} has no value; expected NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _number(text: str | None) -> float | str | None:
    """The number that was typed; what is empty stays so."""
    try:
        return float(text) if text else text
    except ValueError:
        wrong_use(f"--arr {text!r} is not a number")
