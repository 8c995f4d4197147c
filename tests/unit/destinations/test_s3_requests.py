"""What goes over the wire to S3, and what becomes of what comes back."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from crmsnap.destinations.answer import Unsupported
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import ATTEMPTS, Passing
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import (
    AccessDenied,
    AlreadyThere,
    ConfigError,
    DestinationError,
    Interrupted,
    NotThere,
    StoreFull,
)
from tests.builders.authority import Authority
from tests.unit.destinations.scripted_s3 import (
    CUT,
    OK,
    Answer,
    ScriptedS3,
    head_answer,
    listing,
    refusal,
    scripted_s3,
)
from tests.unit.destinations.watched_clock import WatchedClock

SECRET = "never-to-be-seen"
DATA = b"some part"
HASH = sha256(DATA).hexdigest()
KEY = "2026-11-22/OWNERS/part-00000-x.csv.gz"
STATIC = partial(AwsKeys, "AKIATEST", SECRET)


def opened(
    store: ScriptedS3,
    clock: WatchedClock | None = None,
    keys: Callable[[], AwsKeys] = STATIC,
    randomness: float = 0.5,
) -> Destination:
    options = S3Options(endpoint_url=store.url, region="eu-central-1", keys=keys, allow_http=True)
    return open_destination(
        "s3://acme-lake/hub", options, clock or WatchedClock(), lambda: randomness
    )


def create(destination: Destination) -> None:
    destination.create(KEY, DATA, sha256=HASH)


def test_a_part_is_one_create_only_put_with_its_checksum_twice(store: ScriptedS3) -> None:
    """Once where S3 checks it, once in the metadata where we can read it back."""
    create(opened(store))
    (request,) = store.requests
    assert (request.method, request.path) == ("PUT", f"/acme-lake/hub/{KEY}")
    assert request.body == DATA
    assert request.headers["if-none-match"] == "*"
    assert request.headers["x-amz-meta-sha256"] == HASH
    assert request.headers["x-amz-content-sha256"] == HASH
    assert request.headers["x-amz-checksum-sha256"] == b64encode(bytes.fromhex(HASH)).decode()
    assert "Credential=AKIATEST/" in request.headers["authorization"]


def test_a_replace_carries_the_e_tag(store: ScriptedS3) -> None:
    """S3 itself decides whether the manifest is still the one that was read."""
    opened(store).replace(KEY, DATA, sha256=HASH, e_tag='"abc"')
    assert store.requests[0].headers["if-match"] == '"abc"'


def test_a_listing_always_ends_its_prefix_with_a_slash(store: ScriptedS3) -> None:
    """Policies grant `<prefix>/*`, and `<prefix>` alone is denied under them."""
    store.answers = [listing(f"hub/{KEY}")]
    assert [found.key for found in opened(store).list("2026-11-22/")] == [KEY]
    assert "prefix=hub%2F2026-11-22%2F" in store.requests[0].path


HOSTILE = {
    "AWS_SKIP_SIGNATURE": "true",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ENDPOINT": "http://127.0.0.1:9",
    "AWS_UNSIGNED_PAYLOAD": "true",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    "AWS_REQUEST_PAYER": "true",
    "AWS_REQUESTER_PAYS": "true",
    "AWS_CHECKSUM_ALGORITHM": "crc64nvme",
    "AWS_CONDITIONAL_PUT": "disabled",
    "AWS_COPY_IF_NOT_EXISTS": "multipart",
    "AWS_DISABLE_BULK_DELETE": "false",
    "AWS_DISABLE_TAGGING": "true",
    "AWS_S3_EXPRESS": "true",
    "AWS_REGION": "us-west-2",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_BUCKET": "foreign",
    "AWS_BUCKET_NAME": "foreign",
    "AWS_ACCESS_KEY_ID": "AKIAFOREIGN",
    "AWS_SECRET_ACCESS_KEY": "foreign",
    "AWS_SESSION_TOKEN": "foreign",
    "AWS_TOKEN": "foreign",
    "AWS_ROLE_ARN": "arn:aws:iam::000000000000:role/foreign",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9",
    "AWS_ALLOW_HTTP": "false",
}


def test_aws_variables_change_nothing_that_is_sent(
    store: ScriptedS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's client reads them by itself, and one of them sends requests unsigned."""
    for name in HOSTILE:
        monkeypatch.delenv(name, raising=False)
    create(opened(store))
    opened(store).delete(KEY)
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    create(opened(store))
    opened(store).delete(KEY)
    volatile = {"authorization", "x-amz-date"}
    plain = [
        (
            request.method,
            request.path,
            {name: value for name, value in request.headers.items() if name not in volatile},
            re.sub(r"/[0-9]{8}/|Signature=.*", "", request.headers["authorization"]),
        )
        for request in store.requests
    ]
    assert plain[:2] == plain[2:]


def test_what_fails_in_passing_is_tried_again(store: ScriptedS3) -> None:
    """One retry layer, with full jitter: half the luck waits half the limit."""
    clock = WatchedClock()
    store.answers = [
        *(refusal(503, "SlowDown"), refusal(500, "InternalError"), refusal(429, "Throttled")),
        *(CUT, refusal(400, "RequestTimeout"), OK),
    ]
    create(opened(store, clock))
    assert len(store.requests) == 6
    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_trying_again_ends(store: ScriptedS3) -> None:
    """An outage ends the run with a reason; the next run goes on."""
    store.answers = [refusal(503, "SlowDown")] * ATTEMPTS
    clock = WatchedClock()
    with pytest.raises(Passing, match=f"could not write {KEY}") as raised:
        create(opened(store, clock, randomness=1.0))
    assert len(store.requests) == ATTEMPTS
    assert max(clock.slept) == 20.0
    assert "SlowDown" in raised.value.cause


def test_a_run_that_was_asked_to_stop_does_not_try_again(store: ScriptedS3) -> None:
    """Ctrl-C ends a run within seconds, also in the middle of an outage."""

    class Stopped(WatchedClock):
        def sleep(self, seconds: float) -> None:
            raise Interrupted("stopped")

    store.answers = [refusal(503, "SlowDown")] * 3
    with pytest.raises(Interrupted):
        create(opened(store, Stopped()))
    assert len(store.requests) == 1


def test_a_lost_reply_is_recognised_as_our_own_write(store: ScriptedS3) -> None:
    """The first PUT took effect, so the second is told that the key exists."""
    store.answers = [CUT, refusal(412, "PreconditionFailed"), head_answer(HASH, len(DATA))]
    create(opened(store))
    assert [request.method for request in store.requests] == ["PUT", "PUT", "HEAD"]


def test_a_key_with_other_content_is_refused(store: ScriptedS3) -> None:
    """Somebody else published this day."""
    store.answers = [refusal(412, "PreconditionFailed"), head_answer("0" * 64, len(DATA))]
    with pytest.raises(AlreadyThere, match="holds something else"):
        create(opened(store))


def test_a_conflict_that_left_nothing_behind_is_sent_again(store: ScriptedS3) -> None:
    """S3 answers 409 when two writers meet; the client calls that "already exists" as well."""
    store.answers = [
        *(refusal(409, "ConditionalRequestConflict"), Answer(404), OK),
    ]
    create(opened(store))
    assert [request.method for request in store.requests] == ["PUT", "HEAD", "PUT"]


def test_a_conflict_that_our_twin_won_is_a_success(store: ScriptedS3) -> None:
    """Equal names hold equal content, so it does not matter who wrote it."""
    store.answers = [
        refusal(409, "ConditionalRequestConflict"),
        head_answer(HASH, len(DATA)),
    ]
    create(opened(store))
    assert len(store.requests) == 2


def test_a_replace_whose_reply_was_lost_is_a_success(store: ScriptedS3) -> None:
    """The e-tag no longer matches because our own content is there."""
    store.answers = [CUT, refusal(412, "PreconditionFailed"), head_answer(HASH, len(DATA))]
    opened(store).replace(KEY, DATA, sha256=HASH, e_tag='"0"')
    assert len(store.requests) == 3


def test_a_replace_that_met_another_writer_is_sent_again(store: ScriptedS3) -> None:
    """409 says nothing about who won; the e-tag decides at the next attempt."""
    store.answers = [refusal(409, "ConditionalRequestConflict"), OK]
    opened(store).replace(KEY, DATA, sha256=HASH, e_tag='"0"')
    assert len(store.requests) == 2


def test_a_forbidden_head_means_absent_when_no_listing_shows_the_key(store: ScriptedS3) -> None:
    """S3 answers 403 for a missing key to those who may list only below a prefix."""
    store.answers = [Answer(403), listing("hub/2026-11-22/OWNERS/other")]
    assert opened(store).head(KEY) is None
    assert "prefix=hub%2F2026-11-22%2FOWNERS%2F" in store.requests[1].path


def test_a_forbidden_head_of_a_listed_key_is_forbidden(store: ScriptedS3) -> None:
    """The key is there and may not be read: that is no absence."""
    store.answers = [Answer(403), listing(f"hub/{KEY}")]
    with pytest.raises(AccessDenied):
        opened(store).head(KEY)


def test_a_forbidden_get_means_absent_when_no_listing_shows_the_key(store: ScriptedS3) -> None:
    """Verify says "missing", not "denied"."""
    store.answers = [refusal(403, "AccessDenied"), listing()]
    with pytest.raises(NotThere):
        opened(store).get(KEY)


def test_a_denied_listing_is_a_denied_head(store: ScriptedS3) -> None:
    """Then nothing can be known, and the reason is a right that is missing."""
    store.answers = [Answer(403), refusal(403, "AccessDenied")]
    with pytest.raises(AccessDenied):
        opened(store).head(KEY)


def test_expired_keys_are_asked_for_again(store: ScriptedS3) -> None:
    """The client goes on with the keys it has, whatever the store says about them."""
    numbers = count(1)

    def fresh() -> AwsKeys:
        end = datetime.now(UTC) + timedelta(hours=1)
        return AwsKeys(f"AKIA{next(numbers)}", SECRET, "token", end)

    store.answers = [refusal(400, "ExpiredToken"), OK]
    create(opened(store, keys=fresh))
    used = [request.headers["authorization"] for request in store.requests]
    assert "Credential=AKIA1/" in used[0]
    assert "Credential=AKIA2/" in used[1]
    assert store.requests[1].headers["x-amz-security-token"] == "token"


def test_an_error_of_the_key_source_stays_what_it_was(store: ScriptedS3) -> None:
    """ "No credentials" must not become "the store failed"."""

    def none() -> AwsKeys:
        raise AccessDenied("found no AWS credentials", remedy="set some")

    with pytest.raises(AccessDenied, match="found no AWS credentials"):
        create(opened(store, keys=none))
    assert store.requests == []


def test_an_object_without_our_metadata_is_hashed_by_reading(store: ScriptedS3) -> None:
    """A part that was copied by another tool can still be verified."""
    bare = Answer(200, headers=(*head_answer("", 9).headers[:3],))
    store.answers = [bare, Answer(200, DATA.decode(), headers=(*head_answer("", 9).headers[:3],))]
    found = opened(store).head(KEY)
    assert found is not None
    assert found.sha256 == HASH


def test_a_listing_goes_on_after_a_break(store: ScriptedS3) -> None:
    """Nothing comes twice, and nothing is lost."""
    page = listing("hub/a").body.replace(
        "<IsTruncated>false</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
    )
    store.answers = [Answer(200, page), CUT, Answer(200, page), listing("hub/b", "hub/c")]
    assert [found.key for found in opened(store).list("")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("answer", "error", "cause", "remedy"),
    [
        (refusal(403, "AccessDenied", "no s3:PutObject"), AccessDenied, "s3:PutObject", "s3:Put"),
        (refusal(403, "AccessDenied", "Access Denied"), AccessDenied, "Access", "check its name"),
        (
            refusal(403, "AccessDenied", "because no identity-based policy allows it"),
            *(AccessDenied, "because no", "allow s3:PutObject"),
        ),
        (refusal(403, "InvalidAccessKeyId"), AccessDenied, "InvalidAccessKeyId", "key id"),
        (refusal(403, "SignatureDoesNotMatch"), AccessDenied, "Signature", "secret key"),
        (refusal(403, "RequestTimeTooSkewed"), AccessDenied, "Skewed", "clock"),
        (refusal(400, "InvalidToken"), AccessDenied, "InvalidToken", "session"),
        (refusal(401, "Unauthorized"), AccessDenied, "401", "s3:PutObject"),
        (refusal(404, "NoSuchBucket"), DestinationError, "no such bucket", "create the bucket"),
        (
            refusal(400, "AuthorizationHeaderMalformed", extra="<Region>eu-central-1</Region>"),
            *(DestinationError, "another region", "set the region to eu-central-1"),
        ),
        (
            refusal(403, "AccessDenied", "not authorized to perform: kms:Decrypt on resource: k"),
            *(AccessDenied, "kms:Decrypt", "kms_key"),
        ),
        (
            refusal(403, "AccessDenied", "to perform: s3:PutObject on resource: lake/kms:/a"),
            *(AccessDenied, "kms:/a", "s3:PutObject"),
        ),
        (Answer(301), DestinationError, "another region", "bucket's own"),
        (refusal(403, "QuotaExceeded"), StoreFull, "QuotaExceeded", "make room"),
        (refusal(507, "XMinioStorageFull"), StoreFull, "XMinioStorageFull", "make room"),
        (refusal(501, "NotImplemented"), Unsupported, "NotImplemented", "unsafe_single_writer"),
        (Answer(418), DestinationError, "418", "documentation"),
    ],
    ids=lambda value: value.body[60:90] if isinstance(value, Answer) else "",
)
def test_a_refusal_is_explained_and_not_repeated(
    store: ScriptedS3, answer: Answer, error: type[DestinationError], cause: str, remedy: str
) -> None:
    """Each has a cause and something to do about it; a second attempt would change nothing."""
    store.answers = [answer]
    with pytest.raises(DestinationError, match=r"s3://acme-lake/hub") as raised:
        create(opened(store))
    assert type(raised.value) is error
    assert cause in raised.value.cause
    assert remedy in raised.value.remedy
    assert len(store.requests) == 1


def test_no_error_shows_a_secret(store: ScriptedS3) -> None:
    """S3 sends back what it was given to sign, and errors end in logs."""
    extra = f"<StringToSign>{SECRET}</StringToSign>"
    store.answers = [refusal(403, "SignatureDoesNotMatch", extra=extra)]
    with pytest.raises(AccessDenied) as raised:
        create(opened(store))
    assert SECRET not in f"{raised.value.as_dict()}{raised.value.__cause__}"
    assert SECRET not in repr(S3Options(keys=STATIC)) + repr(STATIC())


@contextmanager
def https(folder: Path) -> Iterator[tuple[str, Path]]:
    """An HTTPS server with a certificate of its own authority, and the file of that authority."""
    authority = Authority(folder)
    with scripted_s3(authority.good().server_context()) as store:
        yield store.url.replace("http://", "https://"), authority.file


def test_an_untrusted_certificate_is_refused_at_once_and_named(tmp_path: Path) -> None:
    """Trying again changes nothing; the certificate of the authority does."""
    clock = WatchedClock()
    with https(tmp_path) as (url, authority):
        options = S3Options(endpoint_url=url, keys=STATIC)
        with pytest.raises(DestinationError, match="could not write") as raised:
            create(open_destination("s3://acme-lake", options, clock, lambda: 0.0))
        assert "certificate" in raised.value.cause
        assert "ca_file" in raised.value.remedy
        assert clock.slept == []
        trusting = replace(options, ca_file=authority)
        create(open_destination("s3://acme-lake", trusting, clock, lambda: 0.0))
        assert clock.slept == []


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:9", "nothing answers at that address"),
        ("http://no-such-host.invalid", "the name of the host is not known"),
    ],
)
def test_a_store_that_cannot_be_reached_says_why(url: str, cause: str) -> None:
    """It may come back, so it is tried again; then the cause is in the error."""
    options = S3Options(endpoint_url=url, keys=STATIC, allow_http=True)
    with pytest.raises(Passing) as raised:
        create(open_destination("s3://acme-lake", options, WatchedClock(), lambda: 0.0))
    assert cause in raised.value.cause


def test_a_certificate_file_that_cannot_be_read_is_named(store: ScriptedS3, tmp_path: Path) -> None:
    """A typing error in a path is found at once."""
    options = S3Options(
        endpoint_url=store.url, keys=STATIC, allow_http=True, ca_file=tmp_path / "none.pem"
    )
    destination = open_destination("s3://acme-lake", options, WatchedClock(), lambda: 0.0)
    with pytest.raises(ConfigError, match=r"none\.pem"):
        create(destination)
