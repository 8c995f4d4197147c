"""Questions about a folder, or a store that is not S3, asked through the destination itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmsnap.connection.check import Check
from crmsnap.connection.checks import run_destination_checks
from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination, Found
from crmsnap.destinations.memory import memory
from crmsnap.errors import AccessDenied, AlreadyThere

NAMES = ["free-space", "write", "read", "list", "create-only", "replace-if-unchanged", "delete"]


def ask(destination: Destination, folder: Path | None = None) -> dict[str, Check]:
    heard: list[Check] = []
    checks = run_destination_checks(destination, folder, heard.append, new_id=lambda: "an-id")
    assert tuple(heard) == checks
    return {check.name: check for check in checks}


def test_a_folder_passes_and_nothing_stays_in_it(tmp_path: Path) -> None:
    """Whoever has no bucket yet begins with a folder."""
    answers = ask(Folder(tmp_path / "new"), tmp_path / "new")
    assert {name: answers[name].verdict for name in NAMES} == dict.fromkeys(NAMES, "ok")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_store_without_a_disk_is_asked_the_same_but_for_the_room() -> None:
    """Google's, Azure's, or memory."""
    answers = ask(memory())
    assert answers.pop("free-space").verdict == "skipped"
    assert {check.verdict for check in answers.values()} == {"ok"}


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    """No other question can be asked then, and each says so."""
    file = tmp_path / "snapshots"
    file.write_text("mine")
    answers = ask(Folder(file), file)
    assert answers["write"].verdict == "failed"
    assert answers["write"].exit_code == 1
    assert answers["delete"].answer == "not asked, because write failed"
    assert file.read_text() == "mine"


def test_a_folder_that_cannot_be_made_says_what_to_do() -> None:
    """The system has a word for why, and nobody has a remedy in it; nor is a disk full there."""
    folder = Path("/proc/nope")
    answers = ask(Folder(folder), folder)
    assert answers["write"].verdict == "failed"
    assert "choose another place" in answers["write"].advice
    assert answers["free-space"].verdict == "skipped"
    assert "GB" not in answers["free-space"].answer


class Odd:
    """A destination that breaks one promise."""

    def __init__(self, **broken: bool) -> None:
        self._files: dict[str, bytes] = {}
        self._broken = {name for name, is_broken in broken.items() if is_broken}

    @property
    def url(self) -> str:
        return "odd://"

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        if "write" in self._broken:
            raise AccessDenied("not allowed to write", cause="status 403", remedy="allow it")
        if key in self._files and "create_only" not in self._broken:
            raise AlreadyThere(f"{key} holds something else")
        self._files[key] = data

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        if e_tag != self._files[key].hex() and "replace" not in self._broken:
            raise AlreadyThere(f"{key} holds something else")
        self._files[key] = data

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        self._files[key] = self._files[source]

    def get(self, key: str) -> bytes:
        return b"something else" if "read" in self._broken else self._files[key]

    def head(self, key: str) -> Found | None:
        return Found(key, 1, self._files[key].hex(), None)

    def list(self, prefix: str) -> Iterator[Found]:
        if "list" not in self._broken:
            yield from (Found(key, 1, "tag", None) for key in self._files)

    def folders(self, prefix: str) -> tuple[str, ...]:
        return ()

    def delete(self, key: str) -> None:
        if "delete" in self._broken:
            raise AccessDenied("not allowed to remove", cause="status 403", remedy="allow it")
        self._files.pop(key, None)


def test_a_store_that_keeps_its_promises_passes() -> None:
    """The one below breaks nothing by itself."""
    answers = ask(Odd())
    assert {answers[name].verdict for name in NAMES[1:]} == {"ok"}


@pytest.mark.parametrize(
    ("promise", "name", "verdict", "code"),
    [
        ("write", "write", "failed", 5),
        ("read", "read", "failed", 1),
        ("list", "list", "warning", 0),
        ("create_only", "create-only", "failed", 1),
        ("replace", "replace-if-unchanged", "warning", 0),
        ("delete", "delete", "failed", 5),
    ],
)
def test_each_broken_promise_is_found(promise: str, name: str, verdict: str, code: int) -> None:
    """Some stores answer well and do something else."""
    check = ask(Odd(**{promise: True}))[name]
    assert (check.verdict, check.exit_code) == (verdict, code)
    assert check.advice


def test_a_file_that_cannot_be_removed_is_named() -> None:
    """Nobody has to search for it."""
    assert ".connection-check/an-id" in ask(Odd(delete=True))["delete"].answer


def test_what_an_earlier_check_left_is_named(tmp_path: Path) -> None:
    """It was killed. A folder does not tell who uses a file now, so nothing is removed."""
    folder = tmp_path / ".connection-check"
    folder.mkdir()
    name = "5f0c3f0e-8f0b-4b86-9a51-0d4a3f6f2f10"
    (folder / name).write_bytes(b"first\n")
    (folder / "notes.txt").write_bytes(b"mine")
    check = ask(Folder(tmp_path), tmp_path)["delete"]
    assert check.verdict == "warning"
    assert check.answer.endswith(f"left .connection-check/{name}")
    assert (folder / name).exists()
