"""The lease that a run has on its connection: taken at its start, renewed while it works, given back.

The run holds the lock of its state folder already. So whoever had the lease from that folder before
has ended, and need not be waited for; only a run of another machine or another home must be. That holds
for the very file that is locked, under the kernel that locks it, and not for a copy of the folder.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crmsnap.errors import Busy, RegistryError
from crmsnap.registry.leases import give_lease_back, take_lease
from crmsnap.registry.opening import open_registry
from crmsnap.state.sqlite import LOCK_FILE

LEASE_SECONDS = 60.0
"""How long a connection stays taken by a machine that vanished."""

RENEWALS = 4
"""How often a lease is renewed while it lasts: one answer that stays away loses nothing."""

HOLDER_FILE = "lease"
"""Beside the state's lock: who had the lease from this folder last, and which lock it held."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Another one after each start of a machine, and the same for all of its containers (random(4))."""


class HeldLease:
    """A lease that stays ours until it is given back, or until we were paused for too long."""

    def __init__(self, registry: str, connection: str, holder: str, seconds: float) -> None:
        self._registry = registry
        self._connection = connection
        self._holder = holder
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def take(self, dead: str | None) -> None:
        """Take it and keep it from now on. Raise `Busy` while somebody else than the dead one has it."""
        self._take(dead)
        try:
            self._thread.start()
        except RuntimeError:  # no memory for another thread
            self._free()
            raise

    def assure(self) -> None:
        """Raise `Busy` when another run has the connection by now.

        A registry that does not answer takes nothing from us: that two runs cannot damage each
        other's snapshot follows from its names, not from the lease. And one that was lost, or that
        the other run has given back meanwhile, is taken again.
        """
        with suppress(RegistryError):
            self._take(None)

    def give_back(self) -> None:
        """Let others have the connection at once; without the registry it is free a little later."""
        self._ended.set()
        self._thread.join()
        self._free()

    def _keep(self) -> None:
        while not self._ended.wait(self._seconds / RENEWALS):
            with suppress(RegistryError, Busy):  # the run finds out when it asks
                self._take(None)

    def _free(self) -> None:
        with suppress(RegistryError), open_registry(self._registry) as registry:
            give_lease_back(registry, self._connection, self._holder)

    def _take(self, dead: str | None) -> None:
        with open_registry(self._registry) as registry:
            take_lease(registry, self._connection, self._holder, seconds=self._seconds, dead=dead)


@contextmanager
def leased(
    registry: str, folder: Path, connection: str, *, seconds: float = LEASE_SECONDS
) -> Iterator[HeldLease]:
    """Hold a connection for as long as the block lasts; the caller holds the folder's lock.

    Raise `Busy` when a run of another machine or home has it.
    """
    holder = f"{socket.gethostname()[:200]}:{os.getpid()}:{secrets.token_hex(8)}"
    lease = HeldLease(registry, connection, holder, seconds)
    lease.take(_last_holder(folder))
    try:
        with suppress(OSError):  # then a run that is killed is waited for, and no more
            _write(folder / HOLDER_FILE, f"{holder}\n{_lock_of(folder)}\n")
        yield lease
    finally:
        lease.give_back()


def _write(file: Path, text: str) -> None:
    """Write a file for its owner alone, also one that an earlier version left open to others."""
    file.touch(0o600)
    file.chmod(0o600)
    file.write_text(text)


def _last_holder(folder: Path) -> str | None:
    """Who had the lease and held the lock that is held now; None when that cannot be told."""
    try:
        holder, lock = (folder / HOLDER_FILE).read_text(errors="replace").splitlines()
    except (OSError, ValueError):
        return None
    return holder if lock and lock == _lock_of(folder) else None


def _lock_of(folder: Path) -> str:
    """The lock's file as the kernel knows it, which no copy and no other machine has; empty if unknown."""
    try:
        lock = (folder / LOCK_FILE).stat()
        return f"{BOOT_ID.read_text().strip()} {lock.st_dev}:{lock.st_ino}"
    except OSError:
        return ""
