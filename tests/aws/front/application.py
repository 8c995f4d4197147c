"""The front that every request passes: who asks, may it, is it whole; then moto carries it out.

The order is S3's as far as it is known: signature, region, body, bucket, owner, rights.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from socket import SHUT_RDWR
from threading import Lock
from typing import Any

from tests.aws.front import control
from tests.aws.front.call import AwsCall
from tests.aws.front.effects import Dropped
from tests.aws.front.faults import FaultPlan
from tests.aws.front.identities import Identities
from tests.aws.front.kms import KmsKeys
from tests.aws.front.moto_side import Moto
from tests.aws.front.refusal import Answer
from tests.aws.front.request import read_body, read_head

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
OWN_HEADERS = ("content-length", "connection")
STRIPES = 64


class Front:
    """The WSGI application: our judgement before moto's storage."""

    def __init__(self) -> None:
        self.identities = Identities()
        self.keys = KmsKeys()
        self.faults = FaultPlan()
        self.moto = Moto()
        self.clock_offset = timedelta()
        self._counts: Counter[str] = Counter()
        self._written: dict[tuple[str, str], float] = {}
        self._lock = Lock()
        self._stripes = [Lock() for _ in range(STRIPES)]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        head = read_head(environ)
        try:
            if head.path.startswith(control.PATH):
                answer = control.answer(self, head, read_body(environ))
            else:
                answer = AwsCall(self, head, environ, self.now()).answer()
        except Dropped:
            environ["werkzeug.socket"].shutdown(SHUT_RDWR)
            answer = Answer(500)
        status = HTTPStatus(answer.status)
        headers = {n: v for n, v in answer.headers.items() if n.lower() not in OWN_HEADERS}
        length = answer.headers.get("Content-Length") if head.method == "HEAD" else None
        headers["Content-Length"] = length or str(len(answer.body))
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return _delivered(answer, environ)

    def now(self) -> datetime:
        """Return the server's time."""
        return datetime.now(UTC) + self.clock_offset

    def count(self, operation: str) -> None:
        """Count one call."""
        with self._lock:
            self._counts[operation] += 1

    def counts(self) -> dict[str, int]:
        """Return how often each operation was called, by anyone but a root."""
        with self._lock:
            return dict(self._counts)

    def one_writer(self, bucket: str, key: str) -> Lock:
        """Return the lock under which a key is written: moto looks first and writes later."""
        return self._stripes[hash((bucket, key)) % STRIPES]

    def wrote(self, bucket: str, key: str) -> None:
        """Remember when a key was written."""
        with self._lock:
            self._written[bucket, key] = time.monotonic()

    def age(self, bucket: str, key: str) -> float:
        """Return how many seconds ago a key was written."""
        with self._lock:
            return time.monotonic() - self._written.get((bucket, key), float("-inf"))


def _delivered(answer: Answer, environ: Environ) -> Iterator[bytes]:
    body = answer.body if answer.cut_after is None else answer.body[: answer.cut_after]
    if not answer.seconds_per_byte:
        yield body
    else:
        for number in range(len(body)):
            time.sleep(answer.seconds_per_byte)
            yield body[number : number + 1]
    if answer.cut_after is not None:
        environ["werkzeug.socket"].shutdown(SHUT_RDWR)
