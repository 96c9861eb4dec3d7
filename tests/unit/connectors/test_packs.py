"""Signatures of senders, as their documentation has them, and packs that are wrong."""

import base64
import hmac
from hashlib import sha1, sha256
from typing import Any

import pytest

from tocsin.connectors import pack
from tocsin.connectors.declared import filled_path
from tocsin.connectors.masking import body
from tocsin.connectors.port import Request
from tocsin.connectors.quotas import Quotas
from tocsin.connectors.signatures import Hmac, Scheme, Token
from tocsin.core import canonical, instants
from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.errors import InvalidDocument, InvalidInput, TooMany, Unauthenticated

NOW = instants.from_text("2026-11-22T09:30:00Z")
SECRET, BODY = "a secret of theirs", b'{"id": 1}'
ISO, EPOCH = "2026-11-22T09:30:00Z", str(NOW // SECOND)


def digest(signed: bytes, algorithm: Any = sha256) -> bytes:
    return hmac.new(SECRET.encode(), signed, algorithm).digest()


ZENDESK = Hmac("x-zendesk-webhook-signature", "sha256", "base64", "", "x-zendesk-ts", "{timestamp}{body}")
GRAFANA = Hmac("x-grafana-alerting-signature", timestamp="x-grafana-ts", over="{timestamp}:{body}")
SIGNED: list[tuple[str, Scheme, dict[str, str]]] = [
    (
        "zendesk",
        ZENDESK,
        {ZENDESK.header: base64.b64encode(digest(ISO.encode() + BODY)).decode(), "x-zendesk-ts": ISO},
    ),
    (
        "intercom",
        Hmac("x-hub-signature", "sha1", prefix="sha1="),
        {"x-hub-signature": "sha1=" + digest(BODY, sha1).hex()},
    ),
    (
        "pagerduty",
        Hmac("x-pagerduty-signature", prefix="v1="),
        {"x-pagerduty-signature": "v1=00,v1=" + digest(BODY).hex()},
    ),
    ("grafana", GRAFANA, {GRAFANA.header: digest(f"{EPOCH}:".encode() + BODY).hex(), "x-grafana-ts": EPOCH}),
    ("bearer", Token("authorization", "Bearer "), {"authorization": f"Bearer {SECRET}"}),
    ("basic", Token(basic=True), {"authorization": "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()}),
]


@pytest.mark.parametrize(("scheme", "headers"), [one[1:] for one in SIGNED], ids=[one[0] for one in SIGNED])
def test_what_is_signed_with_one_of_the_secrets_is_taken(scheme: Scheme, headers: dict[str, str]) -> None:
    scheme.verify(Request(headers, BODY), ["another secret", SECRET], NOW)
    for wrong in ({}, dict.fromkeys(headers, "x"), {name: value[:-1] + "é" for name, value in headers.items()}):
        with pytest.raises(Unauthenticated):
            scheme.verify(Request(wrong, BODY), [SECRET], NOW)
    with pytest.raises(Unauthenticated):
        scheme.verify(Request(headers, BODY), ["another secret"], NOW)
    if isinstance(scheme, Hmac):
        with pytest.raises(Unauthenticated):
            scheme.verify(Request(headers, BODY + b" "), [SECRET], NOW)
        if scheme.timestamp:
            with pytest.raises(Unauthenticated):
                scheme.verify(Request(headers, BODY), [SECRET], NOW + 6 * MINUTE)


def test_a_secret_may_stand_in_the_address() -> None:
    scheme = Token(query="key")
    scheme.verify(Request({}, BODY, {"key": SECRET}), [SECRET], NOW)
    with pytest.raises(Unauthenticated):
        scheme.verify(Request({}, BODY, {}), [SECRET], NOW)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("about: x", "title"),
        ("signature: {scheme: rot13}", "signature.scheme"),
        ("signature: {scheme: hmac, salt: x}", "signature.salt"),
        ("signature: {scheme: hmac}", "signature.header"),
        ("signature: {scheme: token, prefix: x}", "signature.header"),
        ("quota: 0", "quota"),
        ("colour: red", "colour"),
        ("mapping: {source: x}", "external_id"),
        ("effects: {e: {says: x, on: case.resolved, call: 'GET /'}}", "effects.e.call"),
        ("effects: {e: {says: x, on: case.resolved, call: 'POST /{link.id}'}}", "effects.e.call"),
        ("effects: {e: {says: x, on: case.resolved, call: 'POST /', body: {a: ['{credential}']}}}", "effects.e.body"),
    ],
)
def test_a_pack_that_is_wrong_names_the_place(text: str, key: str) -> None:
    usual = "" if key == "title" else "title: A tool\nabout: It delivers.\n"
    with pytest.raises(InvalidDocument) as refused:
        pack.parsed("wrong", f"{usual}kind: desk\n{text}\n")
    assert key in {problem.key for problem in refused.value.problems}


def test_every_effect_of_every_pack_is_of_a_kind_that_there_is() -> None:
    from tocsin.events import KINDS

    for name in pack.names():
        for effect in pack.named(name).effects.values():
            assert set(effect.on) <= KINDS.keys()
            assert not any(kind.startswith("effect.") for kind in effect.on)


def test_what_stands_in_a_path_leads_nowhere_else() -> None:
    values = {"link.a": "x/../y?z", "link.b": 5}
    assert filled_path("/t/{link.a}/{link.b}", values) == "/t/x%2F..%2Fy%3Fz/5"
    for wrong in ("..", "", None):
        with pytest.raises(InvalidInput):
            filled_path("/t/{link.a}", {"link.a": wrong})


def test_what_holds_no_secret_is_kept_byte_for_byte() -> None:
    raw = b'{ "id" : 1, "tokens": 5, "secretary": "x" }'
    assert body(raw, canonical.decode(raw)) == raw


def test_a_quota_is_of_a_minute() -> None:
    quotas = Quotas()
    for _ in range(3):
        quotas.take(1, 3, NOW)
    with pytest.raises(TooMany) as refused:
        quotas.take(1, 3, NOW + 20 * SECOND)
    assert refused.value.wait == 40
    quotas.take(2, 3, NOW)
    quotas.take(1, 3, NOW + MINUTE)
    quotas.take(3, None, NOW)
