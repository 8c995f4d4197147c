"""Tokens in AWS Secrets Manager: read when a run begins, and kept nowhere.

boto3 is imported only here and only then: it takes longer to import than most commands take to run.
"""

import json

from crmsnap.errors import AccessDenied, ConfigError, CrmsnapError

_REFUSED = {
    "ResourceNotFoundException": "there is no such secret in this account and region",
    "AccessDeniedException": "AWS does not allow secretsmanager:GetSecretValue for it",
    "DecryptionFailure": "its KMS key may not be used: kms:Decrypt is missing",
    "InvalidRequestException": "it has no value now, or is marked for deletion",
}


def secret_value(reference: str, *, profile: str | None, region: str | None) -> str:
    """The secret of a name or ARN, or with `#key` behind it that key of a secret that is JSON.

    Raise `AccessDenied` when AWS refuses, `ConfigError` for a secret that is not what the reference says.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    name, _, key = reference.partition("#")
    try:
        client = boto3.Session(profile_name=profile).client(
            "secretsmanager", region_name=_region_of(name) or region
        )
        answer = client.get_secret_value(SecretId=name)
    except ClientError as error:
        raise _refused(name, error.response.get("Error", {}).get("Code", "")) from None
    except BotoCoreError as error:
        raise AccessDenied(
            f"the secret {name} cannot be asked for",
            cause=str(error),
            remedy="check the AWS keys and the region (AWS_REGION, or the secret's whole ARN)",
        ) from None
    text = answer.get("SecretString")
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


def _refused(name: str, code: str) -> CrmsnapError:
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
