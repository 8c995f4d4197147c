"""What the commands that change connections share: the registry, and which of them it owns."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmsnap.cli.chosen import loaded
from crmsnap.errors import ConfigError, UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.config import ConnectionSettings
    from crmsnap.registry.aws_links import AwsLink
    from crmsnap.registry.connections import StoredConnection
    from crmsnap.registry.opening import Registry


@dataclass(frozen=True, slots=True)
class Opened:
    """The registry, beside what the configuration says."""

    registry: "Registry"
    home: Path
    file: Path | None
    """The configuration file."""
    configured: "Mapping[str, ConnectionSettings]"
    """Connections of the file and of variables."""
    now: Callable[[], str]

    def stored(self, name: str, advice: str) -> "StoredConnection":
        """A connection that a command made.

        Raise `UsageError` with `advice` (what to write into the file instead) when the configuration
        has it, `ConfigError` when nobody has.
        """
        from crmsnap.config import near
        from crmsnap.registry.connections import connections

        made = {one.name: one for one in connections(self.registry)}
        if name in made:
            return made[name]
        if name in self.configured:
            raise UsageError(
                f"connection {name} is managed in {self.file or 'variables'}",
                cause="a connection has one owner, and commands do not write into the configuration",
                remedy=f"under [connections.{name}]: {advice}",
            )
        known = (*self.configured, *made)
        raise ConfigError(
            f"there is no connection {name!r}",
            cause=f"there are: {', '.join(sorted(known)) or 'none'}",
            remedy=near(name, known) or f"crmsnap connections add {name} --to s3://bucket/prefix",
        )

    def link_of_nobody(self, name: str) -> "AwsLink | None":
        """The link of a connection that is in no configuration any more, as after a new name there."""
        from crmsnap.registry.aws_links import aws_link
        from crmsnap.registry.connections import connections

        if name in self.configured or name in {one.name for one in connections(self.registry)}:
            return None
        return aws_link(self.registry, name)

    def refuse_shared(self, name: str, settings: Mapping[str, Any]) -> None:
        """Raise `ConfigError` when another connection has the role, or a place that overlaps."""
        from crmsnap.bootstrap.sharing import refuse_shared
        from crmsnap.config import stored
        from crmsnap.registry.connections import connections

        known = dict(self.configured)
        for one in connections(self.registry):
            with suppress(ConfigError):  # what cannot be read any more is said by whoever uses it
                known[one.name] = stored(one.name, one.settings, enabled=one.enabled)
        refuse_shared({**known, name: stored(name, settings, enabled=True)}, name)


@contextmanager
def opened(config: Path | None, home: Path | None, redactor: Redactor) -> Iterator[Opened]:
    """The registry of this configuration, made if there is none yet."""
    from crmsnap import bootstrap
    from crmsnap.config import find_file
    from crmsnap.registry.opening import open_registry

    settings, folder = loaded(config, home, redactor)
    file = find_file(config, folder)
    with open_registry(bootstrap.registry_url(settings, folder)) as registry:
        yield Opened(registry, folder, file, settings.connections, bootstrap.utc_now)
