"""How a process that writes parts begins, and how it ends with the run that it works for.

A file of its own, so that such a process loads neither settings nor the HubSpot client.
"""

import os
import signal
import threading
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection


def begin_worker(ended: Connection) -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends, or when it closes its end of a pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, args=(ended,), daemon=True).start()


def _end_with_parent(ended: Connection) -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel, ended])
        os._exit(1)
