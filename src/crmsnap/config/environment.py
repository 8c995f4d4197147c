"""What the environment says beside our own variables: folders, proxies, AWS."""

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from crmsnap.config.settings import ConnectionSettings, S3Settings

_ENCRYPTION = (
    "AWS_SERVER_SIDE_ENCRYPTION",
    "AWS_SSE_KMS_KEY_ID",
    "AWS_SSE_BUCKET_KEY_ENABLED",
    "AWS_SSE_CUSTOMER_KEY_BASE64",
)


def home_folder(option: Path | None) -> Path:
    """Where states live: the option, else CRMSNAP_HOME, else the XDG data directory."""
    if option is not None:
        return option.expanduser().absolute()
    if chosen := os.environ.get("CRMSNAP_HOME"):
        return Path(chosen).expanduser().absolute()
    # XDG Base Directory Specification: a relative path is to be ignored.
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "crmsnap"


def proxy_of(connection: ConnectionSettings) -> SecretStr | None:
    """The proxy for the connection's requests: its own, else that of the environment."""
    if connection.proxy is not None:
        return connection.proxy
    address = urlsplit(connection.base_url)
    host = address.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    found = getproxies().get(address.scheme)
    return None if found is None else SecretStr(found)


def s3_of(connection: ConnectionSettings) -> S3Settings:
    """How the connection's bucket is reached, with AWS's own variables for what is not set."""
    own = connection.s3
    return own.model_copy(
        update={
            "endpoint_url": own.endpoint_url
            or os.environ.get("AWS_ENDPOINT_URL_S3")
            or os.environ.get("AWS_ENDPOINT_URL"),
            "region": own.region
            or os.environ.get("AWS_REGION")
            or os.environ.get("AWS_DEFAULT_REGION"),
            "profile": own.profile or os.environ.get("AWS_PROFILE"),
        }
    )


def foreign_encryption(s3: S3Settings) -> tuple[str, ...]:
    """The variables that would make the S3 client ask for another encryption than the settings do.

    obstore reads them by itself, and no argument switches them off.
    """
    meant: dict[str, str | None] = {"AWS_SERVER_SIDE_ENCRYPTION": s3.encryption}
    if s3.encryption == "aws:kms":
        meant["AWS_SSE_KMS_KEY_ID"] = s3.kms_key
    return tuple(
        name for name in _ENCRYPTION if os.environ.get(name) not in {None, meant.get(name)}
    )


def aws_secrets_url() -> str | None:
    """Where AWS Secrets Manager is asked, in AWS's own variable: an endpoint within a VPC, or a mock."""
    return os.environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or None


def aws_keys() -> tuple[str, str, str | None] | None:
    """Key id, secret and session token of the environment, None when it has none.

    First in the usual AWS chain as well; found here, boto3 need not be loaded.
    """
    key_id = os.environ.get("AWS_ACCESS_KEY_ID")
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        return None
    return key_id, secret, os.environ.get("AWS_SESSION_TOKEN") or None
