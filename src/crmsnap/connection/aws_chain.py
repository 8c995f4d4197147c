"""Keys from where the AWS tools find theirs: environment, profile, web identity, container, machine.

boto3 is asked, and imported only when it is: it takes longer to import than most commands take to
run. Long-lived keys come without an end; a session's come with one, and are asked for again.
"""

from collections.abc import Callable
from functools import partial

from crmsnap.connection.aws_client import aws_errors, reason
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.errors import AccessDenied

_REMEDY = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (aws configure), "
    "or run on a machine with a role"
)


def usual_keys(profile: str | None) -> Callable[[], AwsKeys]:
    """A function that asks the usual AWS chain for keys, each time anew; it can be pickled.

    Calling it raises `AccessDenied` when the chain finds none.
    """
    return partial(_ask_chain, profile)


def usual_region(profile: str | None) -> str | None:
    """The region that the AWS tools would use, None if none is set."""
    import boto3

    try:
        region: str | None = boto3.Session(profile_name=profile).region_name
    except aws_errors() as error:
        raise _none_found(profile, reason(error)) from None
    return region


def _ask_chain(profile: str | None) -> AwsKeys:
    import boto3

    try:
        credentials = boto3.Session(profile_name=profile).get_credentials()
        frozen = credentials and credentials.get_frozen_credentials()
    except aws_errors() as error:
        raise _none_found(profile, reason(error)) from None
    if frozen is None:
        raise _none_found(profile, "no source in the chain has any")
    return AwsKeys(
        access_key_id=frozen.access_key,
        secret_access_key=frozen.secret_key,
        token=frozen.token,
        # botocore does not publish the end of a session; without it, the store's ExpiredToken makes
        # us ask again, one request later.
        expires_at=getattr(credentials, "_expiry_time", None),
    )


def _none_found(profile: str | None, cause: str) -> AccessDenied:
    named = f"profile {profile}" if profile else "the usual AWS chain"
    return AccessDenied(f"found no AWS credentials in {named}", cause=cause, remedy=_REMEDY)
