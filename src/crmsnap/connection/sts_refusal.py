"""What a refusal of STS means, and what to change."""

from crmsnap.connection.aws_client import not_answered
from crmsnap.connection.aws_refusal import is_late, read_refused
from crmsnap.destinations.retry import Passing
from crmsnap.errors import AccessDenied, ConfigError, DestinationError

_BUSY = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"})
_UNKNOWN_KEYS = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"}
)
_NEVER = frozenset(
    {"ValidationError", "MalformedPolicyDocument", "PackedPolicyTooLarge", "InvalidParameterValue"}
)
_PARTITIONS = {"aws-us-gov": "AWS GovCloud (US)", "aws-cn": "AWS China"}

_REMEDY = {
    "ExpiredToken": "sign in again: the session of your own AWS keys has ended",
    "ExpiredTokenException": "sign in again: the session of your own AWS keys has ended",
    "RegionDisabledException": "activate STS for the region in the account of the AWS keys: IAM > Account settings",
    "SignatureDoesNotMatch": "check the secret key and the clock of this machine",
    "RequestTimeTooSkewed": "set the clock of this machine: it differs too much from AWS's",
}
_REMEDY_OTHERWISE = (
    "let the role's trust policy name our user and this connection's external id, "
    "and let our user's own policy allow sts:AssumeRole on it: crmsnap check shows which is missing"
)


def refusal(error: Exception, *, role_arn: str, region: str) -> DestinationError | ConfigError:
    """The error that an exception of boto3 stands for when a role was to be assumed."""
    from botocore.exceptions import ClientError

    message = f"the role {role_arn} cannot be assumed"
    if not isinstance(error, ClientError):
        return not_answered(error, message)
    said = read_refused(error.response)
    code = said.code
    cause = f"STS in {region} answered status {said.status}" + (
        f", {code}: {said.message or 'without a reason'}" if code else ""
    )
    if code in _BUSY or said.status in {429, 500, 502, 503, 504}:
        return Passing(message, cause=cause, remedy="run again: STS was busy")
    if code in _NEVER:
        return ConfigError(
            message, cause=cause, remedy="check the role's ARN and the path of the bucket"
        )
    if code in _UNKNOWN_KEYS:
        return AccessDenied(message, cause=cause, remedy=_other_keys(role_arn))
    if is_late(code, said.message):
        return AccessDenied(message, cause=cause, remedy=_REMEDY["RequestTimeTooSkewed"])
    return AccessDenied(message, cause=cause, remedy=_REMEDY.get(code, _REMEDY_OTHERWISE))


def _other_keys(role_arn: str) -> str:
    """A role is only assumed inside its partition, whose keys no other one knows."""
    partition = _PARTITIONS.get(role_arn.split(":")[1]) if role_arn.startswith("arn:") else None
    if partition is None:
        return "check the AWS key id, and that the key is active; keys of AWS GovCloud or China are not known there"
    return f"give AWS keys of an account in {partition}: the role is there, and no other keys are known there"
