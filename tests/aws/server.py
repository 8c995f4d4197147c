"""A strict AWS for tests: S3 and STS on a loopback port, in a process of its own.

    with aws_server(log_path) as aws:
        keys, bucket = aws.user("svc"), aws.bucket()
        role = aws.role("hubspot", trust=trust(keys.arn, "ext-123"), policy=as_published(bucket, "hs"))
        with aws.fault("slow_down", operation="PutObject", nth=2):
            ...

moto stores; whether a request is allowed and whole is judged by our own front, from AWS's public
documentation. How far that goes is told in `docs/explanation/how-the-aws-side-is-tested.md`.
"""

import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

ROOT = Path(__file__).parents[2]
SERVICE = "111111111111"
CUSTOMER = "222222222222"
OTHER_CUSTOMER = "333333333333"
REGION = "eu-central-1"
CALL_SECONDS = 30

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Keys:
    """A user's access key and its ARN."""

    access_key_id: str
    secret_access_key: str
    arn: str


class ControlError(Exception):
    """The server did not do what a test asked of it."""


@dataclass(frozen=True, slots=True)
class AwsServer:
    """A running server; `url` is the endpoint of S3, of STS and of everything else."""

    url: str
    region: str
    authority: Path | None = None
    _clients: list[Any] = field(default_factory=list)

    def user(
        self,
        name: str,
        account: str = SERVICE,
        *,
        may_assume: bool = True,
        policy: Document | None = None,
        partition: str = "aws",
    ) -> Keys:
        """Make a user that may assume every role, unless told otherwise."""
        policies = {}
        if may_assume:
            policies["assume"] = json.dumps(allow("sts:AssumeRole", "*"))
        if policy is not None:
            policies["given"] = json.dumps(policy)
        given = {"name": name, "account": account, "partition": partition}
        answer = self.ask("user", **given, policies=policies)
        return Keys(*answer)

    def role(
        self,
        name: str,
        account: str = CUSTOMER,
        *,
        trust: Document,
        policy: Document,
        max_session: int = 3600,
        partition: str = "aws",
    ) -> str:
        """Make a role; its ARN."""
        return str(
            self.ask(
                "role",
                name=name,
                account=account,
                partition=partition,
                trust=json.dumps(trust),
                policy=json.dumps(policy),
                max_session=max_session,
            )
        )

    def change_role(
        self, arn: str, *, trust: Document | None = None, policy: Document | None = None
    ) -> None:
        """Replace a role's trust policy, its permissions, or both."""
        self.ask(
            "change_role",
            arn=arn,
            trust=None if trust is None else json.dumps(trust),
            policy=None if policy is None else json.dumps(policy),
        )

    def delete_role(self, arn: str) -> None:
        """Delete a role; its sessions may do nothing from then on."""
        self.ask("delete_role", arn=arn)

    def deactivate_key(self, access_key_id: str) -> None:
        """Switch a user's access key off."""
        self.ask("deactivate_key", access_key_id=access_key_id)

    def expire_sessions(self, role: str | None = None) -> int:
        """End the sessions of one role, or all of them; how many ended."""
        return int(self.ask("expire", role=role))

    def set_clock(self, minutes: float) -> None:
        """Let the server's clock, its Date header included, be off by so many minutes."""
        self.ask("set_clock", minutes=minutes)

    def bucket(
        self,
        name: str | None = None,
        account: str = CUSTOMER,
        *,
        region: str | None = None,
        versioned: bool = False,
        policy: Document | None = None,
        object_lock: bool = False,
    ) -> str:
        """Make a bucket, with a name that no other test has unless one is given."""
        return str(
            self.ask(
                "bucket",
                name=name,
                account=account,
                region=region or self.region,
                versioned=versioned,
                policy=None if policy is None else json.dumps(policy),
                object_lock=object_lock,
            )
        )

    def remove_bucket(self, name: str) -> None:
        """Remove a bucket with everything in it, as its owner could."""
        self.ask("remove_bucket", name=name)

    def admin(self, account: str = CUSTOMER, service: str = "s3") -> Any:
        """Return a boto3 client of an account's root: it may do everything and is not counted."""
        return self.client(f"AKIAROOT{account}", "root-of-the-test", service=service)

    def client(
        self,
        access_key_id: str,
        secret_access_key: str,
        token: str | None = None,
        *,
        service: str = "s3",
        region: str | None = None,
    ) -> Any:
        """Return a boto3 client that sends every request once; it is closed with the server."""
        client = boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region or self.region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            aws_session_token=token,
            verify=None if self.authority is None else str(self.authority),
            config=Config(retries={"total_max_attempts": 1}),
        )
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close every client that was handed out."""
        for client in self._clients:
            client.close()

    def key(
        self, account: str = CUSTOMER, *, region: str | None = None, policy: Document | None = None
    ) -> str:
        """Make a KMS key; its ARN. Without a policy, its account's own policies decide."""
        document = None if policy is None else json.dumps(policy)
        return str(self.ask("key", account=account, region=region or self.region, policy=document))

    def fault(self, effect: str, **match_and_effect: Any) -> "Fault":
        """Put a fault in force: see `front/faults.py` for what it can match, `front/effects.py` for
        what it can do."""
        return Fault(self, int(self.ask("add_fault", effect=effect, **match_and_effect)), effect)

    def clear_faults(self) -> None:
        """Take every fault out of force."""
        self.ask("remove_fault")

    def counts(self) -> dict[str, int]:
        """Return how often each operation was asked for, by anyone but a root."""
        return dict(self.ask("counts"))

    def ask(self, command: str, **given: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_control/{command}", data=json.dumps(given).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(
                request, timeout=CALL_SECONDS, context=self._trusted()
            ) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(f"{command}: {error.read().decode()}") from error

    def _trusted(self) -> ssl.SSLContext | None:
        if self.authority is None:
            return None
        return ssl.create_default_context(cafile=self.authority)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in force; as a block it ends with the block, and fails a test in which it never fired."""

    server: AwsServer
    number: int
    effect: str

    @property
    def fired(self) -> int:
        """How many calls it fell on."""
        return int(self.server.ask("fired", number=self.number))

    def remove(self) -> None:
        """Take the fault out of force."""
        self.server.ask("remove_fault", number=self.number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.remove()
        if kind is None and not self.fired:
            raise AssertionError(f"the fault {self.effect!r} fell on no call")


def allow(action: str | list[str], resource: str | list[str]) -> Document:
    """Return a policy of one statement that allows actions on resources."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


@contextmanager
def aws_server(
    log: Path,
    region: str = REGION,
    *,
    tls: tuple[Path, Path] | None = None,
    authority: Path | None = None,
) -> Iterator[AwsServer]:
    """Run a server for as long as the block lasts; what it prints goes to `log`.

    With `tls`, a certificate and its key, it serves HTTPS for `localhost` and 127.0.0.1; `authority`
    is what its clients trust where the certificate does not bring it along.
    """
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.aws.program", *map(str, tls or ())],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with process:
            try:
                assert process.stdout is not None
                port = process.stdout.readline().decode().strip()
                assert port, f"the server did not start: {log.read_text()}"
                scheme = "http" if tls is None else "https"
                with closing(
                    AwsServer(f"{scheme}://127.0.0.1:{port}", region, authority or (tls and tls[0]))
                ) as server:
                    yield server
            finally:
                process.terminate()
