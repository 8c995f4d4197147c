"""A boto3 client that does what it is told, and nothing that its environment says.

boto3 has an endpoint variable for each service, retries by itself, and takes a certificate file in
place of the system's; here the endpoint is given, `destinations/retry.py` is the one retry layer, and
certificates are added, as for the requests of the data path. boto3 is imported only when a client is
made: that takes longer than most commands run.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crmsnap.destinations.client import read_certificates
from crmsnap.destinations.retry import Passing
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.destinations.s3_endpoint import Addressing
from crmsnap.errors import AccessDenied, DestinationError

CONNECT_SECONDS = 10
READ_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Route:
    """What stands between here and AWS."""

    ca_file: Path | None = None
    """PEM certificates that are trusted beside the system's."""
    proxy: str | None = field(default=None, repr=False)
    """Of every request; None: what HTTPS_PROXY and NO_PROXY say."""


STRAIGHT = Route()
"""Nothing in between that anybody knows of."""


@contextmanager
def aws_client(
    service: str,
    *,
    region: str,
    endpoint_url: str,
    route: Route,
    keys: AwsKeys | None = None,
    profile: str | None = None,
    unsigned: bool = False,
    addressing: Addressing = "path",
) -> Iterator[Any]:
    """A client for as long as the block lasts, signing with `keys`, else with the usual AWS chain's."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    asked = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
        proxies=None if route.proxy is None else {"http": route.proxy, "https": route.proxy},
        use_fips_endpoint=False,
        use_dualstack_endpoint=False,
        # Since 1.36 boto3 adds checksums that many stores beside AWS do not take.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": addressing},
    )
    if unsigned:
        asked = asked.merge(Config(signature_version=UNSIGNED))
    given: dict[str, str | None] = {}
    if keys is not None:
        given = {
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key,
            "aws_session_token": keys.token,
        }
    with _certificates(route.ca_file) as trusted:
        client = boto3.Session(profile_name=profile if keys is None else None).client(
            service,
            region_name=region,
            endpoint_url=endpoint_url,
            config=asked,
            **({} if trusted is None else {"verify": str(trusted)}),
            **given,
        )
        try:
            yield client
        finally:
            client.close()


def aws_errors() -> tuple[type[Exception], ...]:
    """Everything with which boto3 says that a call brought nothing; ClientError alone is an answer of AWS.

    A page of HTML in place of XML, such as a proxy's, is no BotoCoreError but a ResponseParserError, or, when
    it happens to be well-formed, the KeyError of botocore's parser.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return BotoCoreError, ClientError, ResponseParserError, KeyError


def reason(error: Exception) -> str:
    """What boto3 says, without the text of a page that it could not read, which may be anything."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, BotoCoreError | ClientError):
        return str(error)
    return "the server did not answer as AWS does"


def not_answered(error: Exception, message: str) -> DestinationError:
    """The error that an exception of boto3 stands for when there was no answer that it could read."""
    from botocore import exceptions

    match error:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return AccessDenied(
                message,
                cause="found no AWS credentials of our own",
                remedy="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (aws configure), "
                "or run on a machine with a role",
            )
        case exceptions.SSLError():
            return DestinationError(
                message,
                cause="the certificate of the server is not trusted",
                remedy="check the endpoint, or give the certificate of its authority as ca_file",
            )
        case exceptions.ConnectionError() | exceptions.HTTPClientError():
            return Passing(
                message, cause=str(error), remedy="check the way to the server, then run again"
            )
        case exceptions.BotoCoreError():
            return AccessDenied(
                message, cause=str(error), remedy="check the profile in the AWS configuration"
            )
        case _:
            return DestinationError(
                message,
                cause=reason(error),
                remedy="check the endpoint: another server may stand in its place",
            )


@contextmanager
def _certificates(ca_file: Path | None) -> Iterator[Path | None]:
    """A file with the system's certificates and these; None: leave it to boto3."""
    if ca_file is None:
        yield None
        return
    own = read_certificates(ca_file)
    system = ssl.create_default_context().get_ca_certs(binary_form=True)
    with TemporaryDirectory(prefix="crmsnap-") as folder:
        trusted = Path(folder) / "trusted.pem"
        trusted.write_bytes(
            b"\n".join([own, *(ssl.DER_cert_to_PEM_cert(one).encode() for one in system)])
        )
        yield trusted
