"""The promises of every destination: in memory, in a folder, on a real S3 server, behind a role, in Azure.

The role is a customer's on a server that judges like AWS, with the policy that the article publishes;
its sessions are narrowed once more by ours. Azure is Microsoft's emulator.
"""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import AlreadyThere, DestinationError, NotThere
from tests.aws.server import AwsServer, aws_server
from tests.builders.customer_bucket import NoWaiting, customer_bucket, no_luck
from tests.contracts.s3_server import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    S3Server,
    s3_server,
)
from tests.servers.azurite import ACCOUNT, Azurite, azurite

KEY = "2026-11-22/OWNERS/part-00000-0123456789abcdef.csv.gz"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3") / "log") as running:
        yield running


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    with aws_server(tmp_path_factory.mktemp("aws") / "log") as running:
        yield running


@pytest.fixture
def behind_a_role(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Destination]:
    customer = customer_bucket(aws)
    customer.keys_into(monkeypatch)
    yield customer.opened()
    assert "CreateMultipartUpload" not in aws.counts(), "pieces of a broken upload would be billed"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with azurite(tmp_path_factory.mktemp("azurite") / "log") as running:
        yield running


@pytest.fixture
def in_azure(emulator: Azurite, monkeypatch: pytest.MonkeyPatch) -> Destination:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", emulator.key)
    options = S3Options(endpoint_url=emulator.url, allow_http=True)
    url = f"az://{emulator.make_container()}/acme/hub spot"
    return open_destination(url, options, NoWaiting(), no_luck)


AZURE = pytest.param("azure", marks=pytest.mark.full)  # Azurite comes from npm


@pytest.fixture(params=["memory", "folder", "s3", "s3-whole-bucket", "s3-with-a-role", AZURE])
def destination(request: pytest.FixtureRequest, tmp_path: Path) -> Destination:
    match request.param:
        case "memory":
            return opened("memory://")
        case "folder":
            return opened(str(tmp_path / "not yet there"))
        case "s3-with-a-role":
            behind_a_role: Destination = request.getfixturevalue("behind_a_role")
            return behind_a_role
        case "azure":
            in_azure: Destination = request.getfixturevalue("in_azure")
            return in_azure
        case "s3":
            server = request.getfixturevalue("server")
            return opened(f"s3://{server.make_bucket()}/acme/hub spot", server)
        case _:
            server = request.getfixturevalue("server")
            return opened(f"s3://{server.make_bucket()}", server)


def opened(url: str, server: S3Server | None = None) -> Destination:
    options = S3Options(
        endpoint_url=server.url if server else None,
        region=REGION,
        keys=partial(AwsKeys, ACCESS_KEY_ID, SECRET_ACCESS_KEY),
        allow_http=True,
    )
    return open_destination(url, options, NoWaiting(), no_luck)


def create(destination: Destination, key: str, data: bytes) -> None:
    destination.create(key, data, sha256=sha256(data).hexdigest())


def test_what_was_written_is_read_back(destination: Destination) -> None:
    """All 256 bytes, so that nothing on the way takes them for text."""
    data = bytes(range(256)) * 100
    create(destination, KEY, data)
    assert destination.get(KEY) == data


def test_a_key_is_written_once(destination: Destination) -> None:
    """Nothing published is ever rewritten."""
    create(destination, KEY, b"first")
    with pytest.raises(AlreadyThere):
        create(destination, KEY, b"second")
    assert destination.get(KEY) == b"first"


def test_writing_the_same_content_again_is_a_success(destination: Destination) -> None:
    """After a lost reply nobody can tell whether the first attempt was one."""
    create(destination, KEY, b"same")
    create(destination, KEY, b"same")
    assert destination.get(KEY) == b"same"


def test_of_many_writers_of_one_key_exactly_one_wins(destination: Destination) -> None:
    """Two runs of one day meet here, and only one manifest may stay."""

    def attempt(number: int) -> bool:
        try:
            create(destination, "2026-11-22/_MANIFEST.json", b"%d" % number)
        except AlreadyThere:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(attempt, range(8)))
    assert won.count(True) == 1
    assert destination.get("2026-11-22/_MANIFEST.json") == b"%d" % won.index(True)


def copy(destination: Destination, source: str, key: str, data: bytes) -> None:
    destination.copy(source, key, sha256=sha256(data).hexdigest())


def test_a_copy_has_the_content_and_leaves_its_source(destination: Destination) -> None:
    """A part that did not change since yesterday is not sent again."""
    create(destination, KEY, b"abc")
    copy(destination, KEY, "2026-11-23/OWNERS/same", b"abc")
    found = destination.head("2026-11-23/OWNERS/same")
    assert found is not None
    assert (found.bytes, found.sha256) == (3, sha256(b"abc").hexdigest())
    destination.delete(KEY)
    assert destination.get("2026-11-23/OWNERS/same") == b"abc"


def test_a_copy_to_a_key_with_other_content_is_refused(destination: Destination) -> None:
    """Create-only, as every other write; several stores do not know that of copies."""
    create(destination, "a/b", b"abc")
    create(destination, "a/c", b"other")
    with pytest.raises(AlreadyThere, match="a/c"):
        copy(destination, "a/b", "a/c", b"abc")
    assert destination.get("a/c") == b"other"


def test_copying_again_is_a_success(destination: Destination) -> None:
    """After a lost reply nobody can tell whether the first attempt was one."""
    create(destination, "a/b", b"abc")
    copy(destination, "a/b", "a/c", b"abc")
    copy(destination, "a/b", "a/c", b"abc")
    assert destination.get("a/c") == b"abc"


def test_a_copy_of_nothing_says_so(destination: Destination) -> None:
    """Then the part has to be written anew."""
    with pytest.raises(NotThere, match="a/b"):
        copy(destination, "a/b", "a/c", b"abc")
    assert destination.head("a/c") is None


def test_a_copy_of_other_content_than_meant_is_refused(destination: Destination) -> None:
    """The name of a part promises what is in it."""
    create(destination, "a/b", b"abc")
    with pytest.raises(AlreadyThere):
        copy(destination, "a/b", "a/c", b"something else")
    assert destination.head("a/c") is None


def test_head_tells_size_and_sha256(destination: Destination) -> None:
    """The proof before a manifest is written rests on it."""
    create(destination, KEY, b"abc")
    found = destination.head(KEY)
    assert found is not None
    assert (found.key, found.bytes, found.sha256) == (KEY, 3, sha256(b"abc").hexdigest())


def test_head_of_a_missing_key_is_none(destination: Destination) -> None:
    """Absence is an answer, not an error."""
    assert destination.head(KEY) is None


def test_get_of_a_missing_key_says_so(destination: Destination) -> None:
    """Verify tells a missing part from a damaged one."""
    with pytest.raises(NotThere, match=KEY):
        destination.get(KEY)


def test_replace_swaps_the_content_while_the_e_tag_holds(destination: Destination) -> None:
    """This is how a new revision of a day takes over."""
    create(destination, KEY, b"old")
    before = destination.head(KEY)
    assert before is not None
    assert before.e_tag is not None
    destination.replace(KEY, b"new", sha256=sha256(b"new").hexdigest(), e_tag=before.e_tag)
    after = destination.head(KEY)
    assert after is not None
    assert destination.get(KEY) == b"new"
    assert after.sha256 == sha256(b"new").hexdigest()
    assert after.e_tag != before.e_tag


def test_replace_with_a_stale_e_tag_changes_nothing(destination: Destination) -> None:
    """Somebody else was faster, and what they wrote stays."""
    create(destination, KEY, b"old")
    stale = destination.head(KEY)
    assert stale is not None
    assert stale.e_tag is not None
    destination.replace(KEY, b"theirs", sha256=sha256(b"theirs").hexdigest(), e_tag=stale.e_tag)
    with pytest.raises(AlreadyThere):
        destination.replace(KEY, b"ours", sha256=sha256(b"ours").hexdigest(), e_tag=stale.e_tag)
    assert destination.get(KEY) == b"theirs"


def test_of_many_replacers_of_one_e_tag_exactly_one_wins(destination: Destination) -> None:
    """Two new revisions of a day: the second has to look again at what is there."""
    create(destination, KEY, b"old")
    found = destination.head(KEY)
    assert found is not None
    e_tag = found.e_tag
    assert e_tag is not None

    def attempt(number: int) -> bool:
        data = b"%d" % number
        try:
            destination.replace(KEY, data, sha256=sha256(data).hexdigest(), e_tag=e_tag)
        except AlreadyThere:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(attempt, range(8)))
    assert won.count(True) == 1
    assert destination.get(KEY) == b"%d" % won.index(True)


def test_replace_of_a_missing_key_is_refused(destination: Destination) -> None:
    """What was removed in between is not brought back."""
    with pytest.raises(AlreadyThere):
        destination.replace(KEY, b"new", sha256=sha256(b"new").hexdigest(), e_tag='"0"')
    assert destination.head(KEY) is None


def test_listing_gives_keys_below_a_prefix_in_key_order(destination: Destination) -> None:
    """`a-b` sorts before `a/b`: a hyphen comes before a slash."""
    keys = ["d/a-b/x", "d/a/b", "d/a/b c+é", "d/b", "d-other/x", "e/y"]
    for key in reversed(keys):
        create(destination, key, key.encode())
    assert [found.key for found in destination.list("d/")] == [
        *("d/a-b/x", "d/a/b", "d/a/b c+é", "d/b")
    ]
    assert [found.key for found in destination.list("")] == sorted(keys)
    assert [found.bytes for found in destination.list("d/a/")] == [5, 10]


def test_listing_what_is_not_there_gives_nothing(destination: Destination) -> None:
    """A new destination is an empty one."""
    assert list(destination.list("2026-11-22/")) == []
    assert destination.folders("") == ()


def test_folders_are_those_directly_below(destination: Destination) -> None:
    """Days are found this way, without listing a year of parts."""
    for key in ("2026-11-22/A/x", "2026-11-21/A/x", "2026-11-21/B/C/x", "file"):
        create(destination, key, b"")
    assert destination.folders("") == ("2026-11-21", "2026-11-22")
    assert destination.folders("2026-11-21/") == ("A", "B")


def test_a_deleted_key_is_gone_and_leaves_no_folder(destination: Destination) -> None:
    """A pruned day is no longer a day."""
    create(destination, KEY, b"x")
    create(destination, "2026-11-21/A/x", b"x")
    destination.delete(KEY)
    assert destination.head(KEY) is None
    assert destination.folders("") == ("2026-11-21",)


def test_deleting_what_is_not_there_is_a_success(destination: Destination) -> None:
    """A repeated delete cannot tell its own earlier effect."""
    destination.delete(KEY)


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\0b", "a\nb", "a#1", "x" * 300]
)
def test_a_key_that_could_leave_the_prefix_is_refused(destination: Destination, key: str) -> None:
    """Names of the account end up in keys; none of them may climb out."""
    calls: list[Callable[[], object]] = [
        lambda: create(destination, key, b"x"),
        lambda: destination.get(key),
        lambda: destination.head(key),
        lambda: copy(destination, key, "a", b"x"),
        lambda: copy(destination, "a", key, b"x"),
    ]
    for call in calls:
        with pytest.raises(DestinationError, match="cannot be the name of a file"):
            call()
    assert list(destination.list("")) == []


def test_a_copy_in_another_process_writes_to_the_same_place(destination: Destination) -> None:
    """Parts are written by workers; memory, which has no other process, refuses to be copied."""
    if destination.url == "memory://":
        with pytest.raises(DestinationError, match="cannot be shared between processes"):
            pickle.dumps(destination)
        return
    create(destination, "warm-up", b"so that the store is open when it is pickled")
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        processes.submit(create, destination, KEY, b"x").result()
    assert destination.get(KEY) == b"x"


def test_a_part_of_the_largest_size_goes_through(destination: Destination) -> None:
    """15 MB in one request: S3's clients would cut it into pieces by default."""
    data = bytes(15_000_000)
    create(destination, KEY, data)
    assert destination.get(KEY) == data
