"""The lake of the acceptance tables: user `svc`, a role that trusts it with `ext-123`, one bucket.

The role has the published policy on `acme-lake/hs/*`; sessions last an hour.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from tests.aws.policies import Document, as_published, trust
from tests.aws.server import AwsServer, Keys

EXTERNAL_ID = "ext-123"
PREFIX = "hs"


@dataclass(frozen=True, slots=True)
class Lake:
    """What stands in the lake's accounts; `s3` is a client of one session."""

    aws: AwsServer
    keys: Keys
    bucket: str
    role: str
    s3: Any

    @property
    def admin(self) -> Any:
        """A client of the customer's root."""
        return self.aws.admin()

    def sts(self) -> Any:
        """A client of our user for STS."""
        keys = self.keys
        return self.aws.client(keys.access_key_id, keys.secret_access_key, service="sts")

    def make_role(
        self,
        *,
        trusts: Document | None = None,
        policy: Document | None = None,
        max_session: int = 3600,
    ) -> str:
        """Make another role, like the lake's own where nothing else is said."""
        return self.aws.role(
            f"hubspot-{secrets.token_hex(4)}",
            trust=trusts or trust(self.keys.arn, EXTERNAL_ID),
            policy=policy or as_published(self.bucket, PREFIX),
            max_session=max_session,
        )

    def session(self, role: str | None = None, **asked: Any) -> dict[str, str]:
        """Assume a role with the right external id; its credentials."""
        given = {"ExternalId": EXTERNAL_ID, "RoleSessionName": "crmsnap-test", **asked}
        answer = self.sts().assume_role(RoleArn=role or self.role, **given)
        return dict(answer["Credentials"])

    def client(self, role: str | None = None, *, region: str | None = None, **asked: Any) -> Any:
        """Return an S3 client of a new session."""
        return self.of(self.session(role, **asked), region=region)

    def of(self, credentials: dict[str, str], *, region: str | None = None) -> Any:
        """Return an S3 client with a session's credentials."""
        return self.aws.client(
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
            region=region,
        )

    def put(self, key: str, body: bytes = b"here") -> None:
        """Put an object there beforehand."""
        self.admin.put_object(Bucket=self.bucket, Key=key, Body=body)


def make_lake(aws: AwsServer) -> Lake:
    """Make the lake on a server that has none yet."""
    keys = aws.user("svc")
    bucket = aws.bucket("acme-lake")
    role = aws.role(
        "hubspot", trust=trust(keys.arn, EXTERNAL_ID), policy=as_published(bucket, PREFIX)
    )
    bare = Lake(aws, keys, bucket, role, None)
    return Lake(aws, keys, bucket, role, bare.client())
