"""Secrets leave no text, however they are written; everything else does."""

import json
import pickle
import random
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

import pytest

from crmsnap.redaction.redactor import Redactor

SECRETS = {
    "HubSpot token": "pat-eu1-3f1c5a7e-9b2d-4c8f-a1e0-6d4b2c9f8e71",
    "service key": "CiRldTEtODM5Yy1hM2Fk~LWIwYjYtNGEyNmQyY2EwMDVk",
    "AWS secret key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzzCANARYKEY",
    "AWS session token": "IQoJb3JpZ2luX2VjEHoaDGV1LWNlbnRyYWwtMSJHMEUCIQC/canary+token==",
    "password": 'p/s\\s"wörd&%canary',
}


def broken(text: str, *, by: str) -> str:
    """With something in its middle."""
    return text[: len(text) // 2] + by + text[len(text) // 2 :]


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64, one byte on": lambda text: b64encode(b"x" + text.encode() + b"yz").decode(),
    "base64, two bytes on": lambda text: b64encode(b"u:" + text.encode() + b"z").decode(),
    "base64 for URLs": lambda text: urlsafe_b64encode(text.encode()).decode(),
    "URL": lambda text: quote(text, safe=""),
    "URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "URL, every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "hex": lambda text: text.encode().hex(),
    "hex, as people read it": lambda text: text.encode().hex(":").upper(),
    "JSON": json.dumps,
    "JSON, every letter": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "HTML": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "two lines": lambda text: broken(text, by="\n    "),
    "two lines of JSON": lambda text: json.dumps(broken(text, by="\n"))[1:-1],
    "coloured": lambda text: broken(text, by="\x1b[1;31m"),
}


@pytest.fixture
def redactor() -> Redactor:
    """One that knows every secret."""
    redactor = Redactor()
    for secret in SECRETS.values():
        redactor.learn(secret)
    return redactor


def pieces(text: str) -> set[str]:
    """All runs of eight letters: what would be left if half of it were."""
    return {text[at : at + 8] for at in range(len(text) - 7)}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_event_shows_a_secret(redactor: Redactor, encoding: str) -> None:
    """S03: 500 events in each encoding, the secret at any place, and not an eighth of it is left."""
    dice = random.Random(encoding)
    around = string.ascii_letters + string.digits + " \t.:;,=&?<>()[]{}'\""
    for event in range(500):
        secret = dice.choice(list(SECRETS.values()))
        # The edge letters of base64 depend on their neighbours: they tell at most four bits.
        written = ENCODINGS[encoding](secret)
        before, after = ("".join(dice.choices(around, k=dice.randrange(60))) for _ in range(2))
        shown = redactor.redacted(f"{event} {before} {written} {after}")
        assert not pieces(written[2:-2]) & pieces(shown), shown
        assert shown.startswith(f"{event} {before[:4]}"[: len(str(event)) + 1])
        assert "***" in shown


def test_the_search_for_what_is_left_finds_it() -> None:
    """Without a redactor every encoding would fail the test above."""
    for encode in ENCODINGS.values():
        written = encode(SECRETS["HubSpot token"])
        assert pieces(written[2:-2]) & pieces(f"before {written} after")


LIKELY = {
    "a HubSpot token": f"token {SECRETS['HubSpot token']} was refused",
    "its encoded form": f"?t={quote(SECRETS['HubSpot token']).replace('-', '%2D')}&x=1",
    "ids of keys": "AKIAIOSFODNN7CANARYX and ASIAIOSFODNN7CANARYX",
    "an AWS profile": f"aws_secret_access_key = {SECRETS['AWS secret key']}",
    "an answer of STS": f"<SecretAccessKey>{SECRETS['AWS secret key']}</SecretAccessKey>",
    "the same in JSON": json.dumps({"SecretAccessKey": SECRETS["AWS secret key"]}),
    "a session token": f"using {SECRETS['AWS session token']}",
    "what S3 says of one": "<Token-0>canarycanarycanary</Token-0>",
    "a bearer token": "Bearer canary.canary_canary~canary7",
    "a short one in its header": "Authorization: Bearer canary",
    "a token behind a line break in JSON": json.dumps(f"see:\n{SECRETS['HubSpot token']}"),
    "an encrypted private key": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-256-CBC,CANARY\n\ncanarycanary\n",
    "a header": "Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==",
    "headers as a dict": "{'authorization': 'Bearer canarycanary', 'accept': 'x'}",
    "a signed request": "authorization: AWS4-HMAC-SHA256 Credential=AKIA/canary, Signature=canarycanary",
    "a presigned URL": "https://b.s3.amazonaws.com/k?X-Amz-Credential=canaryA&X-Amz-Signature=canaryB"
    "&X-Amz-Security-Token=canaryC",
    "a presigned URL in a URL": "u=https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3Dcanarycanary%26x%3D1",
    "a database": "postgresql+psycopg://crmsnap:canary@db.example/crmsnap",
    "a password with an @": "postgres://crmsnap:can@ary@db.example/x",
    "a proxy": "http://user:canary@proxy.example:3128",
    "a signed link of Azure": "https://a.blob.core.windows.net/c?sv=1&sig=canarycanary%3D",
    "a private key": "-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----",
    "a cookie": "Set-Cookie: session=canarycanary; Path=/",
}


@pytest.mark.parametrize("text", LIKELY.values(), ids=LIKELY)
def test_what_looks_like_a_secret_is_hidden_though_nobody_told_it(text: str) -> None:
    """A secret of somebody else, in an answer or in a message of a library."""
    shown = Redactor().redacted(text)
    assert "***" in shown
    for secret in ("canary", "CANARY", "3f1c5a7e", "6d4b2c9f8e71"):
        assert secret not in shown.replace("canaries", ""), shown


LEGITIMATE = (
    f"external id {UUID(int=0x3F1C5A7E9B2D4C8FA1E06D4B2C9F8E71)}",
    f"part-00100-{sha256(b'x').hexdigest()[:16]}.csv.gz {sha256(b'x').hexdigest()}",
    "20261122T053100Z-1f0c22aa",
    "arn:aws:iam::222222222222:role/crmsnap",
    "arn:aws:secretsmanager:eu-central-1:111111111111:secret:hubspot/acme-AbCdEf",
    "s3://acme-lake/hubspot/2026-11-22/OWNERS/",
    "https://api.hubapi.com/crm/v3/objects/contacts?limit=100&after=12345",
    "http://127.0.0.1:8000/path@home",
    "somebody@example.org wrote to else@example.org: see http://example.org",
    "error[hubspot-token]: HubSpot does not accept the token",
    "remedy: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (aws configure)",
    "the token lacks crm.objects.contacts.read; authorization: see docs",
    "HUBSPOT_TOKEN=... crmsnap sync --to ./snapshots",
    "token_env = 'HUBSPOT_TOKEN'",
    "Basic information and a bearer of news; Token: none",
    "Basic understanding of CRM, bearer responsibilities-and-so-on",
    "'<Token-1>' has no value, and \"x<y\"",
    "100 %25 of 2 \\n lines & <tags>, \x1b[1mbold\x1b[0m, pat-sandbox",
    '{"event": "report", "rows": 12, "key": "2026-11-22/A/part-00000-0123456789abcdef.csv.gz"}',
    "Unicode \u200bwith zero width, soft\u00adhyphens and 日本語",
)


@pytest.mark.parametrize("text", LEGITIMATE)
def test_what_is_no_secret_stays_whole(redactor: Redactor, text: str) -> None:
    """External ids and hashes are what people compare; a redactor that eats them gets switched off."""
    assert redactor.redacted(text) == text


def test_lines_and_colours_stay() -> None:
    """A secret in the middle of a table must not glue its lines together."""
    redactor = Redactor()
    redactor.learn("canarycanary")
    assert redactor.redacted("a canary\n  canary\x1b[0m b\n") == "a ***\n\x1b[0m b\n"


def test_two_secrets_side_by_side_are_both_hidden(redactor: Redactor) -> None:
    """And what stands between them stays."""
    first, second = SECRETS["service key"], SECRETS["AWS secret key"]
    assert redactor.redacted(f"{first}{second} and {first}") in (
        "****** and ***",
        "*** and ***",
    )


@pytest.mark.parametrize("secret", ["", "short", "1234567"])
def test_a_short_word_is_not_taken_out_of_all_text(secret: str) -> None:
    """A password `test` would make nonsense of every message; in a URL it is hidden by its place."""
    redactor = Redactor()
    redactor.learn(secret)
    assert redactor.redacted("a short test 1234567") == "a short test 1234567"
    assert "short" not in redactor.redacted("http://u:short@proxy")


def test_a_shown_secret_is_left_alone() -> None:
    """The sandbox's token opens nothing, and has to be read."""
    redactor = Redactor()
    redactor.learn("pat-na1-11111111-2222-3333")
    redactor.show("pat-na1-11111111-2222-3333")
    redactor.learn("pat-na1-11111111-2222-3333")
    assert redactor.redacted("pat-na1-11111111-2222-3333") == "pat-na1-11111111-2222-3333"


def test_secrets_do_not_travel_to_workers(redactor: Redactor) -> None:
    """A pickle is written to a pipe; what a worker need not know stays out of it."""
    pickled = pickle.dumps(redactor.learn)
    assert not any(secret.encode() in pickled for secret in SECRETS.values())
    pickle.loads(pickled)("canarycanary")  # noqa: S301 - our own bytes
