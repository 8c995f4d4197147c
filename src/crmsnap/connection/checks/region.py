"""The question where the bucket is, answered by HeadBucket.

It tells the region in a header, "whether access to the bucket is authorized or not" (S3 User Guide);
under the usual policy it answers 403, which means "read the header" and nothing else.
"""

from crmsnap.connection.check import CONFIGURATION, OTHERWISE, Check
from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import REGION

_HEADER = "x-amz-bucket-region"
_TELL = frozenset({301, 400})
"""With the header: the request was signed for another region."""


def region_check(target: AwsTarget, reply: Reply, signed_for: str) -> Check:
    """The verdict on what HeadBucket answered; `found` is the region, unless there is a cross."""
    region = reply.headers.get(_HEADER)
    if reply.status == 404:
        return REGION.failed(
            f"there is no bucket {target.bucket}",
            "check its name in the S3 path, or create it",
            exit_code=CONFIGURATION,
        )
    if reply.status is None:
        return REGION.failed(
            f"the store does not answer: {reply.message}",
            "check the network, the proxy and endpoint_url",
            exit_code=OTHERWISE,
        )
    if not (reply.worked or reply.denied or (region and reply.status in _TELL)):
        return REGION.failed(
            f"the store does not answer as it does about a bucket ({reply})",
            "try again in a moment; if it stays so, check endpoint_url and addressing_style",
            exit_code=OTHERWISE,
        )
    if region is not None:
        return _told(target, region)
    answer = f"the store does not name it; requests are signed for {signed_for}"
    if reply.worked:
        return REGION.ok(answer, found=signed_for)
    return REGION.warning(
        f"{answer}, and whether the bucket is there it does not say either ({reply})",
        "nothing has to be changed when the next questions are answered well",
        found=signed_for,
    )


def _told(target: AwsTarget, region: str) -> Check:
    if target.region not in {None, region}:
        return REGION.warning(
            f"the bucket is in {region}, and {target.region} is set",
            f"set region to {region}, or remove it: it is found out by itself",
            found=region,
        )
    return REGION.ok(f"it is in {region}", found=region)
