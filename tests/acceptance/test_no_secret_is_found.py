"""S02: secrets are found nowhere but where the user has put them, whatever command meets them.

Canaries stand for a HubSpot token, an AWS secret key and a password. They are searched in all that is
said, in every file that is left, unpacked and decoded, and in what other users see of the processes.
"""

import gzip
import json
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest

from crmsnap.registry.secret_keys import new_key
from tests.builders.command import PATIENCE_SECONDS, Crmsnap, environment
from tests.builders.everything_written import places_of
from tests.builders.processes import Seen, watched
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.contracts.s3_server import REGION, S3Server, s3_server
from tests.unit.hubspot.host import Got, Host, Reply, running

TOKEN = "pat-canary-Qx7Lw2Vd9Kt4Zm8Rb3Nf"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzCanaryKEY"
PASSWORD = "byron-Canary-7f3a9c"
KEY = new_key()
SECRETS = {"token": TOKEN, "AWS key": AWS_SECRET, "password": PASSWORD, "secret key": KEY}


def needles(secret: str) -> set[bytes]:
    """Forms in which a secret could be written, worked out apart from the product."""
    raw = secret.encode()
    inner = (b64encode(bytes(n) + raw)[-(-n * 8 // 6) : (n + len(raw)) * 8 // 6] for n in range(3))
    return {raw, raw[:20], raw[-16:], quote(secret, safe="").encode(), raw.hex().encode(), *inner}


@dataclass
class Told:
    """Everything that some commands have shown and left."""

    folder: Path
    said: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def found(self, secret: str, *, of_user: tuple[str, ...] = ()) -> list[str]:
        """Where it stands; files of the user are not ours."""
        places = []
        for needle in needles(secret):
            places += [f"said: {text}" for text in self.said if needle.decode() in text]
            places += ["arguments" for seen in self.seen if needle in b"".join(seen.arguments)]
            places += places_of(needle, self.folder)
        return [place for place in places if not place.startswith(of_user or ("\0",))]

    def in_environments(self, secret: str) -> bool:
        return any(secret.encode() in b"".join(seen.environments) for seen in self.seen)


class Stage:
    """A folder with a connection `acme`, and where its commands are run and watched."""

    def __init__(self, folder: Path, account: SandboxAccount, store: S3Server) -> None:
        self.told = Told(folder)
        self._crmsnap = Crmsnap(folder, account)
        self._store = store
        self.bucket = store.make_bucket()
        (folder / "tmp").mkdir()
        self.variables = {
            "CRMSNAP_HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7CANARYX",
            "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": store.url,
        }

    def configure(self, *lines: str, url: str | None = None, endpoint: str | None = None) -> None:
        self._crmsnap.write_config(
            f'[connections.acme]\nto = "s3://{self.bucket}/crm"\ntables = ["OWNERS"]\n'
            f'base_url = "{url or self._crmsnap.account.url}"\nallow_other_host = true\n'
            + "".join(f"{line}\n" for line in lines)
            + f'[connections.acme.s3]\nendpoint_url = "{endpoint or self._store.url}"\n'
            f'region = "{REGION}"\nallow_http = true\n'
        )

    def run(self, *arguments: str, given: str = "", code: int = 0) -> str:
        """Run a command to its end, watched; what it says is kept."""
        with (
            subprocess.Popen(
                [sys.executable, "-m", "crmsnap", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=self.told.folder,
                env=environment(**self.variables),
            ) as process,
            watched(process.pid) as seen,
        ):
            stdout, stderr = process.communicate(given, timeout=PATIENCE_SECONDS)
        self.told.said += [stdout, stderr]
        self.told.seen.append(seen)
        assert process.returncode == code, f"{arguments}: {stdout}{stderr}"
        return stdout + stderr

    def copied(self) -> Iterator[bytes]:
        """Every object of the bucket, unpacked."""
        client = boto3.client(
            "s3",
            endpoint_url=self._store.url,
            region_name=REGION,
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        with closing(client):
            for one in client.list_objects_v2(Bucket=self.bucket)["Contents"]:
                data = client.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read()
                yield one["Key"].encode() + b"\n" + data
                if one["Key"].endswith(".gz"):
                    yield gzip.decompress(data)


@pytest.fixture(scope="module")
def canary_account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", "--token", TOKEN) as running_account:
        yield running_account


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("moto") / "log") as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, canary_account: SandboxAccount, store: S3Server) -> Stage:
    return Stage(tmp_path, canary_account, store)


@pytest.fixture
def echo() -> Iterator[Host]:
    """A host that refuses, and sends back in its message what it was sent."""

    def back(got: Got) -> Reply:
        said = f"bad token: {got.headers.get('authorization')} {quote(str(got.headers))}"
        return Reply(
            {"status": "error", "category": "INVALID_AUTHENTICATION", "message": said}, 401
        )

    with running() as host:
        host.answer(back)
        yield host


def by_variable(stage: Stage) -> str:
    stage.variables["HUBSPOT_TOKEN"] = TOKEN
    return ""


def by_file(stage: Stage) -> str:
    file = stage.told.folder / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return 'token_file = "token"'


def by_configuration(stage: Stage) -> str:
    return f'token = "{TOKEN}"'


def by_registry(stage: Stage) -> str:
    stage.variables["CRMSNAP_SECRET_KEY"] = KEY
    stage.configure()
    stage.run("secrets", "set", "acme", given=f"{TOKEN}\n")
    return ""


def by_aws_secret(stage: Stage) -> str:
    client = boto3.client(
        "secretsmanager",
        endpoint_url=stage.variables["AWS_ENDPOINT_URL_SECRETS_MANAGER"],
        region_name=REGION,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    with closing(client):
        client.create_secret(Name="hubspot", SecretString=json.dumps({"acme": TOKEN}))
    return 'token_secret = "hubspot#acme"'


OF_USER = ("token: ", "crmsnap.toml: ")
SOURCES = [
    by_variable,
    by_registry,
    *(pytest.param(one, marks=pytest.mark.full) for one in (by_file, by_configuration)),
    pytest.param(by_aws_secret, marks=pytest.mark.full),
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_run_and_its_failures_show_no_secret(
    stage: Stage, echo: Host, source: Callable[[Stage], str]
) -> None:
    """Published, refused with the token in the answer, and cut off from the store; with tracebacks."""
    line = source(stage)
    stage.configure(line)
    stage.run("--debug", "sync", "acme", "--json")
    stage.configure(line, url=echo.url)
    assert "bad token" in stage.run("--debug", "sync", "acme", "--json", code=5)
    stage.configure(line, endpoint=echo.url)
    stage.run("--debug", "sync", "acme", code=5)
    assert [stage.told.found(secret, of_user=OF_USER) for secret in SECRETS.values()] == [[]] * 4
    assert not any(needle in data for data in stage.copied() for needle in needles(TOKEN))
    assert stage.told.in_environments(TOKEN) == (source is by_variable)
    assert stage.told.in_environments(AWS_SECRET)


@pytest.mark.full
def test_no_command_shows_a_secret(stage: Stage, echo: Host) -> None:
    """All that reads a connection, with a token in the registry and a proxy with a password."""
    by_registry(stage)
    stage.run("sync", "acme")
    proxy = f'proxy = "{echo.url.replace("://", f"://ada:{PASSWORD}@")}"'
    stage.configure()
    for command in (
        ("--debug", "tables", "acme"),
        ("--debug", "check", "acme", "--json"),
        ("config", "check"),
        ("verify", "acme", "--json"),
        ("runs", "--json"),
        ("secrets", "list", "--json"),
    ):
        stage.run(*command)
    stage.configure(proxy)
    for command in (("config", "show"), ("connections", "show", "acme", "--json")):
        assert "acme" in stage.run(*command)
    assert "through the proxy" in stage.run("--debug", "sync", "acme", code=4)
    stage.run("secrets", "set", "acme", given=f"{TOKEN} {TOKEN}", code=4)
    stage.variables["CRMSNAP_SECRET_KEY"] = f"{new_key()},{KEY}"
    stage.run("--debug", "secrets", "rotate")
    stage.variables["CRMSNAP_SECRET_KEY"] = new_key()
    stage.run("--debug", "sync", "acme", code=4)
    assert [stage.told.found(secret, of_user=OF_USER) for secret in SECRETS.values()] == [[]] * 4


def test_the_search_finds_what_is_planted(stage: Stage) -> None:
    """Everywhere where it looks: else the tests above would prove nothing."""
    by_registry(stage)
    stage.run("sync", "acme")
    told = stage.told
    assert not told.found(TOKEN, of_user=OF_USER)
    (told.folder / "tmp" / "left").write_bytes(b"x" + b64encode(b"u" + TOKEN.encode()))
    (told.folder / "tmp" / "part.csv.gz").write_bytes(gzip.compress(TOKEN.encode()))
    (told.folder / "tmp" / TOKEN[:20]).touch()
    with sqlite3.connect(told.folder / "home" / "acme" / "runs.sqlite") as db:
        db.execute("UPDATE runs SET report = ?", (quote(TOKEN),))
    db.close()
    told.said.append(f"leaked {quote(TOKEN)}")
    with (
        subprocess.Popen(
            [sys.executable, "-c", "input()", TOKEN],
            stdin=subprocess.PIPE,
            text=True,
            env=environment(HIDDEN=TOKEN),
        ) as process,
        watched(process.pid) as seen,
    ):
        while not any(TOKEN.encode() in line for line in seen.arguments):
            time.sleep(0.01)  # just after its start a process has no arguments yet
        process.communicate("\n")
    told.seen.append(seen)
    found = told.found(TOKEN, of_user=OF_USER)
    for place in (
        "tmp/left",
        "tmp/part.csv.gz: unpacked",
        "tmp/pat-canary",
        "runs.sqlite: ",
        "said: ",
        "arguments",
    ):
        assert any(place in one for one in found), place
    assert told.in_environments(TOKEN)
