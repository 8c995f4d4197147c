"""Tokens in AWS Secrets Manager: read when a run begins, and kept nowhere."""

import json

from crmsnap.connection.aws_chain import usual_region
from crmsnap.connection.aws_client import STRAIGHT, Route, aws_client, aws_errors, not_answered
from crmsnap.connection.aws_refusal import read_refused
from crmsnap.destinations.s3_endpoint import amazon_host
from crmsnap.errors import AccessDenied, ConfigError

_REFUSED = {
    "ResourceNotFoundException": "there is no such secret in this account and region",
    "AccessDeniedException": "AWS does not allow secretsmanager:GetSecretValue for it",
    "DecryptionFailure": "its KMS key may not be used: kms:Decrypt is missing",
    "InvalidRequestException": "it has no value now, or is marked for deletion",
}


def secret_value(
    reference: str,
    *,
    region: str | None,
    profile: str | None = None,
    endpoint_url: str | None = None,
    route: Route = STRAIGHT,
) -> str:
    """The secret of a name or ARN, or with `#key` behind it that key of a secret that is JSON.

    `region` counts for a name; an ARN has its own. Raise `AccessDenied` when AWS refuses, `ConfigError`
    for a secret that is not what the reference says, `DestinationError` without an answer.
    """
    from botocore.exceptions import ClientError

    name, _, key = reference.partition("#")
    where = _region_of(name) or region or usual_region(profile)
    if where is None:
        raise ConfigError(
            f"the secret {name} cannot be asked for",
            cause="its region is not known",
            remedy="set AWS_REGION, or write the secret's whole ARN, which names it",
        )
    endpoint = endpoint_url or amazon_host("secretsmanager", where)
    try:
        with aws_client(
            "secretsmanager", region=where, endpoint_url=endpoint, route=route, profile=profile
        ) as client:
            answer = client.get_secret_value(SecretId=name)
    except ClientError as error:
        raise _refused(name, read_refused(error.response).code) from None
    except aws_errors() as error:
        raise not_answered(error, f"the secret {name} cannot be asked for") from None
    text = answer.get("SecretString")
    if text is None and "SecretBinary" not in answer:  # nothing that GetSecretValue answers
        raise not_answered(ValueError(), f"the secret {name} cannot be asked for")
    if text is None:
        raise _unfit(name, "it is binary, and a token is text")
    return _value_at(key, text, name) if key else text


def _region_of(name: str) -> str | None:
    """`arn:aws:secretsmanager:eu-central-1:111111111111:secret:name-AbCdEf` names its region."""
    parts = name.split(":")
    return parts[3] if len(parts) == 7 and parts[0] == "arn" else None


def _value_at(key: str, text: str, name: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        raise _unfit(name, f"it is no JSON, so it has no key {key!r}") from None
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise _unfit(name, f"it has no key {key!r} with a text")
    return found


def _refused(name: str, code: str) -> AccessDenied:
    return AccessDenied(
        f"the secret {name} cannot be read",
        cause=_REFUSED.get(code, f"AWS answered {code or 'without a reason'}"),
        remedy="check token_secret, the region, and the policy of who asks",
    )


def _unfit(name: str, cause: str) -> ConfigError:
    # json's own message could quote the secret.
    return ConfigError(
        f"the secret {name} holds no token",
        cause=cause,
        remedy="store the token as plain text, or name its key: token_secret = 'name#key'",
    )
