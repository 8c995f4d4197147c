"""What a Markdown page holds that can be wrong: links, headings, commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.house.repository import text_of

_BAR = re.compile(r"(?<!\\)\|")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code and the language that it names."""

    language: str
    text: str
    line: int
    """Of the page, from 1: where the block begins."""


def links(path: Path) -> Iterator[str]:
    """The addresses of all links and pictures of a page."""
    for token in _tokens(path):
        for inline in token.children or ():
            if inline.type == "link_open":
                yield str(inline.attrs["href"])
            elif inline.type == "image":
                yield str(inline.attrs["src"])


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    tokens = _tokens(path)
    found: set[str] = set()
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            words = "".join(inline.content for inline in token.children or ())
            anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            repeated = sum(
                one == anchor or re.fullmatch(rf"{re.escape(anchor)}-\d+", one) is not None
                for one in found
            )
            found.add(f"{anchor}-{repeated}" if repeated else anchor)
    return found


def fences(path: Path) -> list[Fence]:
    """The blocks of code of a page."""
    return [
        Fence(token.info.strip(), token.content, (token.map or [0])[0] + 1)
        for token in _tokens(path)
        if token.type == "fence"
    ]


def code_spans(path: Path) -> set[str]:
    """The short pieces of code within the text and the tables of a page."""
    return {
        inline.content
        for token in _tokens(path)
        for inline in token.children or ()
        if inline.type == "code_inline"
    }


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of all tables of a page as texts, without their headers."""
    row: list[str] = []
    for token, after in pairwise(_tokens(path)):
        if token.type == "tr_open":
            row = []
        elif token.type == "td_open":
            row.append(after.content)
        elif token.type == "tr_close" and row:
            yield row


def ragged_rows(path: Path) -> list[int]:
    """The lines of tables with another number of cells than their header: a `|` within a cell is `\\|`."""
    lines = text_of(path).splitlines()
    ragged = []
    for token in _tokens(path):
        if token.type == "table_open" and token.map:
            first, end = token.map
            cells = [len(_BAR.findall(line)) for line in lines[first:end]]
            ragged += [first + at + 1 for at, count in enumerate(cells) if count != cells[0]]
    return ragged


def commands(fence: Fence) -> Iterator[list[str]]:
    """The commands of a shell block as words, without variables before and redirections behind them."""
    for line in _typed(fence):
        words: list[str] = []
        is_redirected = False
        for word in [*line, ";"]:
            if set(word) <= set("&|;"):
                if words:
                    yield words
                words, is_redirected = [], False
            elif set(word) <= set("<>"):
                is_redirected = True
            elif not is_redirected and (words or not _ASSIGNMENT.match(word)):
                words.append(word)


def _typed(fence: Fence) -> Iterator[list[str]]:
    """What a reader types, line by line: all of a script, in a session what stands behind a `$`."""
    lines = re.sub(r"\\\n\s*", " ", fence.text).splitlines()
    if fence.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    elif fence.language not in ("sh", "bash"):
        return
    pending = ""
    for line in lines:
        pending += line + "\n"
        lexer = shlex.shlex(pending, posix=True, punctuation_chars="&|;<>")
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:  # a quote that the next line closes
            continue
        yield words
        pending = ""
    assert not pending, f"a quote is never closed: {pending}"


@cache
def _tokens(path: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text_of(path))
