"""`tocsin connector`: tools that deliver here, by packs."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, read_text, say, when, wrong_use

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Connectors: list, add, show, test, deliveries, replay, secret, revoke.",
    epilog="Example: tocsin connector add prometheus --pack alertmanager",
)

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Name = Annotated[str, typer.Argument(help="Its name.")]
SecretFile = Annotated[
    str | None, typer.Option("--secret-file", metavar="FILE", help="Holds the tool's own secret; - for standard input.")
]

CredentialFile = Annotated[
    str | None, typer.Option("--credential-file", metavar="FILE", help="Holds what Tocsin calls its tool with.")
]
PullFile = Annotated[
    str | None, typer.Option("--pull", metavar="PULL", help="What to ask its tool, and how often: keys of a pull.")
]


@app.command("list", epilog="Example: tocsin connector list")
def list_connectors(
    packs: Annotated[bool, typer.Option("--packs", help="What can be added.")] = False, json: Json = False
) -> None:
    """Show every connector, without what is secret."""
    with access.reading() as api:
        found: dict[str, Any] = api.get("/connectors")
    if json:
        print_json(found["packs" if packs else "connectors"])
    elif packs:
        rows = ((one["name"], one["title"], one["kind"], one["signed"], one["about"]) for one in found["packs"])
        print_table(("pack", "tool", "kind", "signed", "about"), rows)
    else:
        print_table(
            ("name", "pack", "signed", "created", "by", "last delivery", "revoked"),
            (
                (
                    one["name"],
                    one["pack"],
                    "yes" if one["signed"] else "no",
                    when(one["created_at"]),
                    one["created_by"],
                    when(one["last_at"]),
                    when(one["revoked_at"]),
                )
                for one in found["connectors"]
            ),
        )


@app.command(epilog="Example: tocsin connector add prometheus --pack alertmanager --signed")
def add(
    name: Annotated[str, typer.Argument(help="Whose deliveries it takes.")],
    pack: Annotated[str, typer.Option("--pack", help="The pack, from `tocsin connector list --packs`.")] = "generic",
    map_file: Annotated[
        str | None, typer.Option("--map", metavar="MAP", help="Keys of a mapping, before those of the pack.")
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="Take only what is signed, where the pack asks.")] = False,
    secret_file: SecretFile = None,
    pull_file: PullFile = None,
    credential_file: CredentialFile = None,
    json: Json = False,
) -> None:
    """Add a connector. Its path, which contains its token, and its secret are shown only once."""
    body = {"name": name, "pack": pack, "map": _document(map_file), "signed": signed, "secret": _secret(secret_file)}
    if pull_file is not None:
        body["pull"] = _document(pull_file)
    if credential_file is not None:
        body["credential"] = _secret(credential_file)
    with access.writing("connector add") as api:
        made = api.post("/connectors", body)
    if json:
        print_json(made)
        return
    if pull_file is not None:
        say("it asks its tool from now on; what the tool delivers by itself is taken all the same")
    say(f"deliveries go to {made['shown_once']['path']} of this server, shown only once")
    if made["shown_once"]["secret"]:
        say(f"their secret is {made['shown_once']['secret']}, shown only once")


@app.command(epilog="Example: tocsin connector show prometheus")
def show(name: Name, json: Json = False) -> None:
    """Show a connector and the mapping that it uses."""
    with access.reading() as api:
        found: dict[str, Any] = api.get(f"/connectors/{access.part(name)}")
    if json:
        print_json(found)
        return
    say(
        f"{found['name']}: {found['of_pack']['title']} ({found['pack']}), {'signed' if found['signed'] else 'unsigned'}"
    )
    if found["former_secret_until"]:
        say(f"its former secret holds until {when(found['former_secret_until'])}")
    if found["revoked_at"]:
        say(f"revoked {when(found['revoked_at'])}")
    if (pulled := found["pulled"]) is not None:
        say(f"it asks {found['pull'].get('url', 'its tool')}; last answer {when(pulled['at']) or 'not yet'}")
        if pulled["error"]:
            say(f"the last time in vain: {pulled['error']}")
    print_json(found["mapping"])


@app.command(epilog="Example: tocsin connector change issues --effect comment-when-resolved --credential-file key.txt")
def change(
    name: Name,
    map_file: Annotated[
        str | None, typer.Option("--map", metavar="MAP", help="Keys of a mapping, before those of the pack.")
    ] = None,
    effects: Annotated[
        list[str] | None, typer.Option("--effect", help="What is to go out; may be given several times.")
    ] = None,
    no_effects: Annotated[bool, typer.Option("--no-effects", help="Nothing is to go out any more.")] = False,
    host: Annotated[str | None, typer.Option("--host", help="Where effects go, if not where the pack says.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The name that their system has for us.")] = None,
    credential_file: CredentialFile = None,
    pull_file: PullFile = None,
    no_pull: Annotated[bool, typer.Option("--no-pull", help="Ask its tool no more.")] = False,
    json: Json = False,
) -> None:
    """Change a connector: its mapping, what goes out by it, and what it asks for."""
    said = {
        "map": None if map_file is None else _document(map_file),
        "effects": [] if no_effects else effects or None,
        "host": host,
        "account": account,
        "credential": _secret(credential_file),
        "pull": None if pull_file is None else _document(pull_file),
    }
    with access.writing("connector change") as api:
        changed = api.patch(
            f"/connectors/{access.part(name)}",
            {key: one for key, one in said.items() if one is not None} | ({"pull": None} if no_pull else {}),
        )
    if json:
        print_json(changed)
    else:
        say(f"{name} is changed; what goes out: {', '.join(changed['effects']) or 'nothing'}")


@app.command(epilog="Example: tocsin connector effects issues")
def effects(name: Name, json: Json = False) -> None:
    """Show what went out by a connector."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get(f"/connectors/{access.part(name)}/effects")["effects"]
    if json:
        print_json(found)
        return
    print_table(
        ("queued", "effect", "ticket", "case", "state", "attempts", "error"),
        (
            (
                when(one["queued_at"]),
                one["effect"],
                one["external_id"],
                one["number"],
                one["state"],
                one["attempts"],
                one["error"] or "",
            )
            for one in found
        ),
    )


@app.command("test", epilog="Example: tocsin connector test prometheus delivery.json")
def try_out(
    name: Name,
    file: Annotated[str | None, typer.Argument(help="A delivery in JSON; without it, the pack's sample.")] = None,
    json: Json = False,
) -> None:
    """Show what a connector would make of a delivery. Nothing is written."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.post(f"/connectors/{access.part(name)}/test", {"delivery": _json(file)})[
            "signals"
        ]
    if json:
        print_json(found)
        return
    print_table(
        ("outcome", "ticket", "kind", "states", "subject", "says"),
        (
            (
                one["outcome"],
                f"{one['source']} {one['external_id']}" if "source" in one else "",
                one.get("kind", ""),
                one.get("states", ""),
                one.get("fields", {}).get("subject", ""),
                one.get("says") or "; ".join(f"{place}: {why}" for place, why in one.get("remarks", {}).items()),
            )
            for one in found
        ),
    )


@app.command(epilog="Example: tocsin connector deliveries prometheus")
def deliveries(
    name: Name,
    delivery: Annotated[str | None, typer.Argument(help="One of them, to be shown in full.")] = None,
    json: Json = False,
) -> None:
    """Show the deliveries that are kept and their results, or one of them in full."""
    place = f"/connectors/{access.part(name)}/deliveries"
    with access.reading() as api:
        found: Any = api.get(place)["deliveries"] if delivery is None else api.get(f"{place}/{access.part(delivery)}")
    if json:
        print_json(found)
    elif delivery is None:
        print_table(
            ("id", "at", "bytes", "outcomes", "cases", "error"),
            (
                (
                    one["id"],
                    when(one["at"]),
                    one["size"],
                    ", ".join(dict.fromkeys(signal["outcome"] for signal in one["signals"])),
                    ", ".join(dict.fromkeys(str(signal["number"]) for signal in one["signals"] if signal["number"])),
                    next((signal["error"] for signal in one["signals"] if signal["error"]), ""),
                )
                for one in found
            ),
        )
    else:
        for header, value in (found["headers"] or {}).items():
            say(f"{header}: {value}")
        say(found["body"] if found["body"] is not None else "(the body is not kept, or not shown)")


@app.command(epilog="Example: tocsin connector replay prometheus 06f3zq1v8k0c0")
def replay(
    name: Name,
    delivery: Annotated[str, typer.Argument(help="From `tocsin connector deliveries`.")],
    json: Json = False,
) -> None:
    """Carry a kept delivery out again, by the mapping of today."""
    with access.writing("connector replay") as api:
        done = api.post(f"/connectors/{access.part(name)}/deliveries/{access.part(delivery)}/replay")
    if json:
        print_json(done)
        return
    for signal in done["signals"]:
        case = f": case {signal['number']}" if "number" in signal else ""
        why = f": {signal['says']}" if signal.get("says") else ""
        say(f"{signal['outcome']}{case}{why}")


@app.command(epilog="Example: tocsin connector secret github --secret-file new-secret.txt")
def secret(name: Name, secret_file: SecretFile = None, json: Json = False) -> None:
    """Give a connector a new secret. The former one holds for another day."""
    with access.writing("connector secret") as api:
        made = api.post(f"/connectors/{access.part(name)}/secret", {"secret": _secret(secret_file)})
    if json:
        print_json(made)
        return
    if made["secret"]:
        say(f"the new secret is {made['secret']}, shown only once")
    say(f"the former one holds until {when(made['former_secret_until'])}")


@app.command(epilog="Example: tocsin connector revoke prometheus")
def revoke(name: Name, json: Json = False) -> None:
    """Revoke a connector."""
    with access.writing("connector revoke") as api:
        done = api.post(f"/connectors/{access.part(name)}/revocation")
    if json:
        print_json(done)
    else:
        say(f"{name} is revoked")


def _document(file: str | None) -> Any:
    from tocsin.policy.yaml.lines import read

    if file is None:
        return {}
    tree = read(read_text(file))
    if tree.problems:
        wrong_use(f"{file}: {tree.problems[0]}")
    return tree.data


def _json(file: str | None) -> Any:
    import msgspec

    if file is None:
        return None
    try:
        return msgspec.json.decode(read_text(file))
    except msgspec.DecodeError as error:
        wrong_use(f"{file}: this is not JSON: {error}")


def _secret(file: str | None) -> str | None:
    return None if file is None else read_text(file).strip()
