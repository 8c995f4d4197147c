"""What a worker does with a task: nothing before it is sure to make the same bytes as any other."""

import socket

from crmsnap.cluster.parcel import Parcel, unpacked
from crmsnap.cluster.versions import ours
from crmsnap.errors import ExecutorError


def do(parcel: Parcel) -> object:
    """Do a task. Raise `ExecutorError` where it would read or write something else than the run would."""
    if parcel.versions != ours():
        raise ExecutorError(
            f"the worker on {socket.gethostname()} has other versions than the run",
            cause=f"it has {ours()}, the run {parcel.versions}",
            remedy="install the same crmsnap on every worker: from one lock file, or one image",
        )
    for mark in parcel.marks:
        mark.check()
    fn, args, kwargs = unpacked(parcel)
    return fn(*args, **kwargs)
