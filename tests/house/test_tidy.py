"""The project is kept tidy: nothing half done, nothing dead, nothing that only one machine has."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from crmsnap.streams import STREAMS
from crmsnap.streams.stream import Stream
from crmsnap.tables import CATALOGUE
from crmsnap.tables.table import Table, TableFamily
from tests.house.left_overs import hatches, is_explained, notes
from tests.house.repository import (
    ROOT,
    SOURCE,
    files,
    files_of,
    module_of,
    shown,
    text_of,
    tree_of,
)

LINES_MAX = 450
HATCHES_MAX_PER_1000_LINES = 3

PYTHON = files_of(".py")

# A path of one machine, the notes of one workplace, or the registry that one machine installs from.
FOREIGN = re.compile(
    r"""(?<![\w.~-])/(?:work|root|home|Users|private|mnt)/[\w.]
      | (?:\.\./|\b)shared/(?:[\w-]+\.md|\s)
      | (?<!no-emit)(?:-|_)index(?:-|_)url
      | \b(?:files\.)?pythonhosted\.org
      | \bpypi\.org/simple
    """,
    re.VERBOSE,
)


def test_nothing_is_left_over() -> None:
    """What is not done is an issue, not a comment; a test that does not run proves nothing."""
    found = [f"{shown(path)}: {note}" for path in PYTHON for note in notes(text_of(path))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # TODO: later",
        '"""Works. FIXME: not for zero."""',
        "def f() -> None:\n    raise NotImplementedError",
        "if x:  # pragma: no cover\n    pass",
        "import pytest\npytest.skip('slow')",
        "import pytest\n@pytest.mark.xfail(reason='flaky')\ndef test() -> None: ...",
    ],
)
def test_left_overs_are_found(source: str) -> None:
    """The search itself is tried on what it is there for."""
    assert list(notes(source))


def test_left_overs_are_not_seen_in_texts_and_other_names() -> None:
    """A word in a string or a method that happens to be called `skip` is no left-over."""
    assert not list(notes("reader.skip(1)\nword = 'TODO'"))


def test_no_source_file_is_long() -> None:
    """A file that needs scrolling hides a second noun."""
    lengths = {shown(path): text_of(path).count("\n") for path in files_of(".py", below="src")}
    assert not {path: lines for path, lines in lengths.items() if lines > LINES_MAX}


def test_every_module_says_what_it_is_for() -> None:
    """Packages too, which no linter rule here asks."""
    silent = [
        shown(path)
        for path in files_of(".py", below="src") + files_of(".py", below="bench")
        if not ast.get_docstring(tree_of(path))
    ]
    assert not silent


def test_every_exception_to_a_rule_has_a_code_and_a_reason() -> None:
    """`# type: ignore[code]  # why so` and `# noqa: X123 - why so`; never a whole file."""
    bare = [
        f"{shown(path)}:{hatch.line}: {hatch.text}"
        for path in PYTHON
        for hatch in hatches(text_of(path))
        if not is_explained(hatch)
    ]
    assert not bare


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_exceptions_to_rules_are_rare(folder: str) -> None:
    """Where many are needed, the rule or the code is wrong."""
    texts = [text_of(path) for path in files_of(".py", below=folder)]
    lines = sum(text.count("\n") for text in texts)
    escapes = sum(len(hatches(text)) for text in texts)
    assert escapes <= HATCHES_MAX_PER_1000_LINES * lines / 1000


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# type: ignore", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore[arg-type]  # a TypedDict of stubs only", True),
        ("# noqa", False),
        ("# noqa: S608", False),
        ("# noqa: S608 - names from this file", True),
        ("# ruff: noqa", False),
    ],
)
def test_an_exception_without_its_reason_is_found(comment: str, explained: bool) -> None:
    """The search itself is tried on what it is there for."""
    (hatch,) = hatches(f"x = 1  {comment}\n")
    assert is_explained(hatch) is explained


def declarations(folder: Path, *types: type) -> dict[str, object]:
    """What the files of a folder declare at their top level: `file.NAME` -> value."""
    names = {one.__name__ for one in types}
    found = {}
    for path in files_of(".py", below=shown(folder)):
        for statement in tree_of(path).body:
            if not isinstance(statement, ast.Assign | ast.AnnAssign):
                continue
            if isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) in names:
                target = (
                    statement.target
                    if isinstance(statement, ast.AnnAssign)
                    else statement.targets[0]
                )
                name = ast.unparse(target)
                found[f"{shown(path)}: {name}"] = getattr(import_module(module_of(path)), name)
    return found


def test_every_declared_stream_is_listed() -> None:
    """A stream that `STREAMS` does not list is a file that nobody reads."""
    declared = declarations(SOURCE / "streams", Stream)
    assert declared
    assert not [place for place, stream in declared.items() if stream not in STREAMS]


def test_every_declared_table_is_listed() -> None:
    """A table that `CATALOGUE` does not list is never published."""
    declared = declarations(SOURCE / "tables", Table, TableFamily)
    assert declared
    assert not [place for place, table in declared.items() if table not in CATALOGUE]


def test_nothing_comes_from_one_machine_only() -> None:
    """No path, no package registry and no note that a stranger's clone would not have."""
    found = [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in files()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if FOREIGN.search(line) or str(ROOT) in line
    ]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "see /wo·rk/notes.txt",
        'open("/ho·me/ada/.netrc")',
        "--ind·ex-url https://mirror.example/simple",
        "as ../sha·red/design.md says",
        "https://files.pythonho·sted.org/packages/x.whl",
    ],
)
def test_what_comes_from_one_machine_is_found(line: str) -> None:
    """The search itself is tried on what it is there for; the dots keep this file from being found."""
    assert FOREIGN.search(line.replace("·", ""))


@pytest.mark.parametrize(
    "line",
    ["crmsnap sync --home /var/lib/crmsnap", "uv pip compile --no-emit-index-url", "./home/a"],
)
def test_what_any_machine_may_have_is_left_alone(line: str) -> None:
    """Service paths in a how-to and options that hide a registry are no trace of a machine."""
    assert not FOREIGN.search(line)
