"""Removing a file for good from a bucket that keeps versions: by the id of its version.

A plain DELETE only hides a file there (S3 User Guide, "Deleting object versions from a
versioning-enabled bucket"). The id of the current version comes with HEAD, which needs no more than
s3:GetObject; removing it needs s3:DeleteObjectVersion, and nobody has to list versions for that.
"""

from contextlib import ExitStack
from threading import Lock
from typing import Any

from crmsnap.connection.aws_client import Route, aws_client, aws_errors, not_answered
from crmsnap.connection.aws_refusal import Refused, read_refused
from crmsnap.destinations.answer import Answer, error_for
from crmsnap.destinations.s3 import REGION_UNLESS_SET, S3Options
from crmsnap.destinations.s3_endpoint import endpoint
from crmsnap.destinations.s3_place import S3Place
from crmsnap.errors import AccessDenied, DestinationError


class Versions:
    """The versions of the files in a bucket; a block in which they can be removed, from any thread."""

    def __init__(self, place: S3Place, options: S3Options) -> None:
        self._place = place
        self._options = options
        self._open = ExitStack()
        self._client: Any = None
        self._opening = Lock()

    def __enter__(self) -> "Versions":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def erase(self, key: str, e_tag: str | None) -> None:
        """Remove the current version of a key for good, if it still has this `e_tag`.

        What was beneath it comes to light. Raise `AccessDenied` with the reason, `NotThere` when there
        is no such key, and `Passing` for what may work a moment later.
        """
        doing = f"remove {key} for good"
        named = {"Bucket": self._place.bucket, "Key": self._full(key)}
        if self._options.bucket_owner is not None:
            named["ExpectedBucketOwner"] = self._options.bucket_owner
        still = {} if e_tag is None else {"IfMatch": e_tag}
        found = self._ask("head_object", doing, **named, **still)
        version = found.get("VersionId")  # none: the bucket has never kept versions
        try:
            self._ask(
                "delete_object", doing, **named, **({"VersionId": version} if version else {})
            )
        except AccessDenied as error:
            raise _locked(error, found) from None

    def _full(self, key: str) -> str:
        return f"{self._place.prefix}/{key}" if self._place.prefix else key

    def _ask(self, operation: str, doing: str, **given: str) -> Any:
        from botocore.exceptions import ClientError

        try:
            client = self._client_now()
            try:
                return getattr(client, operation)(**given)
            except ClientError as error:
                if not _may_have_expired(read_refused(error.response)):
                    raise
                return getattr(self._client_now(expired=client), operation)(**given)
        except ClientError as error:
            raise _meaning(read_refused(error.response), doing, self._place.url) from None
        except aws_errors() as error:
            raise not_answered(error, f"could not {doing} at {self._place.url}") from None

    def _client_now(self, expired: Any = None) -> Any:
        """The client that all threads share; a new one in place of one whose session has ended."""
        with self._opening:
            if self._client is None or self._client is expired:
                self._client = self._open.enter_context(_client(self._place, self._options))
            return self._client


def _client(place: S3Place, options: S3Options) -> Any:
    region = options.region or (options.find_region and options.find_region())
    own = options.endpoint_url
    base, _ = endpoint(
        place.bucket,
        region or REGION_UNLESS_SET,
        own=own,
        addressing="path",
        allow_http=options.allow_http,
    )
    return aws_client(
        "s3",
        region=region or REGION_UNLESS_SET,
        endpoint_url=base,
        route=Route(options.ca_file, options.proxy),
        keys=None if options.keys is None else options.keys(),
        addressing="path" if own and options.addressing == "auto" else options.addressing,
    )


def _may_have_expired(said: Refused) -> bool:
    """HEAD has no body: of an ended session it tells only that the request was bad."""
    return said.code == "ExpiredToken" or (not said.code and said.status == 400)


def _meaning(said: Refused, doing: str, url: str) -> DestinationError:
    """The error that a refusal of S3 stands for."""
    answer = Answer(
        status=said.status,
        code=said.code,
        message=said.message,
        region=said.headers.get("x-amz-bucket-region", ""),
        cut="",
        untrusted=False,
        redirected=said.status == 301,
    )
    return error_for(answer, doing=doing, url=url)


def _locked(error: AccessDenied, found: Any) -> AccessDenied:
    """The denial with the lock that HEAD told of, which only those see who may s3:GetObjectRetention."""
    until, mode = found.get("ObjectLockRetainUntilDate"), found.get("ObjectLockMode")
    if found.get("ObjectLockLegalHoldStatus") == "ON":
        cause = "it has a legal hold"
    elif until is not None:
        cause = f"locked until {until:%Y-%m-%d %H:%M} UTC by Object Lock, mode {mode}"
    else:
        return error
    return AccessDenied(
        error.message, cause=cause, remedy="wait, or let the bucket's owner lift the lock"
    )
