"""What is installed is what `pyproject.toml` asks for, pinned and with hashes."""

import re
import tomllib
from collections.abc import Iterable

import pytest

from tests.house.repository import ROOT, text_of

REQUIREMENTS = ROOT / "requirements"
LOCKED = sorted(REQUIREMENTS.rglob("*.txt"))


def project() -> dict[str, list[str]]:
    """The dependencies of the project: of the core under `core`, of each extra under its name."""
    declared = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    return {"core": declared["dependencies"], **declared["optional-dependencies"]}


def asked(lines: Iterable[str]) -> set[str]:
    """Requirements without comments, options and spaces."""
    bare = (re.sub(r"\s|#.*", "", line).lower() for line in lines)
    return {line for line in bare if line and not line.startswith("-")}


def pins(text: str) -> dict[str, str]:
    """`name` -> the rest of its entry, of a compiled file."""
    joined = text.replace("\\\n", " ")
    entries = (line.partition("==") for line in joined.splitlines() if line.strip())
    return {name.strip().partition("[")[0].lower(): rest for name, _, rest in entries}


def name_of(requirement: str) -> str:
    """The package that a requirement asks for, as package indexes write it."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_the_core_is_written_down_once() -> None:
    """`core.in` is what gets compiled, `pyproject.toml` is what a wheel asks for."""
    assert asked(text_of(REQUIREMENTS / "core.in").splitlines()) == asked(project()["core"])


def test_what_make_setup_installs_runs_the_sandbox() -> None:
    """`make demo` needs the extra, so its lock file covers it."""
    assert asked(project()["sandbox"]) <= asked(text_of(REQUIREMENTS / "run.in").splitlines())


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes(path: object) -> None:
    """What is installed tomorrow is what was tested today, byte by byte."""
    assert isinstance(path, type(ROOT))
    locked = pins(text_of(path))
    assert locked
    loose = [
        name
        for name, rest in locked.items()
        if not re.match(r"\d[^ ]* .*--hash=sha256:[0-9a-f]{64}", rest)
    ]
    assert not loose


@pytest.mark.parametrize(
    "name", ["core", "run", "dev", "peers/airbyte", "peers/ingestr", "peers/tap-hubspot"]
)
def test_what_is_asked_for_is_locked(name: str) -> None:
    """A requirement added without `make lock` would be missing on the next machine."""
    locked = pins(text_of(REQUIREMENTS / f"{'run' if name == 'core' else name}.txt"))
    names = {name_of(line) for line in asked(text_of(REQUIREMENTS / f"{name}.in").splitlines())}
    assert not names - set(locked)


def test_tests_run_what_users_run() -> None:
    """Both lock files pin a shared package to the same version."""
    used, tested = pins(text_of(REQUIREMENTS / "run.txt")), pins(text_of(REQUIREMENTS / "dev.txt"))
    versions = {
        name: (rest.split()[0], tested[name].split()[0])
        for name, rest in used.items()
        if name in tested
    }
    assert versions
    assert not {name: pair for name, pair in versions.items() if pair[0] != pair[1]}
