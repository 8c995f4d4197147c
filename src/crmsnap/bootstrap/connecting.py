"""Connecting a customer's bucket: what is wanted, the link that keeps the external id, and its mark.

It takes two calls by nature. The first makes the external id, which the customer pastes into the role's
trust policy; the second asks AWS whether that was done. Nothing counts as connected before, and a
connection that is in use already goes on with what it has until then.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmsnap.bootstrap.clock import utc_now
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.sharing import refuse_shared, s3_place_of, store_of
from crmsnap.config import ConnectionSettings, kept, stored
from crmsnap.connection.agreement import Agreement, agreed
from crmsnap.connection.arn import RoleArn
from crmsnap.connection.check import Check, worst
from crmsnap.connection.policies import grant_of
from crmsnap.connection.questions import OWNER, REGION, RIGHT_ID, WITHOUT_ID, WRONG_ID
from crmsnap.destinations.s3 import REGION_UNLESS_SET
from crmsnap.destinations.s3_place import S3Place
from crmsnap.errors import ConfigError, UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.registry.aws_links import AwsLink
    from crmsnap.registry.opening import Registry

_TOKEN_KEYS = frozenset({"token_env", "token_file", "token_secret"})
_SAFEGUARDS = frozenset({WITHOUT_ID.name, WRONG_ID.name, RIGHT_ID.name})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a connection shall have on the side of AWS."""

    role: RoleArn
    place: S3Place
    kms_key: str | None = None
    narrow: bool = False
    """Grant no right to versions, and to delete only where the connection removes old days."""
    token: Mapping[str, str] = field(default_factory=dict)
    """Where the token of HubSpot is, as settings say it: `token_env`, `token_file`, `token_secret`."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """A connection with its link, on its way to be connected."""

    known: Known
    link: "AwsLink"
    agreement: Agreement
    is_new: bool
    """The external id was made a moment ago: nobody can have pasted it yet."""
    waiting: Mapping[str, Any] | None = None
    """Settings that a connection in use gets once they are proven; None: nothing waits for the proof."""

    @property
    def again(self) -> str:
        """The command that proves it: what waits is kept nowhere, so it is said again."""
        words = ["crmsnap", "connect", "aws", self.link.connection]
        if self.waiting is not None:
            grant = self.agreement.grant
            words += ["--role", str(self.agreement.role), "--to", str(self.waiting["to"])]
            words += [] if grant.kms_key is None else ["--kms-key", grant.kms_key]
            words += [] if grant.versions else ["--narrow"]
            for key in sorted(_TOKEN_KEYS & self.waiting.keys()):
                words += [f"--{key.replace('_', '-')}", str(self.waiting[key])]
        return shlex.join(words)

    @property
    def external_id(self) -> str:
        """The id that is to be proven: the next one, while one takes the other's place."""
        return self.link.next_external_id or self.link.external_id


def link_connection(
    known: Mapping[str, Known],
    name: str,
    wanted: Wanted,
    *,
    registry_url: str,
    user_arn: str,
    redactor: Redactor,
    rotate: bool = False,
) -> Connecting:
    """Keep what is wanted, with the connection's own external id, or with `rotate` also with its next.

    Of a connection that syncs already nothing is changed: what is wanted waits for its proof.

    Raise `ConfigError` for what the configuration file says otherwise or two connections would share,
    `ConnectError` for what AWS can never allow, `UsageError` when there is no id to be changed. The
    connection stays as it was then.
    """
    from crmsnap.registry import aws_links as links
    from crmsnap.registry.connections import add_connection, change_connection, connections
    from crmsnap.registry.opening import open_registry

    now = utc_now()
    with open_registry(registry_url) as registry:
        made = {one.name: one.settings for one in connections(registry)}.get(name)
        before = links.aws_link(registry, name)
        if rotate and before is None:
            raise _nothing_to_change(name)
        settings = kept(name, _with(made or {}, wanted), folder=Path.cwd())
        candidate = _candidate(known.get(name), name, wanted, settings, registry_url, redactor)
        everyone = {one.name or "": one.settings for one in {**known, name: candidate}.values()}
        refuse_shared(everyone, name)
        agreement = _agreement(candidate.settings, wanted, user_arn)
        link = links.make_aws_link(registry, name, uuid4(), now=now)
        in_use = made is not None and _in_use(made, before)
        waiting = settings if in_use and made != settings else None
        if waiting is None:
            link = _place(registry, name, agreement, candidate)
        if candidate.origin == "registry" and made is None:
            add_connection(registry, name, settings, now=now)
        elif candidate.origin == "registry" and made != settings and waiting is None:
            change_connection(registry, name, settings=settings, now=now)
        if rotate:
            link = links.propose_external_id(registry, name, uuid4())
    ids = tuple(one for one in (link.external_id, link.next_external_id) if one is not None)
    agreement = replace(agreement, external_ids=ids)
    return Connecting(candidate, link, agreement, is_new=before is None, waiting=waiting)


def proves(checks: tuple[Check, ...]) -> bool:
    """Whether these checks make a connection: nothing failed, and the role was seen to open for our id alone.

    A question about the role that could not be asked is no proof, so a skipped one is not enough.
    """
    seen = {check.name for check in checks if check.verdict == "ok"}
    return worst(checks) != "failed" and seen >= _SAFEGUARDS


def mark(connecting: Connecting, checks: tuple[Check, ...]) -> "AwsLink":
    """Remember that the checks prove the connection, and let what waited for it take over.

    When they do not, nothing is marked and the link stays as it is.
    """
    from crmsnap.registry.aws_links import adopt_external_id, aws_link, mark_connected
    from crmsnap.registry.connections import change_connection
    from crmsnap.registry.opening import open_registry

    link, registry_url = connecting.link, connecting.known.registry
    if registry_url is None or not proves(checks):
        return link
    found = {check.name: check.found for check in checks}
    with open_registry(registry_url) as registry:
        if connecting.waiting is not None:
            link = _place(registry, link.connection, connecting.agreement, connecting.known)
            settings = connecting.waiting
            change_connection(registry, link.connection, settings=settings, now=utc_now())
        if link.next_external_id is not None:
            link = adopt_external_id(registry, link.connection, link.next_external_id)
        mark_connected(
            registry,
            link.connection,
            region=found.get(REGION.name) or REGION_UNLESS_SET,
            bucket_owner=found.get(OWNER.name) or None,
            now=utc_now(),
        )
        return aws_link(registry, link.connection) or link


def _in_use(made: Mapping[str, Any], link: "AwsLink | None") -> bool:
    """Whether syncs go on with these settings: proven ones, or some that need no proof."""
    return (link is not None and link.connected_at is not None) or "role_arn" not in made.get(
        "s3", {}
    )


def _place(registry: "Registry", connection: str, agreement: Agreement, known: Known) -> "AwsLink":
    """The link with the role and place that are agreed upon; when they are others, it is to be proven again."""
    from crmsnap.registry.aws_links import place_aws_link

    return place_aws_link(
        registry,
        connection,
        role_arn=str(agreement.role),
        bucket=agreement.grant.bucket,
        prefix=agreement.grant.prefix,
        store=store_of(known.settings),
    )


def _candidate(
    current: Known | None,
    name: str,
    wanted: Wanted,
    settings: Mapping[str, Any],
    registry_url: str,
    redactor: Redactor,
) -> Known:
    """The connection as it shall be; that of the file as it is, which must say the same already."""
    if current is not None and current.origin == "file":
        _refuse_changes(name, current.settings, wanted)
        return current
    if current is None:
        return Known(name, stored(name, settings, enabled=True), "registry", registry_url, redactor)
    own = stored(name, settings, enabled=current.settings.enabled)
    return replace(current, settings=own, shares=None)  # the caller has compared what it is now


def _refuse_changes(name: str, settings: ConnectionSettings, wanted: Wanted) -> None:
    """Raise `ConfigError` with the lines to write where the file says something else."""
    place = s3_place_of(settings)
    lines = []
    if place is None or place.url != wanted.place.url:
        lines.append(f'under [connections.{name}]: to = "{wanted.place.url}"')
    if settings.s3.role_arn != str(wanted.role):
        lines.append(f'under [connections.{name}.s3]: role_arn = "{wanted.role}"')
    if settings.s3.kms_key != wanted.kms_key:
        lines.append(f'under [connections.{name}.s3]: kms_key = "{wanted.kms_key}"')
    if settings.s3.deletes and not _deletes(settings.keep_days, wanted):
        lines.append(f"under [connections.{name}.s3]: deletes = false")
    lines += [
        f'under [connections.{name}]: {key} = "{value}"'
        for key, value in wanted.token.items()
        if str(getattr(settings, key)) != value
    ]
    if lines:
        raise ConfigError(
            f"connection {name} is in the configuration file, which says something else",
            cause="commands do not write into the file",
            remedy="write there, " + "; ".join(lines),
        )


def _with(made: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The settings that a connection of the registry has from now on."""
    s3 = {**made.get("s3", {}), "role_arn": str(wanted.role)}
    if wanted.place.region is not None:
        s3["region"] = wanted.place.region
    elif made.get("to") != wanted.place.url:
        s3.pop("region", None)  # it was that of another bucket
    if wanted.kms_key is not None:
        s3 |= {"encryption": "aws:kms", "kms_key": wanted.kms_key}
    if wanted.narrow:
        s3["deletes"] = _deletes(made.get("keep_days"), wanted)
    others = {
        key: value for key, value in made.items() if not (wanted.token and key in _TOKEN_KEYS)
    }
    return {**others, **wanted.token, "to": wanted.place.url, "s3": s3}


def _agreement(connection: ConnectionSettings, wanted: Wanted, user_arn: str) -> Agreement:
    grant = grant_of(
        wanted.place,
        wanted.role,
        kms_key=wanted.kms_key,
        versions=not wanted.narrow,
        deletes=_deletes(connection.keep_days, wanted),
    )
    return agreed(wanted.role, grant, user_arn, ())


def _deletes(keep_days: int | None, wanted: Wanted) -> bool:
    """Whether files are removed: with a narrow policy only where old days are."""
    return not wanted.narrow or keep_days is not None


def _nothing_to_change(name: str) -> UsageError:
    return UsageError(
        f"connection {name} has no external id yet",
        cause="only an id that is in use can be changed",
        remedy=f"crmsnap connect aws {name}",
    )
