"""The words of the project are true: everything is documented, links lead somewhere, commands exist."""

import os
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import crmsnap
from crmsnap import config, errors
from crmsnap.cli.exit_codes import EXIT_CODES
from crmsnap.errors import CrmsnapError
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.registry.secret_keys import KEY_VARIABLE
from crmsnap.streams import STREAMS
from crmsnap.tables import CATALOGUE
from crmsnap.tables import reference as tables
from crmsnap.tables.markdown import file_name
from crmsnap.tables.table import Table, TableFamily
from tests.house import generate_docs
from tests.house.command_line import commands, misunderstood
from tests.house.markdown import Fence, anchors, code_spans, fences, links, ragged_rows
from tests.house.markdown import commands as commands_of
from tests.house.repository import ROOT, files, files_of, shown, text_of

REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
PAGES = files_of(".md")
FIRST_SCREEN_LINES = 40


def first_screen() -> list[Fence]:
    """The blocks of code that a visitor sees without scrolling."""
    return [fence for fence in fences(README) if fence.line <= FIRST_SCREEN_LINES]


def targets() -> set[str]:
    """The targets of the Makefile that people type."""
    return set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


def setting_keys() -> set[str]:
    """Every key that a configuration file may have, at any depth."""
    schema = config.json_schema()
    return {key for model in [schema, *schema["$defs"].values()] for key in model["properties"]}


def error_classes() -> set[type[CrmsnapError]]:
    """Every error of the product, wherever it is defined."""
    for module in pkgutil.walk_packages(crmsnap.__path__, "crmsnap."):
        if not module.name.startswith(("crmsnap.sandbox", "crmsnap.__main__")):
            import_module(module.name)
    found, waiting = set(), [CrmsnapError]
    while waiting:
        error = waiting.pop()
        found.add(error)
        waiting += error.__subclasses__()
    return {error for error in found if error.__module__.startswith("crmsnap.")}


def test_generated_pages_are_up_to_date() -> None:
    """As `make check` asks it: in a process of its own, which knows no error class of any test."""
    asked = subprocess.run(
        [sys.executable, generate_docs.__file__, "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert asked.returncode == 0, asked.stderr


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    """A page that says something else, and one that is not there at all."""
    fresh, late, missing = (tmp_path / name for name in ("fresh.md", "late.md", "missing.md"))
    fresh.write_text("as the code says\n")
    late.write_text("as the code said\n")
    pages = dict.fromkeys((fresh, late, missing), "as the code says\n")
    assert generate_docs.stale(pages) == [late, missing]


def test_the_page_of_a_table_that_is_gone_is_named(tmp_path: Path) -> None:
    """It would go on describing a table that nobody publishes."""
    kept, gone = tmp_path / "kept.md", tmp_path / "gone.md"
    for page in (kept, gone):
        page.write_text("a table\n")
    assert generate_docs.left_over(tmp_path, {kept: "a table\n"}) == [gone]


def test_every_command_and_option_is_documented() -> None:
    """A name in code type, with all its words."""
    said = text_of(REFERENCE / "cli.md")
    missing = [" ".join(words) for words in commands() if " ".join(words) not in said]
    missing += [
        f"{' '.join(command.words)} {name}"
        for command in commands().values()
        for option in command.options
        for name in option.names
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)
    ]
    assert not missing


def test_every_setting_is_documented() -> None:
    """By its key, and the variables that have no key."""
    keys = setting_keys()
    assert {"connections", "to", "token_env", "endpoint_url"} <= keys
    said = text_of(REFERENCE / "configuration.md")
    missing = {key for key in keys if not re.search(rf"\b{key}\b", said)}
    variables = ("HUBSPOT_TOKEN", "CRMSNAP_HOME", "CRMSNAP_REGISTRY", "CRMSNAP_USER_ARN")
    missing |= {name for name in (*variables, KEY_VARIABLE) if name not in said}
    assert not missing


def test_every_table_is_in_the_index() -> None:
    """By name, in code type."""
    assert not {table.name for table in CATALOGUE} - code_spans(REFERENCE / "tables.md")


@pytest.mark.parametrize("table", CATALOGUE, ids=lambda table: table.name)
def test_every_column_of_a_table_is_on_its_page(table: Table | TableFamily) -> None:
    """By name, in code type."""
    said = code_spans(REFERENCE / tables.FOLDER / file_name(table.name))
    assert not {table.name, *(column.name for column in table.columns)} - said


def test_every_scope_is_documented() -> None:
    """A token without it is why somebody looks it up."""
    scopes = {scope for known in STANDARD_TYPES for scope in known.read_scopes}
    scopes |= {scope for stream in STREAMS for scope in stream.scopes}
    assert "crm.objects.contacts.read" in scopes
    assert not scopes - code_spans(REFERENCE / "scopes.md")


def test_every_type_that_no_api_gives_is_explained() -> None:
    """An empty table without a reason looks like a mistake of ours."""
    said = code_spans(ROOT / "docs" / "explanation" / "what-hubspot-does-not-give.md")
    ids = {known.id for known in STANDARD_TYPES if known.source == "no-api"}
    assert ids
    assert not ids - said


def test_every_error_code_is_documented() -> None:
    """A code is what people search for."""
    codes = {error.code for error in error_classes()}
    assert {"busy", "hubspot-token"} <= codes
    assert not codes - code_spans(REFERENCE / "errors.md")


def test_every_error_has_a_code_of_its_own() -> None:
    """Two errors with one code cannot be told apart by a program; a class may keep its parent's."""
    codes = sorted(error.code for error in error_classes() if "code" in vars(error))
    assert codes == sorted(set(codes))


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    """The docstring of `errors.py` is the map of what can go wrong."""
    drawn = dict(re.findall(r"(\w+) +(\d+)  \S", errors.__doc__ or ""))
    declared = {
        error.__name__: str(error.exit_code)
        for error in error_classes()
        if error.__module__ == errors.__name__
    }
    assert drawn == declared


def test_every_exit_code_is_documented() -> None:
    """Those of the list, and none that an error gives beside it."""
    listed = {one.code for one in EXIT_CODES}
    assert {error.exit_code for error in error_classes()} <= listed
    said = text_of(REFERENCE / "exit-codes.md")
    assert not {code for code in listed if not re.search(rf"(?<!\d){code}(?!\d)", said)}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file of the project, and where an anchor is named to a heading of it."""
    dead = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_row_of_a_table_has_all_its_cells(page: Path) -> None:
    """Else a reader sees half of it."""
    assert not ragged_rows(page)


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_file_and_folder_named_exists(name: str) -> None:
    """A map with a street that is gone sends people the wrong way."""
    paths = {f"/{shown(path)}" for path in files()}
    paths |= {path.rpartition("/")[0] + "/" for path in paths}
    named = {span for span in code_spans(ROOT / name) if re.fullmatch(r"[\w./-]+(/|\.py)", span)}
    assert named
    assert not {span for span in named if not any(path.endswith(f"/{span}") for path in paths)}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_shown_exists(page: Path) -> None:
    """`crmsnap ...` by its commands and options, `make ...` by the Makefile's targets."""
    wrong = []
    for fence in fences(page):
        for words in commands_of(fence):
            if words[0] == "crmsnap":
                wrong += [f"{' '.join(words)}: {why}" for why in [misunderstood(words[1:])] if why]
            elif words[0] == "make":
                asked = {word for word in words[1:] if "=" not in word and not word.startswith("-")}
                wrong += [f"make {word}" for word in sorted(asked - targets())]
    assert not wrong


@pytest.mark.parametrize(
    "line",
    [
        "crmsnap synchronise",
        "crmsnap sync --too ./snapshots",
        "HUBSPOT_TOKEN=x crmsnap sync && crmsnap config shew",
        "cat day | crmsnap verify --dai 2026-11-22",
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    """The search itself is tried on what it is there for."""
    assert any(
        misunderstood(words[1:])
        for words in commands_of(Fence("sh", line, 1))
        if words[0] == "crmsnap"
    )


def test_the_first_screen_shows_how_to_try_and_how_to_test() -> None:
    """The two commands that a stranger types first."""
    shown_first = {tuple(words) for fence in first_screen() for words in commands_of(fence)}
    assert {("make", "demo"), ("make", "test")} <= shown_first


def test_the_first_screen_shows_the_snapshot() -> None:
    """The tree that `make demo` prints, with the manifest that proves it."""
    assert any("_MANIFEST.json" in fence.text for fence in first_screen())


def test_every_page_can_be_found() -> None:
    """A page under `docs` that no other page links to is not read."""
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in links(page)
        if not re.match(r"[a-z]+:", link)
    }
    lost = [
        shown(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in linked
    ]
    assert not lost


def test_every_command_and_option_says_what_it_does() -> None:
    """Where help is silent, people guess."""
    silent = [command.words for command in commands().values() if not command.help]
    silent += [
        (*command.words, *option.names)
        for command in commands().values()
        for option in command.options
        if not option.help
    ]
    assert not silent
