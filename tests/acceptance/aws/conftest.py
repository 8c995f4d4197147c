"""An AWS with a service and customers, and the command of the service."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.aws.server import AwsServer, Keys, aws_server
from tests.builders.command import Crmsnap, Ended
from tests.builders.sandbox_process import SandboxAccount

Document = dict[str, Any]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """A strict AWS for as long as the tests last."""
    with aws_server(tmp_path_factory.mktemp("aws") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def service(aws: AwsServer) -> Keys:
    """The keys with which crmsnap asks."""
    return aws.user("svc")


@dataclass(frozen=True)
class Customer:
    """A bucket, and a role that is not there before it is made."""

    aws: AwsServer
    bucket: str
    role: str

    @property
    def role_arn(self) -> str:
        """As AWS will name the role."""
        return f"arn:aws:iam::222222222222:role/{self.role}"

    @property
    def place(self) -> str:
        """Where the snapshots go."""
        return f"s3://{self.bucket}/hs"

    @property
    def flags(self) -> tuple[str, ...]:
        """What a person enters."""
        return ("--role", self.role, "--account", "222222222222", "--to", self.place)

    def make_role(self, *, trust: Document, policy: Document) -> None:
        """Do steps 2, 3 and 5 in the console."""
        self.aws.role(self.role, trust=trust, policy=policy)

    def change(self, *, trust: Document | None = None, policy: Document | None = None) -> None:
        """Edit the role."""
        self.aws.change_role(self.role_arn, trust=trust, policy=policy)


@pytest.fixture
def customer(aws: AwsServer) -> Customer:
    """A customer with a new bucket."""
    bucket = aws.bucket()
    return Customer(aws, bucket, f"role-{bucket}"[:64])


class Service:
    """The command, with the keys of the service and AWS behind them."""

    def __init__(self, crmsnap: Crmsnap, aws: AwsServer, keys: Keys) -> None:
        self.crmsnap = crmsnap
        self.variables = {
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": aws.region,
        }

    def __call__(self, *arguments: str, **more: str) -> Ended:
        """Run a command."""
        return self.crmsnap(*arguments, **{**self.variables, **more})

    def connect(self, *arguments: str) -> Document:
        """Run `crmsnap connect aws --json`; its document."""
        document: Document = json.loads(self("connect", "aws", *arguments, "--json").stdout)
        return document


@pytest.fixture
def crmsnap_service(tmp_path: Path, aws: AwsServer, service: Keys) -> Service:
    """The command in an empty folder; connecting never calls HubSpot."""
    nobody = SandboxAccount("http://127.0.0.1:9", "pat-nobody")
    return Service(Crmsnap(tmp_path, nobody), aws, service)
