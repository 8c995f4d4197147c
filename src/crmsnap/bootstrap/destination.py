"""From a connection's settings to the place where its snapshots go."""

import random
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.endpoints import on_aws, store_endpoint, sts_endpoint
from crmsnap.config import ConnectionSettings, S3Settings, aws_keys, foreign_encryption, s3_of
from crmsnap.connection.aws_chain import usual_keys, usual_region
from crmsnap.connection.aws_client import Route
from crmsnap.connection.region import AskRegion
from crmsnap.connection.role import RoleToAssume, role_keys, session_name
from crmsnap.connection.session_policy import session_policy
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.s3_place import S3Place, is_s3, partition_of, read_s3_place
from crmsnap.destinations.url import open_destination
from crmsnap.errors import ConfigError
from crmsnap.model import Clock
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.registry.aws_links import AwsLink


def destination_of(known: Known, clock: Clock) -> Destination:
    """Where a connection's snapshots are; nothing is read or written yet."""
    name, connection = known.name, known.settings
    if connection.to is None:
        raise ConfigError(
            "no destination" if name is None else f"connection {name} has no destination",
            cause="`to` is not set",
            remedy="give --to ./snapshots or --to s3://bucket/prefix, or set `to` in crmsnap.toml",
        )
    if not is_s3(connection.to):
        route = route_of(known.settings)
        options = S3Options(ca_file=route.ca_file, proxy=route.proxy)
        return open_destination(connection.to, options, clock, jitter)
    place = read_s3_place(connection.to)
    options = s3_reach(known, place)[0]
    return open_destination(place.url, options, clock, jitter)


def jitter() -> float:
    """A number from 0 up to 1; a function of its own, so that other processes can be given it."""
    return random.random()  # noqa: S311 - spreads retries, keeps no secret


def s3_reach(known: Known, place: S3Place) -> tuple[S3Options, RoleToAssume | None]:
    """How a connection's bucket is reached, and the role whose sessions sign, if there is one."""
    connection = known.settings
    s3 = s3_of(connection)
    _refuse_foreign_encryption(s3)
    own_store = store_endpoint(s3)
    link = None if s3.role_arn is None else _link(known)
    role = None if link is None else _role(known, s3, link)
    partition = place.partition if role is None else role.partition
    found = link if link is not None and _is_about(link, s3, place) else None
    region = _region(known, s3, place, found, partition)
    route = route_of(known.settings)
    owner = _owner(s3, found, role)
    if role is not None:
        policy = _session_policy(s3, place, role, owner)
        role = replace(role, region=region, session_policy=policy)
    options = S3Options(
        endpoint_url=own_store,
        region=region,
        find_region=AskRegion(
            bucket=place.bucket,
            partition=partition or "aws",
            endpoint_url=own_store,
            addressing="virtual" if s3.addressing_style == "virtual" else "path",
            route=route,
        ),
        keys=own_keys(s3, known.redactor)
        if role is None
        else partial(_telling, known.redactor, role_keys(role)),
        ca_file=route.ca_file,
        proxy=route.proxy,
        addressing=s3.addressing_style,
        allow_http=s3.allow_http,
        bucket_owner=owner,
        encryption=s3.encryption,
        kms_key=s3.kms_key,
        if_match=s3.if_match,
        unsafe_single_writer=s3.unsafe_single_writer,
    )
    return options, role


def _refuse_foreign_encryption(s3: S3Settings) -> None:
    foreign = foreign_encryption(s3)
    if foreign:
        raise ConfigError(
            f"{', '.join(foreign)} would change how files are encrypted",
            cause="the S3 client obeys these variables, and the connection's settings say otherwise",
            remedy="unset them, and set encryption and kms_key of the connection's s3 table instead",
        )


def _role(known: Known, s3: S3Settings, link: "AwsLink") -> RoleToAssume:
    return RoleToAssume(
        arn=s3.role_arn or "",
        external_id=link.external_id,
        session_name=session_name(known.name or "unnamed", secrets.token_hex(4)),
        sts_endpoint_url=sts_endpoint(s3),
        profile=s3.profile,
        route=route_of(known.settings),
    )


def _session_policy(s3: S3Settings, place: S3Place, role: RoleToAssume, owner: str | None) -> str:
    return session_policy(
        place.bucket,
        place.prefix,
        partition=role.partition,
        owner=owner if on_aws(s3) else None,
        kms_key=s3.kms_key,
    )


def _is_about(link: "AwsLink", s3: S3Settings, place: S3Place) -> bool:
    """Whether what was found when the connection was made is about this role and place.

    A configuration file can name others since, and commands do not see that.
    """
    made = (link.role_arn, link.bucket, link.prefix)
    return made == (s3.role_arn, place.bucket, place.prefix)


def _owner(s3: S3Settings, link: "AwsLink | None", role: RoleToAssume | None) -> str | None:
    """Whose the bucket must be; None where nobody knows."""
    connected = None if link is None else link.bucket_owner
    return s3.bucket_owner or connected or (None if role is None else role.account)


def _region(
    known: Known, s3: S3Settings, place: S3Place, link: "AwsLink | None", partition: str | None
) -> str | None:
    """The bucket's region as far as anybody said it; a wrong one is noticed at the first request."""
    said = known.settings.s3.region or (link and link.region) or place.region
    if said or not on_aws(s3):
        return said or s3.region
    ours = s3.region or usual_region(s3.profile)
    # That is where this machine works: a role in China or GovCloud is certainly not there.
    return ours if partition in {None, partition_of(ours)} else None


def route_of(connection: ConnectionSettings) -> Route:
    """What stands between here and AWS, by the connection's settings."""
    return Route(
        ca_file=connection.ca_file and connection.ca_file.expanduser(),
        proxy=None if connection.proxy is None else connection.proxy.get_secret_value(),
    )


def own_keys(s3: S3Settings, redactor: Redactor) -> Callable[[], AwsKeys]:
    """Our own keys: those that assume a role, or sign where there is none; never shown from then on."""
    has_given = s3.profile is None and aws_keys() is not None
    keys = _environment_keys if has_given else usual_keys(s3.profile)
    return partial(_telling, redactor, keys)


def _environment_keys() -> AwsKeys:
    """The keys in the variables of whichever process asks: workers inherit them, so no pickle holds them."""
    given = aws_keys()
    return usual_keys(None)() if given is None else AwsKeys(*given)


def _telling(redactor: Redactor, keys: Callable[[], AwsKeys]) -> AwsKeys:
    found = keys()
    for secret in (found.secret_access_key, found.token):
        redactor.learn(secret or "")
    return found


def _link(known: Known) -> "AwsLink":
    link = None
    if known.name is not None and known.registry is not None:
        from crmsnap.registry.address import is_there
        from crmsnap.registry.aws_links import aws_link
        from crmsnap.registry.opening import open_registry

        if is_there(known.registry):
            with open_registry(known.registry) as registry:
                link = aws_link(registry, known.name)
    if link is None:
        raise ConfigError(
            f"connection {known.name or ''} has a role, and no external id yet",
            cause="a role is only assumed with an external id that belongs to the connection",
            remedy=f"crmsnap connect aws {known.name or '<connection>'}",
        )
    return link
