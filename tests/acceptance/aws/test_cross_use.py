"""S01, the confused deputy: no connection gets to another one's role or bucket with our rights.

Five customers, every ordered pair of them, three ways to try it: 60 cases.
"""

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest

from crmsnap.bootstrap import Known, aws_target
from crmsnap.bootstrap.connecting import Connecting, Wanted, link_connection
from crmsnap.connection.arn import read_role
from crmsnap.connection.role import assume
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.errors import AccessDenied, ConfigError
from crmsnap.redaction.redactor import Redactor
from tests.acceptance.aws.conftest import Service
from tests.aws.server import AwsServer, Keys
from tests.builders.command import assert_refused

CUSTOMERS = ("ada", "bob", "cyd", "dan", "eve")
PAIRS = list(permutations(CUSTOMERS, 2))
INSIDE_OR_AROUND = ("", "/hs", "/hs/inner")


@dataclass(frozen=True)
class Five:
    """Five connections in one registry, each with a role and a bucket that work."""

    registry_url: str
    user_arn: str
    known: dict[str, Known]
    wanted: dict[str, Wanted]

    def link(self, name: str, wanted: Wanted) -> Known:
        """Connect a name with something, as the command does."""
        return self.begun(name, wanted).known

    def begun(self, name: str, wanted: Wanted) -> Connecting:
        """The same, with all that is to be pasted."""
        return link_connection(
            self.known,
            name,
            wanted,
            registry_url=self.registry_url,
            user_arn=self.user_arn,
            redactor=Redactor(),
        )


@pytest.fixture(scope="module")
def five(aws: AwsServer, service: Keys, tmp_path_factory: pytest.TempPathFactory) -> Five:
    """Every customer did what the documents say."""
    home: Path = tmp_path_factory.mktemp("home")
    made = Five(f"sqlite:///{home / 'registry.sqlite'}", service.arn, {}, {})
    for name in CUSTOMERS:
        wanted = Wanted(
            role=read_role(f"{name}-{aws.bucket()}", account="222222222222", partition="aws"),
            place=read_s3_place(f"s3://{aws.bucket()}/hs"),
        )
        linked = made.begun(name, wanted)
        agreement = linked.agreement
        aws.role(wanted.role.name, trust=agreement.trust, policy=agreement.permissions)
        made.known[name], made.wanted[name] = linked.known, wanted
    return made


@pytest.fixture(autouse=True)
def our_keys(aws: AwsServer, service: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the service."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", service.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", service.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_REGION", aws.region)


def session(known: Known) -> str:
    """Assume the role of a connection as a sync does; the key id of the session."""
    target = aws_target(known)
    assert target is not None
    assert target.role is not None
    return assume(target.role).access_key_id


@pytest.mark.parametrize("name", CUSTOMERS)
def test_each_gets_to_its_own(five: Five, name: str) -> None:
    """Else nothing below proves anything."""
    assert session(five.known[name]).startswith("ASIA")


@pytest.mark.parametrize(("deceiver", "other"), PAIRS)
def test_no_connection_takes_the_role_of_another(five: Five, deceiver: str, other: str) -> None:
    """A role's ARN is no secret: naming it must not be enough."""
    wanted = Wanted(role=five.wanted[other].role, place=five.wanted[deceiver].place)
    with pytest.raises(ConfigError, match="both use the role"):
        five.link(deceiver, wanted)
    assert five.link(deceiver, five.wanted[deceiver]) == five.known[deceiver]


@pytest.mark.parametrize(("deceiver", "other"), PAIRS)
def test_no_connection_takes_the_place_of_another(five: Five, deceiver: str, other: str) -> None:
    """The very folder, one inside it, and the bucket around it."""
    bucket = five.wanted[other].place.bucket
    for folder in INSIDE_OR_AROUND:
        place = read_s3_place(f"s3://{bucket}{folder}")
        with pytest.raises(ConfigError, match=r"both use s3://|overlap: s3://"):
            five.link(deceiver, Wanted(role=five.wanted[deceiver].role, place=place))


@pytest.mark.parametrize(("deceiver", "other"), PAIRS)
def test_behind_our_back_the_external_id_still_stops_it(
    five: Five, deceiver: str, other: str
) -> None:
    """Settings that were changed in a way we never see: AWS refuses, for the id is the deceiver's own."""
    theirs, own = five.known[other].settings, five.known[deceiver]
    forged = Known(own.name, theirs, own.origin, own.registry)
    with pytest.raises(AccessDenied, match="cannot be assumed"):
        session(forged)


@pytest.mark.parametrize("command", ["check", "sync"])
@pytest.mark.parametrize(
    "place", ["s3://lake-of-bob/hs", "s3://lake-of-bob/hs/inner", "arn:aws:s3:::lake-of-bob"]
)
def test_a_place_of_the_command_line_is_nobody_elses(
    crmsnap_service: Service, command: str, place: str
) -> None:
    """`--to` must not lead where the configuration may not: one day would hold two accounts."""
    crmsnap_service.write_config(
        '[connections.ada]\nto = "s3://lake-of-ada/hs"\n'
        '[connections.bob]\nto = "s3://lake-of-bob/hs"\n'
    )
    ended = crmsnap_service(command, "ada", "--to", place)
    assert_refused(ended, "configuration", 4, "s3://lake-of-bob", "connections", "ada", "bob")
