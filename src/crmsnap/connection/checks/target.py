"""What the checks of a bucket are about."""

from collections.abc import Callable
from dataclasses import dataclass, field

from crmsnap.connection.aws_client import STRAIGHT, Route
from crmsnap.connection.role import RoleToAssume
from crmsnap.destinations.habits import IfMatch
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.destinations.s3_endpoint import Addressing

CANARIES = ".connection-check"
"""The folder, below the connection's path, of the files that a check writes and removes again."""


def _keep_quiet(secret: str) -> None:
    """Whoever shows nothing need not be told."""


@dataclass(frozen=True, slots=True)
class AwsTarget:
    """A bucket below a prefix, and how it is reached."""

    bucket: str
    prefix: str
    """Without slashes at its ends; empty: the whole bucket."""
    keys: Callable[[], AwsKeys] = field(repr=False)
    """Our own, which assume the role; without a role they sign every request."""
    learn: Callable[[str], None] = field(default=_keep_quiet, repr=False)
    """Told every secret of a session that opens, so that nothing shows it."""
    role: RoleToAssume | None = None
    """As a sync assumes it, with the external id and the session policy."""
    region: str | None = None
    """As it is set; None: it is found out."""
    partition: str = "aws"
    endpoint_url: str | None = None
    """Of a compatible store; None: AWS."""
    addressing: Addressing = "path"
    bucket_owner: str | None = None
    """Account that the bucket must belong to, 12 digits; None: whoever it is."""
    encryption: str | None = None
    """`AES256` or `aws:kms`, when it is asked for with each file."""
    kms_key: str | None = None
    route: Route = STRAIGHT
    deletes: bool = True
    """Whether the connection is meant to remove files; without the right the check reuses one file."""
    if_match: IfMatch = "as-given"
    """How the connection is set to name what it replaces."""
    unsafe_single_writer: bool = False

    @property
    def folder(self) -> str:
        """The prefix of all its keys: empty, or with a slash at its end."""
        return f"{self.prefix}/" if self.prefix else ""

    @property
    def url(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")
