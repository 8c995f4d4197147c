"""What a finished file does not hold: notes to oneself, switched-off tests, unexplained exceptions to rules."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_NOTES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pragma:\s*no\s*(cover|branch)")
_SWITCHES = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest"})
_HATCH = re.compile(r"#\s*(?:type:\s*ignore|noqa|mypy:|ruff:)")
_EXPLAINED = re.compile(
    r"""\#\s*(?:
        type:\s*ignore\[[a-z, -]+\]\s*\#\s*\S+\s+\S+       # type: ignore[code]  # why so
      | noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*\s+-\s+\S+\s+\S+   # noqa: X123 - why so
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and its line."""

    line: int
    text: str


@cache
def comments(source: str) -> tuple[Comment, ...]:
    """Every comment of a Python file; a `#` inside a text is none. Several tests ask for those of all files."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return tuple(
        Comment(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
    )


def notes(source: str) -> Iterator[str]:
    """Notes to oneself in comments and docstrings, and tests or code that are switched off."""
    for comment in comments(source):
        if _NOTES.search(comment.text):
            yield f"line {comment.line}: {comment.text}"
    tree = ast.parse(source)
    caught = {name for handler in _handlers(tree) for name in ast.walk(handler)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = _NOTES.search(ast.get_docstring(node) or "")
            if found:
                yield f"a docstring with {found[0]}"
        elif (
            isinstance(node, ast.Name)
            and node.id == "NotImplementedError"
            and node not in caught  # a library may raise it
        ):
            yield f"line {node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr in _SWITCHES and _is_of_tests(node):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def _handlers(tree: ast.AST) -> Iterator[ast.expr]:
    """What the `except` clauses of a file catch."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield node.type


def hatches(source: str) -> list[Comment]:
    """The comments that ask a tool to look away."""
    return [comment for comment in comments(source) if _HATCH.search(comment.text)]


def is_explained(hatch: Comment) -> bool:
    """Whether it names what is ignored and says why."""
    return bool(_EXPLAINED.search(hatch.text))


def _is_of_tests(node: ast.Attribute) -> bool:
    """`pytest.skip`, `pytest.mark.xfail`, `unittest.skip`, `self.skipTest`; but no `reader.skip`."""
    root = ast.unparse(node.value)
    return root in ("pytest", "pytest.mark", "unittest") or node.attr == "skipTest"
