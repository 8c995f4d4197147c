"""An AWS with a service and customers, and the command of the service."""

import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from crmsnap.cli import main
from tests.aws.server import AwsServer, Keys, aws_server
from tests.builders.authority import Authority
from tests.builders.command import Ended

Document = dict[str, Any]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """A strict AWS for as long as the tests last, over TLS as AWS is; every client here trusts it."""
    folder = tmp_path_factory.mktemp("aws")
    authority = Authority(folder)
    server = Path(authority.good().file)
    with (
        pytest.MonkeyPatch.context() as around,
        aws_server(folder / "log", tls=(server, server), authority=authority.file) as running,
    ):
        # What boto3 reads, and what everybody else does.
        around.setenv("AWS_CA_BUNDLE", str(authority.file))
        around.setenv("SSL_CERT_FILE", str(authority.file))
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

    def keys(self) -> list[str]:
        """Everything in the bucket."""
        admin = self.aws.admin()
        listed = admin.list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in listed.get("Contents", [])]


@pytest.fixture
def customer(aws: AwsServer) -> Customer:
    """A customer with a new bucket."""
    bucket = aws.bucket()
    return Customer(aws, bucket, f"role-{bucket}"[:64])


class Service:
    """The command, with the keys of the service and AWS behind them.

    It runs in this process: loading boto3 and SQLAlchemy for each call would take longer than all calls.
    `variables` are those of the environment.
    """

    def __init__(self, folder: Path, aws: AwsServer, keys: Keys) -> None:
        self.folder = folder
        self.variables = {
            "CRMSNAP_HOME": str(folder / "home"),
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": aws.region,
        }

    def __call__(self, *arguments: str) -> Ended:
        """Run a command to its end."""
        stdout, stderr = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as around:
            around.chdir(self.folder)
            around.setattr(sys, "argv", ["crmsnap", *arguments])
            for name, value in {**self.variables, "COLUMNS": "200"}.items():
                around.setenv(name, value)
            with redirect_stdout(stdout), redirect_stderr(stderr), pytest.raises(SystemExit) as end:
                main()
        code = end.value.code
        return Ended(code if isinstance(code, int) else 0, stdout.getvalue(), stderr.getvalue())

    def connect(self, *arguments: str) -> Document:
        """Run `crmsnap connect aws --json`; its document."""
        ended = self("connect", "aws", *arguments, "--json")
        assert ended.code is None or ended.code == "connect", ended.stderr
        document: Document = ended.json
        return document

    def write_config(self, text: str) -> None:
        """Write crmsnap.toml, for its owner alone."""
        file = self.folder / "crmsnap.toml"
        file.write_text(text)
        file.chmod(0o600)


@pytest.fixture
def crmsnap_service(tmp_path: Path, aws: AwsServer, service: Keys) -> Service:
    """The command in an empty folder; connecting never calls HubSpot."""
    return Service(tmp_path, aws, service)
