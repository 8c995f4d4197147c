"""moto behind the front: what it stores, and the few names of its inside that we use.

moto keeps buckets, objects, users and roles. It judges nothing: its authorisation stays off, and its
reading of bucket policies is taken out, because it takes a condition that fails for a denial. The
names are moto's own and may move with a version, so moto is pinned exactly.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Role, User, iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket, s3_backends
from moto.utilities.utils import get_partition

from tests.aws.front.integrity import stated_sums
from tests.aws.front.refusal import Answer
from tests.aws.front.request import Request, header_names, variable_of

ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"
ALGORITHM = "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"
REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Moto:
    """moto's application; `ask` sends it one request as an account."""

    def __init__(self) -> None:
        setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)  # noqa: B010 - a method of another project
        self._application: Wsgi = DomainDispatcherApplication(create_backend_app)

    def ask(self, request: Request, environ: Mapping[str, Any], account: str) -> Answer:
        """Let moto carry out a request that was judged already, path-style, as an account.

        What moto wants and S3 does not is added to it.
        """
        root = f"/{request.host_bucket}" if request.host_bucket else ""
        query = _query(request)
        target = f"{root}{request.path}" + (f"?{query}" if query else "")
        inner = dict(environ) | {
            "PATH_INFO": root + environ["PATH_INFO"],
            "QUERY_STRING": query,
            "RAW_URI": target,
            "REQUEST_URI": target,
            "HTTP_HOST": "127.0.0.1",
            "wsgi.input": BytesIO(request.body),
            "CONTENT_LENGTH": str(len(request.body)),
            ACCOUNT_HEADER: account,
        }
        for name in header_names(environ) - request.headers.keys():  # a fault took them out
            del inner[variable_of(name)]
        inner |= _algorithm(request)
        seen: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self._application(
            inner, lambda status, headers, *_: seen.append((status, headers))
        )
        try:
            body = b"".join(chunks)
        finally:
            chunks.close()
        status, headers = seen[-1]
        return Answer(int(status.split()[0]), dict(headers), body)


def _algorithm(request: Request) -> dict[str, str]:
    """moto stores a checksum only where the request names its algorithm besides, and wants one for a
    copy into a bucket with a default lock."""
    names = [name.upper() for name in stated_sums(request)]
    bucket = find_bucket(request.bucket)
    if "x-amz-copy-source" in request.headers and bucket is not None and bucket.has_default_lock:
        names.append("SHA256")
    return {ALGORITHM: names[0]} if names else {}


def _query(request: Request) -> str:
    """moto knows no null version for HEAD in a bucket without versions; S3 does."""
    bucket = find_bucket(request.bucket)
    if request.method != "HEAD" or bucket is None or bucket.is_versioned:
        return request.query_string
    return request.query_string.replace("versionId=null", "")


def find_bucket(name: str) -> FakeBucket | None:
    """Return a bucket of whatever account, or None."""
    found = s3_backends.bucket_accounts.get(name)
    if found is None:
        return None
    partition, account = found
    return s3_backends[account][partition].buckets.get(name)


def stored_key_of(bucket: str, key: str) -> str:
    """Return the ARN of the KMS key that an object is encrypted with; empty where there is none."""
    found = find_bucket(bucket)
    stored = None if found is None else found.keys.get(key)
    return str(getattr(stored, "kms_key_id", None) or "")


def with_kms_etag(bucket: str, key: str, answer: Answer) -> Answer:
    """Give what was just written under a KMS key an ETag that is no MD5, as S3 does."""
    if not stored_key_of(bucket, key):
        return answer
    found = find_bucket(bucket)
    assert found is not None
    stored = found.keys[key]
    old, stored._etag = stored.etag.strip('"'), secrets.token_hex(16)
    headers = {n: v.replace(old, stored._etag) for n, v in answer.headers.items()}
    body = answer.body.replace(old.encode(), stored._etag.encode())
    return replace(answer, headers=headers, body=body)


def make_bucket(
    name: str | None,
    account: str,
    region: str,
    *,
    versioned: bool = False,
    policy: str | None = None,
    object_lock: bool = False,
) -> str:
    """Make a bucket, with a name of its own where none is given."""
    name = name or f"crmsnap-test-{secrets.token_hex(6)}"
    bucket = s3_backends[account][get_partition(region)].create_bucket(name, region)
    bucket.versioning_status = "Enabled" if versioned or object_lock else None
    bucket.object_lock_enabled = object_lock
    bucket.policy = None if policy is None else policy.encode()
    return name


def remove_bucket(name: str) -> None:
    """Remove a bucket and everything in it."""
    bucket = find_bucket(name)
    if bucket is not None:
        bucket.keys.clear()
        s3_backends[bucket.account_id][bucket.partition].delete_bucket(name)


def make_user(
    name: str, account: str, partition: str, policies: Mapping[str, str]
) -> tuple[str, str, str]:
    """Make a user with inline policies; its access key id, secret and ARN."""
    backend = _iam(account, partition)
    user = backend.create_user(REGIONS[partition], name)
    for policy_name, document in policies.items():
        user.put_policy(policy_name, document)
    key = backend.create_access_key(name)
    return key.access_key_id, key.secret_access_key, f"arn:{partition}:iam::{account}:user/{name}"


def make_role(
    name: str, account: str, partition: str, *, trust: str, policy: str, max_session: int
) -> str:
    """Make a role with one inline policy; its ARN."""
    role = _iam(account, partition).create_role(
        name, trust, "/", None, "", [], str(max_session), None
    )
    role.put_policy("given", policy)
    return str(role.arn)


def change_role(arn: str, trust: str | None, policy: str | None) -> None:
    """Replace a role's trust policy, its permission policy, or both."""
    role = find_role(arn)
    if role is None:
        raise LookupError(arn)
    if trust is not None:
        role.assume_role_policy_document = trust
    if policy is not None:
        role.policies.clear()
        role.put_policy("given", policy)


def remove_role(arn: str) -> None:
    """Delete a role with its policies."""
    role = find_role(arn)
    if role is None:
        raise LookupError(arn)
    role.policies.clear()
    role.managed_policies.clear()
    _iam(role.account_id, role.partition).delete_role(role.name)


def find_role(arn: str) -> Role | None:
    """Return a role of whatever account, or None."""
    _, partition, _, _, account, *_ = [*arn.split(":"), *[""] * 5]
    if not account:
        return None
    try:
        return _iam(account, partition).get_role_by_arn(arn)
    except NotFoundException:
        return None


def find_user(access_key_id: str) -> tuple[User, str] | None:
    """Return the user of an active access key and the key's secret, or None."""
    for account in list(iam_backends):
        for backend in list(iam_backends[account].values()):
            for user in list(backend.users.values()):
                for key in user.access_keys:
                    if key.access_key_id == access_key_id and key.status == "Active":
                        return user, key.secret_access_key
    return None


def deactivate_key(access_key_id: str) -> None:
    """Switch an access key off, as an administrator who rotates keys does."""
    found = find_user(access_key_id)
    if found is None:
        raise LookupError(access_key_id)
    for key in found[0].access_keys:
        if key.access_key_id == access_key_id:
            key.status = "Inactive"


def policies_of(owner: User | Role) -> list[str]:
    """Return the documents of a user's or role's own and attached policies."""
    attached = [
        version.document
        for policy in owner.managed_policies.values()
        for version in policy.versions
        if version.is_default
    ]
    return [*owner.policies.values(), *attached]


def _iam(account: str, partition: str) -> IAMBackend:
    return iam_backends[account][partition]
