"""Stores that speak S3 and do some things otherwise: what is sent to them, and what is believed."""

from dataclasses import replace
from functools import partial
from hashlib import md5, sha256

import pytest

from crmsnap.destinations.answer import Unsupported
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import ATTEMPTS, Passing
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError
from tests.unit.destinations.scripted_s3 import (
    OK,
    Answer,
    ScriptedS3,
    head_answer,
    refusal,
)
from tests.unit.destinations.watched_clock import WatchedClock

DATA = b"some part"
HASH = sha256(DATA).hexdigest()
KEY = "2026-11-22/OWNERS/part-00000-x.csv.gz"
DENIED = refusal(403, "AccessDenied")


def opened(store: ScriptedS3, **habits: object) -> Destination:
    options = S3Options(
        endpoint_url=store.url,
        keys=partial(AwsKeys, "AKIATEST", "secret"),
        allow_http=True,
    )
    asked = replace(options, **habits)  # type: ignore[arg-type]  # by name
    return open_destination("s3://acme-lake/hub", asked, WatchedClock(), lambda: 0.0)


def create(destination: Destination) -> None:
    destination.create(KEY, DATA, sha256=HASH)


def methods(store: ScriptedS3) -> list[str]:
    return [request.method for request in store.requests]


def content(data: bytes, e_tag: str) -> Answer:
    """What GET says of an object."""
    headers = head_answer(HASH, len(data)).headers[1:]
    return Answer(200, data.decode(), headers=(("ETag", e_tag), *headers))


def written(e_tag: str) -> Answer:
    return Answer(200, headers=(("ETag", e_tag),))


MD5 = f'"{md5(DATA, usedforsecurity=False).hexdigest()}"'
OTHER_MD5 = f'"{"0" * 32}"'


def test_an_e_tag_is_sent_without_quotes_where_the_store_wants_that(store: ScriptedS3) -> None:
    """Ceph's radosgw 16 takes the quotes for a part of the e-tag."""
    opened(store, if_match="unquoted").replace(KEY, DATA, sha256=HASH, e_tag='"abc"')
    assert store.requests[0].headers["if-match"] == "abc"


def test_nothing_is_replaced_where_no_condition_holds(store: ScriptedS3) -> None:
    """Somebody else's newer manifest could be overwritten."""
    with pytest.raises(Unsupported, match="could not replace"):
        opened(store, if_match="none").replace(KEY, DATA, sha256=HASH, e_tag='"abc"')
    assert store.requests == []


def test_a_single_writer_looks_before_it_writes_and_sends_no_condition(store: ScriptedS3) -> None:
    """Such a store may refuse a request for a header that it does not know."""
    store.answers = [Answer(404)]
    create(opened(store, unsafe_single_writer=True))
    assert methods(store) == ["HEAD", "PUT"]
    assert "if-none-match" not in store.requests[1].headers


@pytest.mark.parametrize(("hash_there", "refused"), [(HASH, False), ("0" * 64, True)])
def test_a_single_writer_overwrites_nothing(
    store: ScriptedS3, hash_there: str, refused: bool
) -> None:
    """What it finds counts as for everybody else."""
    store.answers = [head_answer(hash_there, len(DATA))]
    destination = opened(store, unsafe_single_writer=True)
    if refused:
        with pytest.raises(AlreadyThere):
            create(destination)
    else:
        create(destination)
    assert methods(store) == ["HEAD"]


@pytest.mark.parametrize("if_match", ["as-given", "none"])
def test_a_single_writer_replaces_what_it_has_just_seen(store: ScriptedS3, if_match: str) -> None:
    """The e-tag is compared here instead of there."""
    destination = opened(store, unsafe_single_writer=True, if_match=if_match)
    store.answers = [head_answer("0" * 64, 5), OK]
    destination.replace(KEY, DATA, sha256=HASH, e_tag='"1"')
    assert methods(store) == ["HEAD", "PUT"]
    assert "if-match" not in store.requests[1].headers
    store.answers = [head_answer("0" * 64, 5)]
    with pytest.raises(AlreadyThere):
        destination.replace(KEY, DATA, sha256=HASH, e_tag='"0"')
    assert len(store.requests) == 3


def test_bytes_that_were_damaged_on_the_way_are_sent_again(store: ScriptedS3) -> None:
    """Several stores answer 200 to a wrong checksum; the e-tag shows it, and reading back proves it."""
    store.answers = [written(OTHER_MD5), content(b"some pert", OTHER_MD5), Answer(204)]
    store.answers += [written(MD5)]
    create(opened(store))
    assert methods(store) == ["PUT", "GET", "DELETE", "PUT"]


def test_a_store_that_damages_every_file_is_given_up(store: ScriptedS3) -> None:
    """A run must not end as if all were well."""
    store.answers = [
        *(written(OTHER_MD5), content(b"some pert", OTHER_MD5), Answer(204)),
    ] * ATTEMPTS
    with pytest.raises(Passing) as raised:
        create(opened(store))
    assert "other bytes" in raised.value.cause


def test_damaged_bytes_that_may_not_be_removed_are_an_error(store: ScriptedS3) -> None:
    """Their key holds something else than its name says, and the error names it."""
    store.answers = [written(OTHER_MD5), content(b"some pert", OTHER_MD5), DENIED]
    with pytest.raises(AccessDenied, match=f"remove {KEY}"):
        create(opened(store))


def test_a_damaged_replacement_is_an_error(store: ScriptedS3) -> None:
    """The old content is gone, so trying again would meet our own damage."""
    store.answers = [written(OTHER_MD5), content(b"some pert", OTHER_MD5)]
    with pytest.raises(DestinationError, match="is damaged"):
        opened(store).replace(KEY, DATA, sha256=HASH, e_tag='"1"')


def test_damage_behind_a_lost_reply_is_no_success(store: ScriptedS3) -> None:
    """Our metadata is there, but other bytes."""
    there = Answer(200, headers=(("ETag", OTHER_MD5), *head_answer(HASH, len(DATA)).headers[1:]))
    store.answers = [refusal(412, "PreconditionFailed"), there, content(b"some pert", OTHER_MD5)]
    with pytest.raises(AlreadyThere):
        create(opened(store))


def test_e_tags_that_are_no_md5_are_found_out_once(store: ScriptedS3) -> None:
    """With encryption they are something else, and reading everything back would double the traffic."""
    store.answers = [written(OTHER_MD5), content(DATA, OTHER_MD5), written(OTHER_MD5)]
    destination = opened(store)
    create(destination)
    create(destination)
    assert methods(store) == ["PUT", "GET", "PUT"]


def test_a_copy_stays_inside_the_store(store: ScriptedS3) -> None:
    """And carries the condition, for the stores that know it."""
    store.answers = [Answer(404), head_answer(HASH, len(DATA)), OK]
    opened(store).copy(KEY, "2026-11-23/x", sha256=HASH)
    request = store.requests[2]
    assert (request.method, request.path) == ("PUT", "/acme-lake/hub/2026-11-23/x")
    assert request.headers["x-amz-copy-source"] == f"acme-lake/hub/{KEY}"
    assert request.headers["if-none-match"] == "*"
    assert request.body == b""


def test_a_store_that_cannot_copy_gets_the_content_again(store: ScriptedS3) -> None:
    """501 says that the request means nothing to it."""
    store.answers = [Answer(404), head_answer(HASH, len(DATA)), refusal(501, "NotImplemented")]
    store.answers += [content(DATA, '"1"'), OK]
    opened(store).copy(KEY, "2026-11-23/x", sha256=HASH)
    assert methods(store) == ["HEAD", "HEAD", "PUT", "GET", "PUT"]
    assert store.requests[4].body == DATA


def test_a_copy_that_our_twin_made_is_a_success(store: ScriptedS3) -> None:
    """412 means that the key came into being a moment ago."""
    store.answers = [Answer(404), head_answer(HASH, len(DATA))]
    store.answers += [refusal(412, "PreconditionFailed"), head_answer(HASH, len(DATA))]
    opened(store).copy(KEY, "2026-11-23/x", sha256=HASH)
    assert len(store.requests) == 4


def test_a_copy_that_fails_in_a_good_answer_has_failed(store: ScriptedS3) -> None:
    """S3 may begin with 200 and then change its mind (API reference, CopyObject)."""
    store.answers = [Answer(404), head_answer(HASH, len(DATA))]
    store.answers += [Answer(200, refusal(500, "InternalError").body), OK]
    opened(store).copy(KEY, "2026-11-23/x", sha256=HASH)
    assert methods(store) == ["HEAD", "HEAD", "PUT", "PUT"]
