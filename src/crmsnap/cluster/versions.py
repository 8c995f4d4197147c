"""Whether two machines would write the same bytes, and can talk to each other at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crmsnap import __version__
from crmsnap.errors import ExecutorError
from crmsnap.publish.gzip_parts import engine

if TYPE_CHECKING:
    from distributed import Client

_DECIDING = ("python", "distributed", "dask")
"""Dask serializes by the last two; pickles of one Python may not be read by an older one."""


def ours() -> str:
    """What decides about the bytes of a part, as this machine has it."""
    engines = [engine(compression) for compression in ("fast", "small")]
    return ", ".join([f"crmsnap {__version__}", *(f"{one.name} {one.version}" for one in engines)])


def refuse_other_dask(client: "Client") -> None:
    """Raise `ExecutorError` if the scheduler or a worker has another Dask or Python than this process."""
    found = client.get_versions()
    here = _told(found["client"])
    for who, there in _others(found):
        if _told(there) != here:
            raise ExecutorError(
                f"{who} of the Dask cluster has other versions than this machine",
                cause=f"{_named(_told(there))} there, {_named(here)} here",
                remedy="run scheduler, workers and crmsnap from one lock file, or one image",
            )


def _others(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "the scheduler", found["scheduler"]
    for address, there in found["workers"].items():
        yield f"the worker {address}", there


def _told(versions: dict[str, Any]) -> dict[str, str]:
    """Name -> version; of Python without its patch level."""
    packages = versions["packages"]
    told = {name: str(packages[name]) for name in _DECIDING}
    told["python"] = ".".join(told["python"].split(".")[:2])
    return told


def _named(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
