"""What the command loads before it knows what it is asked: no clock is needed to guard start-up."""

import os
import subprocess
import sys

import pytest

from tests.house.repository import ROOT

# Typer and what it is made of; it loads rich only to print help and errors. `org` is no package:
# the standard library's pickle looks for Jython's, and `-X importtime` lists failed imports too.
ALLOWED = frozenset({"crmsnap", "typer", "annotated_doc", "shellingham", "org"})

# Heavy parts of the standard library: none of them may be needed to print a version.
HEAVY = frozenset({"asyncio", "concurrent", "http", "multiprocessing", "sqlite3", "ssl", "xml"})

# What all commands share: no command's work is loaded with its declaration. What is printed is redacted from
# the first word on.
ALLOWED_LAYERS = frozenset({"cli", "errors", "redaction", "__main__"})


def imported(*arguments: str) -> set[str]:
    """The modules that a fresh Python imports for these arguments, by `-X importtime`."""
    # A variable of the outer run (coverage, a start-up hook) would import modules of its own.
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "CRMSNAP_HOME": os.devnull,
    }
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = (line for line in ran.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines} - {"imported package"}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """What `crmsnap --version` imports beside what every Python does."""
    return imported("-m", "crmsnap", "--version") - imported("-c", "pass")


def test_only_the_allowed_packages_are_loaded(loaded: set[str]) -> None:
    """A new dependency at module level of `cli` costs every command, completion included."""
    packages = {name.partition(".")[0] for name in loaded}
    assert "typer" in packages
    assert packages - sys.stdlib_module_names <= ALLOWED


def test_nothing_heavy_of_the_standard_library_is_loaded(loaded: set[str]) -> None:
    """SSL, SQLite and process pools belong to the commands that use them."""
    assert not {name for name in loaded if name.partition(".")[0] in HEAVY}


def test_no_layer_below_the_command_line_is_loaded(loaded: set[str]) -> None:
    """Commands import what they work with inside their functions."""
    layers = {name.split(".")[1] for name in loaded if name.startswith("crmsnap.")}
    assert layers <= ALLOWED_LAYERS
