"""The server's process: it prints its port and serves until it is stopped.

It chooses its own port: asking for a free port first and starting on it later is a race between
test processes.
"""

import sys
from typing import cast

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from tests.aws.front.application import Front


class QuietHandler(MotoRequestHandler):
    """moto's handler, which keeps the names of metadata headers, without a line per request."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Show the server's own time in the Date header."""
        front = cast(Front, self.server.app)
        return super().date_time_string(timestamp or front.now().timestamp())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve on a port of the system's choice."""
    tls = (sys.argv[1], sys.argv[2]) if len(sys.argv) > 2 else None
    server = make_server(
        "127.0.0.1", 0, Front(), threaded=True, request_handler=QuietHandler, ssl_context=tls
    )
    print(server.port, flush=True)  # noqa: T201 - its parent reads the port
    server.serve_forever()


if __name__ == "__main__":
    main()
