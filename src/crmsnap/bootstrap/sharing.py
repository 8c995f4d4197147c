"""Two connections with one role or one place would let one account's data reach the other's owner.

A customer who names somebody else's role, or a folder in or around somebody else's, must not get
there with our rights (the confused deputy). So no command goes on while two connections overlap.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from os.path import normpath
from urllib.parse import urlsplit

from crmsnap.bootstrap.endpoints import on_aws
from crmsnap.config import ConnectionSettings, s3_of
from crmsnap.destinations.s3_place import S3Place, is_s3, read_s3_place
from crmsnap.destinations.url import read_folder
from crmsnap.errors import ConfigError, DestinationError

_CLOUDS = ("gs://", "az://")


def refuse_shared(known: Mapping[str, ConnectionSettings]) -> None:
    """Raise `ConfigError` when two connections have one role, or places of which one holds the other."""
    _refuse_shared_roles(known)
    _refuse_shared_places(known)


def s3_place_of(connection: ConnectionSettings) -> S3Place | None:
    """Where in S3 a connection's snapshots go; None when they go elsewhere, or nowhere that can be read."""
    if connection.to is None or not is_s3(connection.to):
        return None
    try:
        return read_s3_place(connection.to)
    except DestinationError:
        return None  # said with its reason by whoever opens the destination


def _refuse_shared_roles(known: Mapping[str, ConnectionSettings]) -> None:
    owners: dict[str, str] = {}
    for name, one in known.items():
        role = one.s3.role_arn
        if role is not None and (other := owners.setdefault(role, name)) != name:
            raise _shared(other, name, f"the role {role}", "role of its own")


def _refuse_shared_places(known: Mapping[str, ConnectionSettings]) -> None:
    """In order of their folders, the one that holds another stands right before all that it holds."""
    places = sorted(_places(known))
    for (store, outer, one), (there, inner, other) in pairwise(places):
        if store == there and inner[: len(outer)] == outer:
            inside = "/".join(inner)
            raise _shared(one, other, f"{store[0]}{inside}", "folder outside of the other's")


def _places(
    known: Mapping[str, ConnectionSettings],
) -> Iterator[tuple[tuple[str, str], tuple[str, ...], str]]:
    """Store, path in it (from the bucket on) and name of each connection whose place can be read."""
    for name, one in known.items():
        if place := s3_place_of(one):
            yield ("s3://", store_of(one)), (place.bucket, *_folders(place.prefix)), name
        elif one.to is not None and one.to.startswith(_CLOUDS):
            parts = urlsplit(one.to)
            yield (f"{parts.scheme}://", ""), (parts.netloc, *_folders(parts.path)), name
        elif one.to is not None:
            with suppress(DestinationError):  # said with its reason by whoever opens it
                yield ("/", ""), _folders(normpath(read_folder(one.to))), name


def _folders(path: str) -> tuple[str, ...]:
    return tuple(folder for folder in path.split("/") if folder)


def store_of(connection: ConnectionSettings) -> str:
    """Whose bucket names these are: empty for AWS, whatever host of its own is written."""
    s3 = s3_of(connection)
    return (
        "" if on_aws(s3) else (s3.endpoint_url or "").lower().partition("://")[2].partition("/")[0]
    )


def _shared(one: str, other: str, what: str, instead: str) -> ConfigError:
    return ConfigError(
        f"connections {one} and {other} both use {what}",
        cause="with one role or one place for two connections, one could reach the other's data",
        remedy=f"give each a {instead}",
    )
