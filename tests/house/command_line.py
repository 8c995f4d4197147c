"""The commands of `crmsnap` with their options, as the command line itself has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import typer
from typer.exceptions import Exit, TyperException

from crmsnap.cli import app


@dataclass(frozen=True, slots=True)
class Option:
    """One option under all its names: `--json`, or `-q` and `--quiet`."""

    names: frozenset[str]
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command or group."""

    words: tuple[str, ...]
    """What is typed: `crmsnap`, `config`, `show`."""
    options: tuple[Option, ...]
    help: str


@cache
def commands() -> dict[tuple[str, ...], Command]:
    """Every command and group by its words, `crmsnap` itself included."""
    return {command.words: command for command in _walk(("crmsnap",), typer.main.get_command(app))}


def misunderstood(arguments: Sequence[str]) -> str:
    """What the command line itself has against these arguments; empty when it would go to work."""
    command: Any = typer.main.get_command(app)
    try:
        context = command.make_context("crmsnap", list(arguments))
        while hasattr(command, "commands"):
            # As Click's own Group.invoke does it; the rest of the words belongs to the subcommand.
            rest = [*context._protected_args, *context.args]
            name, command, rest = command.resolve_command(context, rest)
            context = command.make_context(name, rest, parent=context)
    except Exit:  # --help and --version have done their work
        return ""
    except TyperException as wrong:
        return str(wrong) or type(wrong).__name__
    return ""


def _walk(words: tuple[str, ...], found: Any) -> Iterator[Command]:
    # Typer's own copy of Click has no public types, hence Any.
    options = tuple(
        Option(frozenset(one.opts + one.secondary_opts), one.help or "")
        for one in found.params
        if one.param_type_name == "option"
    )
    yield Command(words, options, found.help or "")
    for name, command in getattr(found, "commands", {}).items():
        yield from _walk((*words, name), command)
