"""From what stands on the command line to connections and their settings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crmsnap.cli.options import typed
from crmsnap.errors import ConfigError, CrmsnapError, UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known
    from crmsnap.config import ConnectionSettings, Settings

_HOW_TO_MAKE_ONE = "write one with `crmsnap init`, or make one: crmsnap connections add"


def known_connections(
    file: Path | None, home: Path | None, redactor: Redactor
) -> "dict[str, Known]":
    """Every connection, by name: those of the configuration file and of the registry.

    The redactor, `context.obj.redactor`, is told every secret as soon as it is known.
    """
    from crmsnap import bootstrap

    settings, folder = loaded(file, home, redactor)
    return bootstrap.known_connections(settings, folder, redactor)


def loaded(file: Path | None, home: Path | None, redactor: Redactor) -> "tuple[Settings, Path]":
    """The settings and the home folder, after the redactor was told every secret that they hold."""
    from crmsnap import config

    folder = config.home_folder(home)
    settings = config.load(config.find_file(file, folder))
    for secret in config.known_secrets(settings):
        redactor.learn(secret)
    return settings, folder


def registry_url(file: Path | None, home: Path | None, redactor: Redactor) -> str:
    """Where runs are remembered and connections that commands make are kept."""
    from crmsnap import bootstrap

    settings, folder = loaded(file, home, redactor)
    return bootstrap.registry_url(settings, folder)


def chosen(
    known: "Mapping[str, Known]", names: Sequence[str], *, everyone: bool, redactor: Redactor
) -> "list[Known]":
    """The connections that are meant: the named ones, all that are enabled, or the only one there is.

    Without any configuration it is a nameless one, which takes everything from options.
    """
    from crmsnap.bootstrap import Known
    from crmsnap.config import ConnectionSettings

    if everyone and names:
        raise UsageError("--all and names of connections exclude each other")
    if everyone and not known:
        raise ConfigError("no connection is configured", remedy=_HOW_TO_MAKE_ONE)
    if everyone:
        return [one for one in known.values() if one.settings.enabled]
    if not names:
        if not known:
            return [Known(None, ConnectionSettings(), redactor=redactor)]
        if len(known) > 1:
            raise UsageError(
                "which connection?",
                cause=f"{len(known)} are configured: {', '.join(known)}",
                remedy="name one or more of them, or give --all",
            )
    return [named(known, name) for name in tuple(dict.fromkeys(names)) or tuple(known)]


def one_connection(
    name: str | None,
    base_url: str | None,
    file: Path | None,
    home: Path | None,
    redactor: Redactor,
) -> "Known":
    """The one connection that is asked about: the named one, or the only one there is."""
    known = known_connections(file, home, redactor)
    (picked,) = chosen(known, () if name is None else (name,), everyone=False, redactor=redactor)
    return changed(picked, {"base_url": base_url} if base_url else {})


def changed(known: "Known", options: Mapping[str, object]) -> "Known":
    """The connection with what the command line says instead."""
    from crmsnap import config

    # Whoever types a host on the command line means it; in a configuration it has to be said.
    meant = {"allow_other_host": True} if "base_url" in options else {}
    return replace(known, settings=config.changed(known.settings, {**options, **meant}))


def placed(known: "Mapping[str, Known]", picked: "Known", options: Mapping[str, object]) -> "Known":
    """The connection with what the command line says instead, its place among those of all others.

    Raise `ConfigError` when that is, holds or lies within the place of another connection, `UsageError` when
    it is no place.
    """
    from crmsnap.bootstrap.sharing import refuse_shared
    from crmsnap.destinations.url import check_url

    places = [options[key] for key in ("to", "state_url") if key in options]
    for place in places:
        with typed(place):
            check_url(str(place))
    moved = changed(picked, options)
    if places:
        others = {name: one.settings for name, one in known.items() if name != picked.name}
        name = picked.name or "--to"
        refuse_shared({**others, name: moved.settings}, name)
    return moved


def named(known: "Mapping[str, Known]", name: str) -> "Known":
    """The connection of that name. Raise `ConfigError` when there is none."""
    from crmsnap.config import near

    found = known.get(name)
    if found is None:
        raise ConfigError(
            f"there is no connection {name!r}",
            cause=f"configured are: {', '.join(known) or 'none'}",
            remedy=near(name, known) or _HOW_TO_MAKE_ONE,
        )
    return found


def check_enabled(known: "Known") -> None:
    """Raise `UsageError` for a connection that somebody has switched off."""
    if known.settings.enabled:
        return
    is_ours = known.origin == "registry"
    raise UsageError(
        f"connection {known.name} is disabled",
        cause="somebody switched it off"
        if is_ours
        else f"`enabled = false` stands in [connections.{known.name}]",
        remedy=f"crmsnap connections enable {known.name}"
        if is_ours
        else "remove that line from the configuration",
    )


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
    try:
        known = known_connections(None, None, Redactor())
    except CrmsnapError:
        return []
    return [name for name in known if name.startswith(incomplete)]


def state_folder(name: str | None, home: Path | None) -> tuple[str, Path]:
    """The state that is meant, by its connection: the named one, or the only one there is."""
    from crmsnap.bootstrap.upkeep import states
    from crmsnap.config import home_folder, near

    folder = home_folder(home)
    found = states(folder)
    if name is None and len(found) == 1:
        return next(iter(found.items()))
    if name is None or name not in found:
        raise UsageError(
            "which connection's state?" if name is None else f"{name!r} has no state here",
            cause=f"{folder} has states of: {', '.join(found) or 'nobody'}",
            remedy=near(name or "", found) or "name one of them, or sync first",
        )
    return name, found[name]


def state_of(
    name: str | None, file: Path | None, home: Path | None, redactor: Redactor
) -> "tuple[str, Known, Path]":
    """The connection whose state is meant, and the home folder.

    One without a configuration is known by its state: where its last run wrote to.
    """
    from crmsnap import bootstrap
    from crmsnap.config import ConnectionSettings, home_folder

    known, folder = known_connections(file, home, redactor), home_folder(home)
    if name is None or name not in known:
        name, _ = state_folder(name, home)
    if name in known:
        return name, known[name], folder
    settings = ConnectionSettings(to=bootstrap.last_destination(folder, name))
    registry = registry_url(file, home, redactor)  # others may work on it, who have its lease
    made = bootstrap.Known(name, settings, registry=registry, redactor=redactor)
    return name, made, folder


def place(text: str, file: Path | None, home: Path | None, redactor: Redactor) -> "Known":
    """The connection behind a name, a folder or a URL: where its snapshots are.

    What can be no name is no question for the registry, which may be on another machine.
    """
    if "/" in text or text in (".", ".."):
        loaded(file, home, redactor)
        return _nameless(text, redactor)
    known = known_connections(file, home, redactor)
    if text in known:
        return known[text]
    if Path(text).exists():
        return _nameless(text, redactor)
    from crmsnap.config import near

    raise UsageError(
        f"{text!r} is neither a connection nor a folder nor a URL",
        cause=f"configured are: {', '.join(known) or 'none'}",
        remedy=near(text, known) or "give a folder, or s3://bucket/prefix",
    )


def _nameless(to: str, redactor: Redactor) -> "Known":
    from crmsnap.bootstrap import Known
    from crmsnap.config import ConnectionSettings
    from crmsnap.destinations.url import check_url

    with typed(to):
        check_url(to)
    return Known(None, ConnectionSettings(to=to), redactor=redactor)
