"""The servers of AWS, or of a compatible store, that a connection names: each is looked at before it is called.

STS answers with keys, and Secrets Manager with the token, so both are held to what the store is held to:
TLS unless `allow_http`, and no address where a cloud hands out the keys of its machines.
"""

from crmsnap.addresses import check_endpoint
from crmsnap.config import S3Settings, aws_secrets_url
from crmsnap.destinations.s3_endpoint import is_amazons


def store_endpoint(s3: S3Settings) -> str | None:
    """Where the bucket is asked for; None: AWS. Raise `ConfigError` when it must not be called."""
    return _checked(s3.endpoint_url, "endpoint_url", s3)


def sts_endpoint(s3: S3Settings) -> str | None:
    """Where roles are assumed: a store is its own STS, and S3 is none; None: AWS's in the region.

    Raise `ConfigError` as above.
    """
    if s3.sts_endpoint_url is not None:
        return _checked(s3.sts_endpoint_url, "sts_endpoint_url", s3)
    return None if on_aws(s3) else store_endpoint(s3)


def on_aws(s3: S3Settings) -> bool:
    """Whether the bucket is in AWS itself, also where a server of AWS is named for it."""
    return s3.endpoint_url is None or is_amazons(s3.endpoint_url)


def secrets_endpoint(s3: S3Settings) -> str | None:
    """Where AWS Secrets Manager is asked; None: in its region. Raise `ConfigError` as above."""
    return _checked(aws_secrets_url(), "AWS_ENDPOINT_URL_SECRETS_MANAGER", s3)


def _checked(url: str | None, setting: str, s3: S3Settings) -> str | None:
    if url is not None:
        check_endpoint(url, setting=setting, allow_http=s3.allow_http)
    return url
