"""Names say what the glossary says, are used, and stay in the file that they belong to."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

import crmsnap
from crmsnap.errors import CrmsnapError
from tests.house.markdown import rows
from tests.house.repository import ROOT, files_of, module_of, shown, tree_of

SOURCE = files_of(".py", below="src")
PRODUCT = [path for path in SOURCE if "sandbox" not in path.parts]

# What uses the source beside itself: without tests, which would keep dead code alive.
USERS = [*SOURCE, *files_of(".py", below="bench"), ROOT / "tests" / "house" / "generate_docs.py"]

VAGUE = frozenset({"util", "utils", "helper", "helpers", "manager", "misc", "common", "stuff"})


def avoided() -> dict[str, str]:
    """Word -> the one to use instead: the last column of the glossary's tables."""
    found = {}
    for word, _, instead_of in rows(ROOT / "docs" / "reference" / "glossary.md"):
        for synonym in re.findall(r"\w+", instead_of):
            found[synonym] = word.strip("*")
    return found


def words_of(name: str) -> list[str]:
    """`RateLimits`, `rate_limits` and `RATE_LIMITS` are `rate` and `limits`."""
    plain = re.sub(r"secrets_?manager", "secrets", name, flags=re.IGNORECASE)  # a product of AWS
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", plain)]


def names_of(tree: ast.Module) -> Iterator[str]:
    """What a file names: classes, functions, arguments, fields and constants."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def declared(tree: ast.Module) -> Iterator[str]:
    """The names that a file gives to others, or keeps, at its top level.

    What a decorator registers is used by what it is registered with.
    """
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name, decorator_list=[]):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def uses(trees: Iterable[ast.Module]) -> Counter[str]:
    """How often each name is read, imported or written out as a text (`__all__`, entry points)."""
    found: Counter[str] = Counter()
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                    found[name] += 1
                case ast.alias(name=name):
                    found[name.rpartition(".")[2]] += 1
                case ast.Constant(value=str(text)) if text.isidentifier():
                    found[text] += 1
    return found


def borrowed(tree: ast.Module) -> Iterator[str]:
    """Private names of other modules that a file uses, by import or as an attribute of a module."""
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crmsnap"):
            modules |= {name.asname or name.name for name in node.names}
            yield from (name.name for name in node.names if is_private(name.name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_module = node.value.id in modules and node.value.id.islower()
            if is_module and is_private(node.attr):
                yield f"{node.value.id}.{node.attr}"


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__")


def test_nothing_is_declared_and_not_used() -> None:
    """Code that nobody calls is read by everybody."""
    used = uses(map(tree_of, USERS))
    dead = [
        f"{shown(path)}: {name}"
        for path in SOURCE
        for name in declared(tree_of(path))
        if not used[name] and not name.startswith("__")
    ]
    assert not dead


def test_no_private_name_leaves_its_file() -> None:
    """An underscore promises that a change stays within one file."""
    found = [f"{shown(path)}: {name}" for path in SOURCE for name in borrowed(tree_of(path))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "from crmsnap.publish.order import _sorted",
        "from crmsnap.publish import order\norder._by(1)",
    ],
)
def test_a_borrowed_private_name_is_found(source: str) -> None:
    """The search itself is tried on what it is there for."""
    assert list(borrowed(ast.parse(source)))


@pytest.mark.parametrize("path", PRODUCT, ids=shown)
def test_names_are_those_of_the_glossary(path: Path) -> None:
    """One word per thing; HubSpot's own field names (`portal_id`) keep theirs."""
    instead = avoided()
    assert instead["portal"] == "account"
    wrong = [
        f"{name}: {instead[word]}"
        for name in [path.stem, *names_of(tree_of(path))]
        for word in words_of(name)
        if word in instead and name != "portal_id"
    ]
    assert not wrong


def test_a_name_with_another_word_is_found() -> None:
    """The search itself is tried on what it is there for."""
    names = list(names_of(ast.parse("class TenantDump:\n    sinkUrl: str\ndef f(job_id): ...")))
    found = {word for name in names for word in words_of(name)}
    assert {"tenant", "dump", "sink", "job"} <= found & set(avoided())


def test_no_name_is_vague() -> None:
    """A file called `utils` has no noun, so everything belongs in it."""
    found = [
        f"{shown(path)}: {name}"
        for path in [*SOURCE, *files_of(".py", below="tests")]
        for name in [path.stem, *names_of(tree_of(path))]
        if VAGUE & set(words_of(name))
    ]
    assert not found


@pytest.mark.parametrize(
    "path", [path for path in SOURCE if "__all__" in declared(tree_of(path))], ids=shown
)
def test_packages_export_what_they_have(path: Path) -> None:
    """`__all__` names nothing that is missing; lint keeps it sorted (RUF022)."""
    module = import_module(module_of(path))
    assert not [name for name in module.__all__ if not hasattr(module, name)]


def test_error_codes_are_words_with_hyphens() -> None:
    """They are typed into searches and compared in scripts."""
    codes, waiting = [], [CrmsnapError]
    while waiting:
        error = waiting.pop()
        codes.append(error.code)
        waiting += error.__subclasses__()
    assert not [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)]


def test_the_version_is_one_that_package_indexes_accept() -> None:
    """The wheel, `--version` and the manifest all take it from here."""
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", crmsnap.__version__)
