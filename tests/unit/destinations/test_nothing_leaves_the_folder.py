"""S12: no name and no link leads out of a destination, whoever chose the name and whenever the link came."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from itertools import count, product
from pathlib import Path

import pytest
from pydantic import ValidationError

from crmsnap.config import Settings
from crmsnap.connection.role import session_name
from crmsnap.destinations.folder import Folder
from crmsnap.destinations.key import check_key
from crmsnap.errors import DestinationError
from crmsnap.publish.layout import is_day
from crmsnap.state.reader import stream_path

SEEDS = (
    "..", ".", "", "/", "//", "../..", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "~", "~root",
    "%2e%2e", "%2e%2e%2f", "..%2f", "..%c0%af", "%252e%252e", "a/../../b", "a/./b", "a//b", "a/", "./a",
    "\0", "a\0b", "a\nb", "a\rb", "a\tb", "\x1b[2J", "\x7f", "a\u202eb", "\u200b", "\ufeff", "\u2028",
    "\uff0e\uff0e", "\u2025", "\u2215", "\uff0e\uff0e\uff0fx", "CON", "NUL", "aux.csv", "COM1", "LPT9", "a.", "a ", " a", "...", "-rf",
    "--help", "*", "?", "$(id)", "`id`", "${HOME}", "|x", ";x", "&x", "<x>", '"', "'", "a:b", "C:\\x",
    "\U0001f4a9", "é", "e\u0301", "日本語", "x" * 300, "é" * 150, "a#1", "#1", "\ud800",
)  # fmt: skip
NAMES = tuple(
    dict.fromkeys(
        text.format(seed) for seed, text in product(SEEDS, ("{}", "x{}", "{}x", "x/{}/y"))
    )
)
DATA = b"data"
HASH = sha256(DATA).hexdigest()


def test_there_are_enough_names() -> None:
    """H26 asks for two hundred."""
    assert len(NAMES) >= 200


def everything(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def test_no_key_writes_outside_of_its_folder(tmp_path: Path) -> None:
    """Either it is refused, or it is a file below the root that is read and listed by the same name."""
    root = tmp_path / "in" / "root"
    folder = Folder(root)
    taken = 0
    for name in NAMES:
        for key in (name, f"2026-11-22/{name}/part", f"2026-11-22/{name}"):
            try:
                folder.create(key, DATA, sha256=HASH)
            except DestinationError:
                with pytest.raises(DestinationError):
                    folder.get(key)
                continue
            taken += 1
            assert folder.get(key) == DATA
            assert key in {found.key for found in folder.list("")}
            folder.delete(key)
    assert taken > 100
    assert everything(tmp_path) <= {Path("in"), Path("in/root")}


@pytest.mark.parametrize("name", [name for name in NAMES if "/" in name or "." in name], ids=repr)
def test_a_refused_key_is_refused_everywhere(tmp_path: Path, name: str) -> None:
    """Reading, copying, removing and listing as well: a manifest may have been made by anybody."""
    (tmp_path / "secret").write_bytes(DATA)
    folder = Folder(tmp_path / "root")
    folder.create("good", DATA, sha256=HASH)
    try:
        check_key(name)
    except DestinationError:
        calls: tuple[Callable[[], object], ...] = (
            lambda: folder.get(name),
            lambda: folder.head(name),
            lambda: folder.delete(name),
            lambda: folder.copy("good", name, sha256=HASH),
            lambda: folder.copy(name, "other", sha256=HASH),
            lambda: folder.replace(name, DATA, sha256=HASH, e_tag="x"),
        )
        for call in calls:
            with pytest.raises(DestinationError):
                call()
    assert (tmp_path / "secret").read_bytes() == DATA


def test_connections_days_and_sessions_have_plain_names() -> None:
    """A connection's name becomes a folder, a variable and part of a session's name; a day a prefix."""
    for name in NAMES:
        assert not is_day(name)
        assert session_name(name, "0a1b").isascii()
        try:
            (kept,) = Settings(connections={name: {}}).connections
        except (ValidationError, UnicodeError):
            continue
        assert kept.replace("-", "").replace("_", "").isalnum()
        assert "/" not in kept


def test_the_file_of_a_stream_stays_in_its_state(tmp_path: Path) -> None:
    """Ids of types come from HubSpot, and from whoever answers in its place."""
    paths = []
    for name in NAMES:
        if "\ud800" in name:
            continue  # no JSON that is UTF-8 can hold it
        for stream in (f"objects/{name}", f"associations/{name}__0-1"):
            path = stream_path(tmp_path / "state", stream)
            assert Path(os.path.normpath(path)).parent.parent == tmp_path / "state", stream
            assert len(path.name) <= 255
            paths.append(path)
    assert len(set(paths)) == len(paths)


LINKS = ("2026-11-22", "2026-11-22/OWNERS", "2026-11-22/OWNERS/part.csv.gz")
KEY = LINKS[-1]


@pytest.mark.parametrize("link", LINKS)
def test_no_link_below_the_root_is_followed(tmp_path: Path, link: str) -> None:
    """Whoever may write into the folder must not make us write, read or remove elsewhere."""
    outside = tmp_path / "outside"
    target = outside / KEY.removeprefix(link).removeprefix("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if link == KEY:
        target = tmp_path / "outside.file"
    target.write_bytes(DATA)
    root = tmp_path / "root"
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(target if link == KEY else outside)
    folder = Folder(root)
    assert list(folder.list("")) == []
    assert folder.folders("") == (() if link == LINKS[0] else ("2026-11-22",))
    for call in (
        lambda: folder.get(KEY),
        lambda: folder.create(KEY, b"evil", sha256=sha256(b"evil").hexdigest()),
        lambda: folder.copy(KEY, "stolen", sha256=HASH),
    ):
        with pytest.raises(DestinationError):
            call()
    before = everything(outside)
    if link == KEY:
        folder.delete(KEY)  # the link itself is ours to remove
    else:
        with pytest.raises(DestinationError):
            folder.delete(KEY)
    assert target.read_bytes() == DATA
    assert everything(outside) == before


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    """The user has named it."""
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    Folder(tmp_path / "root").create(KEY, DATA, sha256=HASH)
    assert (tmp_path / "real" / KEY).read_bytes() == DATA


def test_a_link_that_comes_and_goes_never_wins_the_race(tmp_path: Path) -> None:
    """Between looking and opening somebody puts a link there: nothing is ever written behind it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    folder, day = Folder(root), root / "day"
    day.mkdir(parents=True)
    stop = threading.Event()

    def swap() -> None:
        for number in count():
            aside = root / f"aside{number}"
            steps = (
                lambda to=aside: day.rename(to),
                lambda: day.symlink_to(outside),
                day.unlink,
                lambda back=aside: back.rename(day),
            )
            for step in steps:
                with suppress(OSError):  # the other side made a folder in between
                    step()
            if stop.is_set():
                return

    thread = threading.Thread(target=swap)
    thread.start()
    written = refused = 0
    try:
        for number in range(600):
            try:
                folder.create(f"day/{number}", DATA, sha256=HASH)
                written += 1
            except DestinationError:
                refused += 1
    finally:
        stop.set()
        thread.join()
    assert list(outside.iterdir()) == []
    assert written
    assert refused
