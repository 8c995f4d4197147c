"""Where a destination is, as people write it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crmsnap.destinations.azure import azure
from crmsnap.destinations.client import Reach
from crmsnap.destinations.folder import Folder
from crmsnap.destinations.google import google
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.key import check_key
from crmsnap.destinations.memory import memory
from crmsnap.destinations.retry import Retries
from crmsnap.destinations.s3 import S3Options, s3
from crmsnap.destinations.s3_place import is_s3, read_s3_place
from crmsnap.errors import DestinationError
from crmsnap.model import Clock

FORMS = (
    "./folder, ~/folder, /folder, file:///folder, s3://bucket/prefix, gs://bucket/prefix"
    " or az://container/prefix"
)

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")


def open_destination(
    url: str, options: S3Options, clock: Clock, randomness: Callable[[], float]
) -> Destination:
    """The destination that a URL or path stands for; nothing is read or written yet.

    Stores over a network are tried again after passing failures, for which they take the clock and
    `randomness` (uniform in [0, 1)). Of the options, Google and Azure take `reach` alone.
    """
    if is_s3(url):
        return _bucket(url, options, Retries(clock, randomness))
    if url.startswith(("gs://", "az://")):
        return _cloud(url, options.reach, Retries(clock, randomness))
    if url == "memory://":
        return memory()
    return Folder(read_folder(url))


def _bucket(url: str, options: S3Options, retries: Retries) -> Destination:
    place = read_s3_place(url)
    there = replace(options, region=options.region or place.region)
    return s3(place.bucket, place.prefix, there, retries)


def _cloud(url: str, reach: Reach, retries: Retries) -> Destination:
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    if not _BUCKET.fullmatch(parts.netloc) or parts.query or parts.fragment:
        raise _refused(url, "it names no bucket or container")
    if prefix:
        check_key(prefix)
    return (google if parts.scheme == "gs" else azure)(parts.netloc, prefix, reach, retries)


def read_folder(url: str) -> Path:
    """The folder of this machine that a path or a file URL means. Raise `DestinationError` for another URL."""
    if url.startswith("file://"):
        parts = urlsplit(url)
        if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
            raise _refused(url, "a file URL has three slashes: file:///folder")
        return Path(unquote(parts.path))
    if url.startswith("~"):
        try:
            return Path(url).expanduser()
        except RuntimeError:
            raise _refused(url, "there is no such home folder") from None
    if url and ":" not in url:
        return Path(url).absolute()  # workers may run in another folder
    raise _refused(url, "it is neither a path nor a known kind of URL")


def _refused(url: str, cause: str) -> DestinationError:
    return DestinationError(
        f"{url!r} is no destination", cause=cause, remedy=f"write it as {FORMS}"
    )
