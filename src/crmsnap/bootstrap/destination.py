"""From a connection's settings to the place where its snapshots go."""

import random
from collections.abc import Callable
from functools import partial

from crmsnap.addresses import check_endpoint
from crmsnap.bootstrap.connections import Known
from crmsnap.config import S3Settings, aws_keys, s3_of
from crmsnap.connection.aws_chain import usual_keys, usual_region
from crmsnap.connection.role import RoleToAssume, role_keys, session_name
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import REGION_UNLESS_SET, AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import ConfigError
from crmsnap.model import Clock
from crmsnap.redaction.redactor import Redactor


def destination_of(known: Known, clock: Clock) -> Destination:
    """Where a connection's snapshots are; nothing is read or written yet."""
    name, connection = known.name, known.settings
    if connection.to is None:
        raise ConfigError(
            "no destination" if name is None else f"connection {name} has no destination",
            cause="`to` is not set",
            remedy="give --to ./snapshots or --to s3://bucket/prefix, or set `to` in crmsnap.toml",
        )
    return open_destination(connection.to, _s3_options(known), clock, jitter)


def jitter() -> float:
    """A number from 0 up to 1; a function of its own, so that other processes can be given it."""
    return random.random()  # noqa: S311 - spreads retries, keeps no secret


def _s3_options(known: Known) -> S3Options:
    connection = known.settings
    if connection.to is None or not connection.to.startswith("s3://"):
        return S3Options()  # looking for keys would load boto3
    s3 = s3_of(connection)
    if s3.endpoint_url is not None:
        check_endpoint(s3.endpoint_url)
    region = s3.region
    if region is None and s3.endpoint_url is None:
        region = usual_region(s3.profile)
    return S3Options(
        endpoint_url=s3.endpoint_url,
        region=region,
        keys=partial(_telling, known.redactor, _keys(known, s3, region)),
        ca_file=connection.ca_file and connection.ca_file.expanduser(),
        proxy=None if connection.proxy is None else connection.proxy.get_secret_value(),
        addressing=s3.addressing_style,
        allow_http=s3.allow_http,
    )


def _keys(known: Known, s3: S3Settings, region: str | None) -> Callable[[], AwsKeys]:
    if s3.role_arn is not None:
        return role_keys(
            RoleToAssume(
                arn=s3.role_arn,
                external_id=external_id(known),
                session_name=session_name(known.name or "unnamed"),
                region=region or REGION_UNLESS_SET,
                sts_endpoint_url=s3.sts_endpoint_url or s3.endpoint_url,
                profile=s3.profile,
            )
        )
    return own_keys(s3)


def own_keys(s3: S3Settings) -> Callable[[], AwsKeys]:
    """Our own keys: those that assume a role, or sign where there is none."""
    given = aws_keys() if s3.profile is None else None
    return usual_keys(s3.profile) if given is None else partial(AwsKeys, *given)


def _telling(redactor: Redactor, keys: Callable[[], AwsKeys]) -> AwsKeys:
    found = keys()
    for secret in (found.secret_access_key, found.token):
        redactor.learn(secret or "")
    return found


def external_id(known: Known) -> str:
    """The connection's own. Raise `ConfigError` before `crmsnap connect aws` has made it."""
    link = None
    if known.name is not None and known.registry is not None:
        from crmsnap.registry.aws_links import aws_link
        from crmsnap.registry.opening import is_there, open_registry

        if is_there(known.registry):
            with open_registry(known.registry) as registry:
                link = aws_link(registry, known.name)
    if link is None:
        raise ConfigError(
            f"connection {known.name or ''} has a role, and no external id yet",
            cause="a role is only assumed with an external id that belongs to the connection",
            remedy=f"crmsnap connect aws {known.name or '<connection>'}",
        )
    return link.external_id
