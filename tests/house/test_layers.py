"""The import contract of `pyproject.toml` holds, and holds what it promises."""

import ast
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure

from tests.house.repository import ROOT, files_of, shown, tree_of

CONTRACT = str(ROOT / "pyproject.toml")


def test_the_import_contract_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data flows down the layers and never back; every top-level module has chosen its layer."""
    monkeypatch.chdir(ROOT)  # import-linter reads its settings and finds packages from here
    configure()
    kept = use_cases.lint_imports(config_filename=CONTRACT, cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_the_contract_names_every_layer_that_exists() -> None:
    """A contract that lost a layer in an edit would still be kept."""
    options = use_cases.read_user_options(config_filename=CONTRACT)
    (layers,) = (one for one in options.contracts_options if one["type"] == "layers")
    named = {name.strip(" ()") for layer in layers["layers"] for name in layer.split("|")}
    named |= set(layers["exhaustive_ignores"])
    source = ROOT / "src" / "crmsnap"
    modules = {
        path.relative_to(source).parts[0].removesuffix(".py")
        for path in files_of(".py", below="src/crmsnap")
    }
    assert modules - {"__init__"} <= named


def foreign_imports(tree: ast.Module) -> list[str]:
    """What a file of the sandbox imports of the product, also inside functions and by name."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported = [name.name for name in names]
            case ast.ImportFrom(module=module, level=0):
                imported = [module or ""]
            case ast.ImportFrom():
                imported = ["crmsnap (relative)"]
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if ast.unparse(
                function
            ).endswith(("__import__", "import_module")):
                imported = [name]
            case _:
                continue
        found += [
            name
            for name in imported
            if name.split(".")[0].startswith("crmsnap") and not is_of_the_sandbox(name)
        ]
    return found


def is_of_the_sandbox(module: str) -> bool:
    """Whether a module belongs to the sandbox."""
    return module == "crmsnap.sandbox" or module.startswith("crmsnap.sandbox.")


@pytest.mark.parametrize("path", files_of(".py", below="src/crmsnap/sandbox"), ids=shown)
def test_the_sandbox_imports_nothing_of_the_product(path: Path) -> None:
    """It judges the product, so it may not share the product's mistakes."""
    assert not foreign_imports(tree_of(path))


@pytest.mark.parametrize(
    "source",
    [
        "import crmsnap.hubspot.times",
        "def f() -> None:\n    from crmsnap.errors import CrmsnapError",
        "from crmsnap import __version__",
        "from ..hubspot import times",
        "times = importlib.import_module('crmsnap.hubspot.times')",
    ],
)
def test_an_import_of_the_product_is_found(source: str) -> None:
    """The search itself is tried on what it is there for."""
    assert foreign_imports(ast.parse(source))


def test_imports_of_the_sandbox_itself_are_free() -> None:
    """Its own modules and other packages are no business of this rule."""
    assert not foreign_imports(ast.parse("import json\nfrom crmsnap.sandbox.clock import Clock"))
