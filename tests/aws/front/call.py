"""One call, from its first header to its answer."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.aws.front import sts
from tests.aws.front.access import check_access, denial, judged, sees_missing_keys
from tests.aws.front.deletes import delete_objects
from tests.aws.front.effects import AFTER, BEFORE_BODY, INSTEAD, TO_THE_STORE, TO_THE_WORLD, Call
from tests.aws.front.faults import Rule, Target
from tests.aws.front.identities import ROOT_KEY_PREFIX, Identity
from tests.aws.front.integrity import check_body, check_headers, check_owner, check_region
from tests.aws.front.moto_side import find_bucket, with_kms_etag
from tests.aws.front.operations import Need, Operation, operation_of
from tests.aws.front.refusal import Answer, Refusal
from tests.aws.front.request import Request, read_body, read_slowly
from tests.aws.front.services import check_service, operation_name
from tests.aws.front.signature import Signature, check_signature, read_signature

if TYPE_CHECKING:
    from tests.aws.front.application import Front

READS = ("GetObject", "HeadObject", "CopyObject", "GetObjectTagging", "GetObjectAttributes")
WRITES = ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject")


class AwsCall:
    """A call on its way through the front."""

    def __init__(
        self, front: "Front", head: Request, environ: dict[str, Any], now: datetime
    ) -> None:
        self._front = front
        self._request = head
        self._environ = environ
        self._now = now
        self._rules: list[Rule] = []
        self._operation = Operation("", ())

    def answer(self) -> Answer:
        """Carry the call out, or refuse it as AWS does."""
        service = "s3"
        try:
            signature = read_signature(self._request)
            service = signature.service
            return self._signed(signature)
        except Refusal as refusal:
            if service == "s3":
                return self._located(refusal).for_s3(self._request.method)
            is_json = "x-amz-target" in self._request.headers
            return refusal.for_json() if is_json else refusal.for_query()

    def _signed(self, signature: Signature) -> Answer:
        is_s3 = signature.service == "s3"
        is_root = signature.access_key_id.startswith(ROOT_KEY_PREFIX)
        if not is_s3:  # the call's name stands in its body
            self._read_body()
        if not is_root:
            self._disturb_before(is_s3=is_s3)
        if is_s3:
            self._read_body()
        identity = self._front.identities.of(signature, self._now)
        check_signature(self._request, signature, identity.secret, self._now)
        if is_root and signature.service != "sts":
            return self._forwarded(identity)
        for rule in self._rules_of(INSTEAD):
            INSTEAD[rule.effect](self._call(identity), dict(rule.given))
        answer = self._judged(identity, signature)
        for rule in self._rules_of(AFTER):
            answer = AFTER[rule.effect](self._call(identity), dict(rule.given), answer)
        return answer

    def _disturb_before(self, *, is_s3: bool) -> None:
        """Name the call, count it, and let the faults that come before its body fall on it."""
        request = self._request
        self._operation = operation_of(request) if is_s3 else Operation(operation_name(request), ())
        self._front.count(self._operation.name)
        actions = tuple(need.action for need in self._operation.needs)
        place = (request.bucket, request.key) if is_s3 else ("", "")
        self._rules = self._front.faults.on(Target(self._operation.name, *place, actions))
        for rule in self._rules:
            before = BEFORE_BODY.get(rule.effect) or TO_THE_WORLD.get(rule.effect)
            if before is not None:
                before(self._call(None), dict(rule.given))

    def _read_body(self) -> None:
        slow = [rule for rule in self._rules if rule.effect == "slow_upload"]
        body = read_slowly(self._environ, **slow[0].given) if slow else read_body(self._environ)
        self._request = replace(self._request, body=body)

    def _judged(self, identity: Identity, signature: Signature) -> Answer:
        if signature.service == "sts":
            return self._sts(identity)
        if signature.service == "s3":
            return self._s3(identity, signature)
        check_service(identity, signature, self._request, self._now)
        return self._forwarded(identity)

    def _sts(self, identity: Identity) -> Answer:
        if self._request.form.get("Action") == "GetCallerIdentity":
            return sts.caller_identity(identity)
        if self._request.form.get("Action") != "AssumeRole":
            raise Refusal(400, "InvalidAction", "Could not find operation")
        limits = [rule.given["seconds"] for rule in self._rules if rule.effect == "short_session"]
        return sts.session_answer(
            sts.assume_role(
                self._front.identities,
                identity,
                self._request,
                self._now,
                min(limits, default=None),
            )
        )

    def _s3(self, identity: Identity, signature: Signature) -> Answer:
        request, operation = self._request, self._operation
        check_headers(request, signature)
        bucket = find_bucket(request.bucket)
        if bucket is not None and bucket.partition != identity.caller.arn.split(":")[1]:
            bucket = None
        if bucket is not None:
            check_region(bucket, signature)
        check_body(request, signature)
        if request.bucket and bucket is None and operation.name != "CreateBucket":
            raise _no_such_bucket(request.bucket)
        if not any(rule.effect == "ignore_owner" for rule in self._rules):
            check_owner(request, find_bucket)
        check_access(identity, request, operation.name, operation.needs, self._now)
        if bucket is not None:
            self._front.keys.check(identity, request, operation, bucket)
        if operation.name == "DeleteObjects":
            return delete_objects(
                request,
                lambda need: self._why_not(identity, need),
                lambda inner: self._forwarded(identity, inner),
            )
        if operation.name not in WRITES:
            return self._told(identity, self._forwarded(identity))
        with self._front.one_writer(request.bucket, request.key):
            return self._told(identity, self._written(identity))

    def _written(self, identity: Identity) -> Answer:
        request = self._request
        for rule in self._rules_of(TO_THE_STORE):
            request = TO_THE_STORE[rule.effect](self._call(identity), request)
        if self._operation.name == "CopyObject":
            _check_copy(request)
        answer = self._forwarded(identity, request)
        if answer.status != 200:
            return answer
        self._front.wrote(request.bucket, request.key)
        return with_kms_etag(request.bucket, request.key, answer)

    def _told(self, identity: Identity, answer: Answer) -> Answer:
        """Turn "no such key" into a denial for callers that may not list."""
        if answer.status != 404 or self._operation.name not in READS:
            return answer
        need = self._operation.needs[0]
        verdict = sees_missing_keys(identity, self._request, self._operation.name, need, self._now)
        if verdict.allowed:
            return answer
        action = "s3:ListBucketVersions" if "Version" in need.action else "s3:ListBucket"
        raise denial(identity, Need(action, need.bucket), verdict)

    def _why_not(self, identity: Identity, need: Need) -> str | None:
        verdict = judged(identity, self._request, self._operation.name, need, self._now)
        return None if verdict.allowed else denial(identity, need, verdict).message

    def _forwarded(self, identity: Identity, request: Request | None = None) -> Answer:
        return self._front.moto.ask(
            request or self._request, self._environ, identity.caller.account
        )

    def _rules_of(self, effects_of_kind: dict[str, Any]) -> list[Rule]:
        return [rule for rule in self._rules if rule.effect in effects_of_kind]

    def _call(self, identity: Identity | None) -> Call:
        return Call(
            self._request,
            self._operation,
            self._front.identities,
            self._now,
            identity,
            self._front.age,
            self._environ["wsgi.input"].read,
        )

    def _located(self, refusal: Refusal) -> Refusal:
        """Add the bucket's region to whatever HeadBucket answers, signed or not, as S3 does."""
        bucket = find_bucket(self._request.bucket)
        asks_for_bucket = self._request.method == "HEAD" and not self._request.key
        if asks_for_bucket and bucket is not None:
            refusal.headers = {**refusal.headers, "x-amz-bucket-region": bucket.region_name}
        return refusal


def _check_copy(request: Request) -> None:
    """Honour create-only on a copy, which moto does not look at."""
    bucket = find_bucket(request.bucket)
    exists = bucket is not None and request.key in bucket.keys
    if request.headers.get("if-none-match") == "*" and exists:
        raise Refusal(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            details={"Condition": "If-None-Match"},
        )


def _no_such_bucket(name: str) -> Refusal:
    return Refusal(
        404, "NoSuchBucket", "The specified bucket does not exist", details={"BucketName": name}
    )
