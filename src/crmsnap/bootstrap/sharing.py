"""Two connections with one role or one place would let one account's data reach the other's owner.

A customer who names somebody else's role, or a folder in or around somebody else's, must not get
there with our rights (the confused deputy). So neither of two connections that overlap is used; all
others are.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from os.path import normpath
from urllib.parse import urlsplit

from crmsnap.bootstrap.endpoints import on_aws
from crmsnap.config import ConnectionSettings, s3_of
from crmsnap.destinations.s3_place import S3Place, is_s3, read_s3_place
from crmsnap.destinations.url import read_folder
from crmsnap.errors import ConfigError
from crmsnap.registry.same_role import role_identity

_CLOUDS = ("gs://", "az://")


def refuse_shared(known: Mapping[str, ConnectionSettings], name: str) -> None:
    """Raise `ConfigError` when another connection has its role, or a place that overlaps with its own."""
    if why_not := shared(known).get(name):
        raise why_not


def shared(known: Mapping[str, ConnectionSettings]) -> dict[str, ConfigError]:
    """Which connections may not be used, and why: one role for two, or one place within another."""
    found: dict[str, ConfigError] = {}
    for one, other, why_not in (*_shared_roles(known), *_shared_places(known)):
        found.setdefault(one, why_not)
        found.setdefault(other, why_not)
    return found


def s3_place_of(connection: ConnectionSettings) -> S3Place | None:
    """Where in S3 a connection's snapshots go; None when they go elsewhere, or nowhere that can be read."""
    if connection.to is None or not is_s3(connection.to):
        return None
    try:
        return read_s3_place(connection.to)
    except ConfigError:
        return None  # said with its reason by whoever opens the destination


_Shared = tuple[str, str, ConfigError]
"""Two names, and what is said of them."""


def _shared_roles(known: Mapping[str, ConnectionSettings]) -> Iterator[_Shared]:
    owners: dict[str, str] = {}
    for name, one in known.items():
        role = one.s3.role_arn
        if role is not None and (other := owners.setdefault(role_identity(role), name)) != name:
            message = f"connections {other} and {name} both use the role {role}"
            yield other, name, _refusal(message, "role of its own")


def _shared_places(known: Mapping[str, ConnectionSettings]) -> Iterator[_Shared]:
    """In order of their folders, all that one holds stands right behind it."""
    around: list[_Place] = []
    for place in sorted(_places(known)):
        while around and not _holds(around[-1], place):
            around.pop()
        if around:
            outer = around[-1]
            yield outer[2], place[2], _overlap(outer, place)
        around.append(place)


_Place = tuple[tuple[str, str], tuple[str, ...], str]
"""Store, path in it (from the bucket on) and name of a connection."""


def _holds(outer: _Place, inner: _Place) -> bool:
    return outer[0] == inner[0] and inner[1][: len(outer[1])] == outer[1]


def _overlap(outer: _Place, inner: _Place) -> ConfigError:
    one, other = (f"{place[0][0]}{'/'.join(place[1])}" for place in (outer, inner))
    if outer[2] == inner[2]:
        return ConfigError(
            f"`to` and `state_url` of connection {inner[2]} overlap: {other} lies in {one}",
            cause="whoever reads the snapshots would read the state, and old days could take it with them",
            remedy="give the state a folder or bucket of its own, which nobody else may read",
        )
    names = f"connections {outer[2]} and {inner[2]}"
    message = (
        f"{names} both use {one}" if one == other else f"{names} overlap: {other} lies in {one}"
    )
    return _refusal(message, "folder outside of the other's")


def _places(
    known: Mapping[str, ConnectionSettings],
) -> Iterator[_Place]:
    """Of each connection whose places can be read: its snapshots', and its state's."""
    for name, one in known.items():
        yield from _place(name, one)
        if one.state_url is not None:
            yield from _place(name, one.model_copy(update={"to": one.state_url}))


def _place(name: str, one: ConnectionSettings) -> Iterator[_Place]:
    if place := s3_place_of(one):
        yield ("s3://", store_of(one)), (place.bucket, *_folders(place.prefix)), name
    elif one.to is not None and one.to.startswith(_CLOUDS):
        parts = urlsplit(one.to)
        yield (f"{parts.scheme}://", ""), (parts.netloc, *_folders(parts.path)), name
    elif one.to is not None and not is_s3(one.to):
        with suppress(ConfigError):  # said with its reason by whoever opens it
            yield ("/", ""), _folders(normpath(read_folder(one.to))), name


def _folders(path: str) -> tuple[str, ...]:
    return tuple(folder for folder in path.split("/") if folder)


def store_of(connection: ConnectionSettings) -> str:
    """Whose bucket names these are: empty for AWS, whatever host of its own is written."""
    s3 = s3_of(connection)
    return (
        "" if on_aws(s3) else (s3.endpoint_url or "").lower().partition("://")[2].partition("/")[0]
    )


def _refusal(message: str, instead: str) -> ConfigError:
    return ConfigError(
        message,
        cause="with one role or one place for two connections, one could reach the other's data",
        remedy=f"give each a {instead}",
    )
