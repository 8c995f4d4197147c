"""The front that every request passes: who asks, may it, is it whole; then moto carries it out."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any

from tests.aws.front import control, sts
from tests.aws.front.access import check_access
from tests.aws.front.identities import Identities, Identity
from tests.aws.front.moto_side import Moto, find_bucket
from tests.aws.front.operations import operation_of
from tests.aws.front.refusal import Answer, Refusal
from tests.aws.front.request import Request, read_request
from tests.aws.front.signature import Signature, check_signature, read_signature

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Front:
    """The WSGI application: our judgement before moto's storage."""

    def __init__(self) -> None:
        self.identities = Identities()
        self.counts: Counter[str] = Counter()
        self._moto = Moto()
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        if request.path.startswith(control.PATH):
            answer = control.answer(self, request)
        else:
            answer = self._answer(request, environ)
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in ("content-length", "connection")
        }
        length = answer.headers.get("Content-Length") if request.method == "HEAD" else None
        headers["Content-Length"] = length or str(len(answer.body))
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [answer.body]

    def _answer(self, request: Request, environ: Environ) -> Answer:
        now = datetime.now(UTC)
        service = "s3"
        try:
            signature = read_signature(request)
            service = signature.service
            identity = self.identities.of(signature, now)
            check_signature(request, signature, identity.secret, now)
            if service == "sts":
                return self._sts(identity, request, now)
            if identity.is_root or service != "s3":
                return self._moto.ask(request, environ, identity.caller.account)
            return self._s3(identity, signature, request, environ, now)
        except Refusal as refusal:
            return refusal.for_s3(request.method) if service == "s3" else refusal.for_query()

    def _sts(self, identity: Identity, request: Request, now: datetime) -> Answer:
        action = request.form.get("Action", "")
        self._count(action)
        if action == "AssumeRole":
            return sts.session_answer(sts.assume_role(self.identities, identity, request, now))
        if action == "GetCallerIdentity":
            return sts.caller_identity(identity)
        raise Refusal(400, "InvalidAction", f"Could not find operation {action}")

    def _s3(
        self,
        identity: Identity,
        signature: Signature,
        request: Request,
        environ: Environ,
        now: datetime,
    ) -> Answer:
        operation = operation_of(request)
        self._count(operation.name)
        if request.bucket and operation.name != "CreateBucket" and not find_bucket(request.bucket):
            raise Refusal(
                404,
                "NoSuchBucket",
                "The specified bucket does not exist",
                details={"BucketName": request.bucket},
            )
        check_access(identity, request, operation.name, operation.needs, now)
        return self._moto.ask(request, environ, identity.caller.account)

    def _count(self, operation: str) -> None:
        with self._lock:
            self.counts[operation] += 1
