"""Which connections there are: those of the configuration file, and those that commands made.

A connection has one owner. The file's are read-only for commands; the registry's stand in no file.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from crmsnap.bootstrap.sharing import refuse_shared
from crmsnap.config import ConnectionSettings, Settings, stored
from crmsnap.errors import ConfigError
from crmsnap.redaction.redactor import Redactor
from crmsnap.registry.address import file_url, is_there
from crmsnap.registry.peeking import may_have_connections

REGISTRY_FILE = "registry.sqlite"


@dataclass(frozen=True, slots=True)
class Known:
    """A connection, and where more is known about it."""

    name: str | None
    """None: it is called by its account, because there is no configuration."""
    settings: ConnectionSettings
    origin: Literal["file", "registry", "options"] = "options"
    registry: str | None = field(default=None, repr=False)
    """URL of the registry; it may hold a password."""
    redactor: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    """Is told each secret of the connection as soon as it is known, so that nothing shows it."""


def registry_url(settings: Settings, home: Path) -> str:
    """Where the registry is: what is set, else a SQLite file in the home folder."""
    if settings.registry is not None:
        return settings.registry.get_secret_value()
    return file_url(home / REGISTRY_FILE)


def known_connections(settings: Settings, home: Path, redactor: Redactor) -> dict[str, Known]:
    """Every connection by name.

    Raise `ConfigError` when two places have one of the same name, or two use one role or place.
    """
    url = registry_url(settings, home)
    found = {
        name: Known(name, one, "file", url, redactor) for name, one in settings.connections.items()
    }
    if settings.registry is None and not may_have_connections(home / REGISTRY_FILE):
        return _unshared(found)
    from crmsnap.registry.connections import connections
    from crmsnap.registry.opening import open_registry

    if not is_there(url):
        return _unshared(found)
    with open_registry(url) as registry:
        made = connections(registry)
    for one in made:
        if one.name in found:
            raise ConfigError(
                f"there are two connections {one.name!r}",
                cause="one is configured (in the file or in variables), the other was made by a command",
                remedy=f"rename the configured one, or `crmsnap connections remove {one.name}`",
            )
        own = stored(one.name, one.settings, enabled=one.enabled)
        found[one.name] = Known(one.name, own, "registry", url, redactor)
    return _unshared(found)


def _unshared(found: dict[str, Known]) -> dict[str, Known]:
    refuse_shared({name: one.settings for name, one in found.items()})
    return found
