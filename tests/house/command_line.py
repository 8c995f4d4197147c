"""The commands of `crmsnap` with their options, as the command line itself has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import typer

from crmsnap.cli import app

HELP = frozenset({"--help", "-h"})


@dataclass(frozen=True, slots=True)
class Option:
    """One option under all its names: `--json`, or `-q` and `--quiet`."""

    names: frozenset[str]
    takes_value: bool
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command or group."""

    words: tuple[str, ...]
    """What is typed: `crmsnap`, `config`, `show`."""
    options: tuple[Option, ...]
    help: str
    is_group: bool

    def option(self, name: str) -> Option | None:
        """The option of this name."""
        return next((option for option in self.options if name in option.names), None)


@cache
def commands() -> dict[tuple[str, ...], Command]:
    """Every command and group by its words, `crmsnap` itself included."""
    return {command.words: command for command in _walk(("crmsnap",), typer.main.get_command(app))}


def wrong_words(words: list[str]) -> list[str]:
    """The words of a `crmsnap ...` command that it does not understand."""
    known = commands()
    command = known[("crmsnap",)]
    wrong = []
    awaits_value = False
    for word in words[1:]:
        if awaits_value:
            awaits_value = False
        elif word.startswith("-"):
            name, equals, _ = word.partition("=")
            option = command.option(name)
            awaits_value = option is not None and option.takes_value and not equals
            if option is None and name not in HELP:
                wrong.append(word)
        elif (*command.words, word) in known:
            command = known[(*command.words, word)]
        elif command.is_group:
            wrong.append(word)
    return wrong


def _walk(words: tuple[str, ...], found: Any) -> Iterator[Command]:
    # Typer's own copy of Click has no public types, hence Any.
    options = tuple(
        Option(frozenset(one.opts + one.secondary_opts), not one.is_flag, one.help or "")
        for one in found.params
        if one.param_type_name == "option"
    )
    below = getattr(found, "commands", {})
    yield Command(words, options, found.help or "", is_group=bool(below))
    for name, command in below.items():
        yield from _walk((*words, name), command)
