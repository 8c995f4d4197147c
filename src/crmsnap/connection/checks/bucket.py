"""Questions about the bucket itself: where it is, whose it is, and whether its files can be listed.

A denial says little of its reason, so what was denied is asked once more in another way.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from crmsnap.connection.aws_client import aws_client
from crmsnap.connection.check import Check
from crmsnap.connection.checks.caller import Caller, Reply
from crmsnap.connection.checks.refused import refused
from crmsnap.connection.checks.region import region_check
from crmsnap.connection.checks.role import session_without_policy
from crmsnap.connection.checks.statements import LIST as LIST_SID
from crmsnap.connection.checks.statements import LOCATION as LOCATION_SID
from crmsnap.connection.checks.statements import to_allow
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import LIST, LOCATION, OWNER
from crmsnap.connection.region import home_region
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.destinations.s3_endpoint import amazon_host


@contextmanager
def s3_client(target: AwsTarget, keys: AwsKeys, region: str) -> Iterator[Any]:
    """A boto3 client of S3, for as long as the block lasts."""
    with aws_client(
        "s3",
        region=region,
        endpoint_url=target.endpoint_url or amazon_host("s3", region),
        route=target.route,
        keys=keys,
        addressing=target.addressing,
    ) as client:
        yield client


def region_and_list(
    target: AwsTarget, caller: Caller, keys: AwsKeys
) -> Generator[Check, None, str | None]:
    """Answer the questions that write nothing; return the region, None where nothing may be written."""
    signed_for = target.region or home_region(target.partition)
    with s3_client(target, keys, signed_for) as s3:
        reply = caller.ask(s3.head_bucket, Bucket=target.bucket)
    checked = region_check(target, reply, signed_for)
    yield checked
    if checked.verdict == "failed":
        return None
    region = checked.found
    with s3_client(target, keys, region) as s3:
        yield _location(target, caller, s3)
        listed = _listed(target, caller, s3, target.bucket_owner)
        owner = _owner(target, caller, s3, listed, keys, region)
        if owner.verdict == "failed":
            yield owner
            return None
        yield _list(target, listed)
        yield owner
    return region


def _location(target: AwsTarget, caller: Caller, s3: Any) -> Check:
    reply = caller.ask(
        s3.get_bucket_location, Bucket=target.bucket, ExpectedBucketOwner=target.bucket_owner
    )
    if reply.worked:
        return LOCATION.ok("it may")
    return LOCATION.warning(
        f"it may not ({reply}), and nothing needs it",
        "nothing has to be changed; to be without the warning, "
        + to_allow(target, LOCATION_SID, "s3:GetBucketLocation"),
    )


def _listed(target: AwsTarget, caller: Caller, s3: Any, owner: str | None) -> Reply:
    # Always with a prefix: under the usual policy a listing without one is denied.
    return caller.ask(
        s3.list_objects_v2,
        Bucket=target.bucket,
        Prefix=target.folder,
        MaxKeys=1,
        ExpectedBucketOwner=owner,
    )


def _list(target: AwsTarget, reply: Reply) -> Check:
    if reply.worked:
        return LIST.ok(f"{target.url}/ can be listed")
    return refused(LIST, reply, target, LIST_SID, "s3:ListBucket")


def _owner(
    target: AwsTarget, caller: Caller, s3: Any, listed: Reply, keys: AwsKeys, region: str
) -> Check:
    """A denial does not say whether the owner was the reason, so the same is asked without an owner."""
    if target.bucket_owner is None:
        return OWNER.skipped("no account is expected: bucket_owner is not set")
    if listed.worked:
        return _looked_at(target, caller, s3, target.bucket_owner)
    if not listed.denied:
        return OWNER.skipped("it could not be seen, because the bucket cannot be listed")
    if target.role is not None and target.role.session_policy is not None:
        keys = session_without_policy(target, caller) or keys
    with s3_client(target, keys, region) as s3:
        if _listed(target, caller, s3, target.bucket_owner).worked:
            return _looked_at(target, caller, s3, target.bucket_owner)
        if _listed(target, caller, s3, None).worked:
            return OWNER.failed(
                f"the bucket does not belong to {target.bucket_owner}, so nothing is written into it",
                "check the bucket's name; if it is meant to belong to another account than the role,"
                " set bucket_owner to that account",
            )
    if listed.reasoned:
        return OWNER.skipped("it cannot be told from here, because listing is denied anyway")
    return OWNER.skipped(
        f"it cannot be told from here: a bucket that is not {target.bucket_owner}'s is denied in the"
        " same words, without a reason"
    )


def _looked_at(target: AwsTarget, caller: Caller, s3: Any, owner: str) -> Check:
    """The verdict once a listing has worked: it proves something where one for another owner does not."""
    another = f"{(int(owner) + 1) % 10**12:012}"
    reply = _listed(target, caller, s3, another)
    if reply.denied:
        return OWNER.ok(f"it belongs to {owner}", found=owner)
    if reply.worked:
        return OWNER.skipped("the store does not look at whom a bucket belongs to")
    return OWNER.skipped(f"whether the store looks at it cannot be told ({reply})")
