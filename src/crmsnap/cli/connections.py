"""From what stands on the command line to connections and their settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crmsnap.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from crmsnap.config import ConnectionSettings, Settings


@dataclass(frozen=True, slots=True)
class Chosen:
    """A connection to work on."""

    name: str | None
    """None: there is no configuration file; it is then called by its account."""
    settings: "ConnectionSettings"


def chosen(settings: "Settings", names: Sequence[str], *, everyone: bool) -> list[Chosen]:
    """The connections that are meant: the named ones, all, or the only one there is.

    Without any configuration it is a nameless one, which takes everything from options.
    """
    from crmsnap.config import ConnectionSettings

    known = settings.connections
    if everyone and names:
        raise UsageError("--all and names of connections exclude each other")
    if everyone and not known:
        raise ConfigError("no connection is configured", remedy="write one with `crmsnap init`")
    if not names and not everyone:
        if not known:
            return [Chosen(None, ConnectionSettings())]
        if len(known) > 1:
            raise UsageError(
                "which connection?",
                cause=f"{len(known)} are configured: {', '.join(known)}",
                remedy="name one or more of them, or give --all",
            )
    picked = tuple(dict.fromkeys(names)) or tuple(known)
    return [Chosen(name, named(settings, name)) for name in picked]


def settings_of_one(
    name: str | None, base_url: str | None, file: Path | None, home: Path | None
) -> "ConnectionSettings":
    """The settings of the one connection that is asked about: the named one, or the only one there is."""
    from crmsnap import config

    settings = config.load(config.find_file(file, config.home_folder(home)))
    (picked,) = chosen(settings, () if name is None else (name,), everyone=False)
    return config.changed(picked.settings, {"base_url": base_url} if base_url else {})


def named(settings: "Settings", name: str) -> "ConnectionSettings":
    """The settings of a connection. Raise `ConfigError` when there is none of that name."""
    from crmsnap.config import near

    found = settings.connections.get(name)
    if found is None:
        known = ", ".join(settings.connections) or "none"
        raise ConfigError(
            f"there is no connection {name!r}",
            cause=f"configured are: {known}",
            remedy=near(name, settings.connections) or "write one with `crmsnap init`",
        )
    return found


def check_tables(settings: "ConnectionSettings") -> None:
    """Raise `UsageError` for a table that no account has, before anybody is called."""
    from crmsnap.model import Choice
    from crmsnap.tables import CATALOGUE
    from crmsnap.tables.chosen import chosen as chosen_tables

    chosen_tables(CATALOGUE, Choice(settings.tables, settings.exclude_tables))


def words(text: str | None) -> tuple[str, ...] | None:
    """`a,b` as its words; None stays None."""
    if text is None:
        return None
    return tuple(word.strip() for word in text.split(",") if word.strip())


def complete(incomplete: str) -> list[str]:
    """Names of configured connections, for the shell's completion; none when the file is wrong."""
    from crmsnap import config

    try:
        settings = config.load(config.find_file(None, config.home_folder(None)))
    except ConfigError:
        return []
    return [name for name in settings.connections if name.startswith(incomplete)]


def place(settings: "Settings", text: str) -> "ConnectionSettings":
    """The settings behind a connection's name, a folder or a URL: where its snapshots are."""
    from crmsnap.config import ConnectionSettings, near

    if text in settings.connections:
        return settings.connections[text]
    if "://" in text or "/" in text or text in (".", "..") or Path(text).exists():
        return ConnectionSettings(to=text)
    raise UsageError(
        f"{text!r} is neither a connection nor a folder nor a URL",
        cause=f"configured are: {', '.join(settings.connections) or 'none'}",
        remedy=near(text, settings.connections) or "give a folder, or s3://bucket/prefix",
    )
