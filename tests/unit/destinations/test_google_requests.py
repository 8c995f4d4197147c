"""What goes over the wire to Google Cloud Storage; nobody has run this against Google itself."""

import json
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import unquote

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError
from tests.unit.destinations.scripted_s3 import Answer, ScriptedS3, head_answer, listing, refusal
from tests.unit.destinations.watched_clock import WatchedClock

DATA = b"some part"
HASH = sha256(DATA).hexdigest()
KEY = "2026-11-22/OWNERS/part-00000-x.csv.gz"
WRITTEN = Answer(200, headers=(("ETag", '"1"'), ("x-goog-generation", "41")))


@pytest.fixture
def destination(store: ScriptedS3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Destination]:
    """A bucket on a server of ours, without Google's sign-in."""
    account = {
        "gcs_base_url": store.url,
        "disable_oauth": True,
        "client_email": "",
        "private_key": "",
        "private_key_id": "",
    }
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))
    options = S3Options(endpoint_url=store.url, allow_http=True)
    return open_destination("gs://acme-lake/hub", options, WatchedClock(), lambda: 0.0)


def there(sha: str = HASH) -> Answer:
    """What HEAD says of an object of generation 41."""
    headers = [
        (name.replace("x-amz-", "x-goog-"), value) for name, value in head_answer(sha, 9).headers
    ]
    return Answer(200, headers=(*headers, ("x-goog-generation", "41")))


def create(destination: Destination) -> None:
    destination.create(KEY, DATA, sha256=HASH)


def test_a_part_is_written_only_where_no_generation_is(
    store: ScriptedS3, destination: Destination
) -> None:
    """0 means "no such object" (Cloud Storage, "Request preconditions"); the hash is in the metadata."""
    store.answers = [WRITTEN]
    create(destination)
    (request,) = store.requests
    assert (request.method, unquote(request.path)) == ("PUT", f"/acme-lake/hub/{KEY}")
    assert request.headers["x-goog-if-generation-match"] == "0"
    assert request.headers["x-goog-meta-sha256"] == HASH
    assert request.body == DATA


def test_a_replace_names_the_generation_that_was_seen(
    store: ScriptedS3, destination: Destination
) -> None:
    """Google compares generations, not e-tags."""
    store.answers = [there(), WRITTEN]
    found = destination.head(KEY)
    assert found is not None
    assert found.e_tag == "41"
    destination.replace(KEY, DATA, sha256=HASH, e_tag=found.e_tag)
    assert store.requests[1].headers["x-goog-if-generation-match"] == "41"


def test_a_key_with_other_content_is_refused(store: ScriptedS3, destination: Destination) -> None:
    """As on every other store."""
    store.answers = [refusal(412, "PreconditionFailed"), there("0" * 64)]
    with pytest.raises(AlreadyThere):
        create(destination)


def test_a_copy_stays_inside_the_store(store: ScriptedS3, destination: Destination) -> None:
    """And is made only where no generation is."""
    store.answers = [refusal(404, "NoSuchKey"), there(), WRITTEN]
    destination.copy(KEY, "2026-11-23/x", sha256=HASH)
    request = store.requests[2]
    assert request.method == "PUT"
    assert "x-goog-copy-source" in request.headers
    assert request.headers["x-goog-if-generation-match"] == "0"


def test_listings_stay_below_the_prefix(store: ScriptedS3, destination: Destination) -> None:
    """With its slash, as for S3."""
    store.answers = [listing(f"hub/{KEY}")]
    assert [found.key for found in destination.list("2026-11-22/")] == [KEY]
    assert "prefix=hub%2F2026-11-22%2F" in store.requests[0].path


def test_a_busy_store_is_asked_again_and_a_denial_is_not(
    store: ScriptedS3, destination: Destination
) -> None:
    """The retry layer is the same; the remedy does not speak of S3."""
    store.answers = [refusal(503, "ServiceUnavailable"), WRITTEN]
    create(destination)
    assert len(store.requests) == 2
    store.answers = [refusal(403, "AccessDenied")]
    with pytest.raises(AccessDenied) as raised:
        create(destination)
    assert "s3:" not in raised.value.remedy


def test_credentials_that_cannot_be_used_are_said_without_showing_them(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, its content never."""
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", "never-to-be-seen")
    with pytest.raises(AccessDenied, match="no usable credentials") as raised:
        create(destination)
    assert "never-to-be-seen" not in f"{raised.value.as_dict()}{raised.value.__cause__}"


def test_an_azure_account_that_nobody_named_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """az:// names the container alone."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    destination = open_destination("az://lake/hub", S3Options(), WatchedClock(), lambda: 0.0)
    with pytest.raises(DestinationError) as raised:
        create(destination)
    assert "AZURE_STORAGE_ACCOUNT_NAME" in raised.value.remedy
