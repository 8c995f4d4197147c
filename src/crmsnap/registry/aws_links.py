"""The tie between a connection and one AWS role: an external id that we make, and nobody else.

"The external ID ... must be unique to each customer" (AWS IAM User Guide, "Access to AWS accounts
owned by third parties"): one per connection here. It is taken from no input and changed by no edit,
so that no operator can be made to use the role of one customer for another (the confused deputy).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, Row, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from crmsnap.errors import ConnectError, RegistryError
from crmsnap.registry.schema import AWS_LINKS
from crmsnap.registry.transactions import reading


@dataclass(frozen=True, slots=True)
class AwsLink:
    """What ties one connection to one role."""

    connection: str
    external_id: str
    next_external_id: str | None = None
    """The one that shall take its place, while the customer changes the trust policy."""
    role_arn: str | None = None
    bucket: str | None = None
    prefix: str | None = None
    region: str | None = None
    bucket_owner: str | None = None
    """Account of the bucket when it was connected, 12 digits."""
    made_at: str = ""
    connected_at: str | None = None
    """When every check had passed; None: not yet."""
    store: str | None = None
    """Host of the store that has the bucket; empty or None: AWS."""


def aws_link(registry: Engine, connection: str) -> AwsLink | None:
    """The link of a connection, None before `crmsnap connect aws`."""
    with reading(registry) as db:
        row = db.execute(
            select(AWS_LINKS).where(AWS_LINKS.c.connection == connection)
        ).one_or_none()
    return None if row is None else _link(row)


def aws_links(registry: Engine) -> tuple[AwsLink, ...]:
    """Every link, by connection."""
    with reading(registry) as db:
        rows = db.execute(select(AWS_LINKS).order_by(AWS_LINKS.c.connection)).all()
    return tuple(_link(row) for row in rows)


def make_aws_link(registry: Engine, connection: str, external_id: UUID, *, now: str) -> AwsLink:
    """The link of a connection, made with this new external id if there is none yet."""
    made = insert(AWS_LINKS).values(
        connection=connection, external_id=str(external_id), made_at=now
    )
    try:
        with registry.begin() as db:
            db.execute(made)
    except IntegrityError:  # there is one already, or another process was first: it stays
        pass
    return _existing(registry, connection)


def place_aws_link(
    registry: Engine,
    connection: str,
    *,
    role_arn: str,
    bucket: str,
    prefix: str,
    store: str = "",
) -> AwsLink:
    """Tie the link to a role and a place; for another one, what the checks had found is forgotten.

    Raise `ConnectError` when another connection uses the role, or a place that overlaps.
    """
    values = {"role_arn": role_arn, "bucket": bucket, "prefix": prefix, "store": store}
    forgotten = {"region": None, "bucket_owner": None, "connected_at": None}
    with registry.begin() as db:
        if registry.dialect.name == "postgresql":
            # Two connections that are placed at once would not see each other. On SQLite they wait.
            db.execute(text("LOCK TABLE aws_links IN SHARE ROW EXCLUSIVE MODE"))
        links = tuple(map(_link, db.execute(select(AWS_LINKS))))
        wanted = AwsLink(connection, "", **values)
        _refuse_used((one for one in links if one.connection != connection), wanted)
        if not any(one.connection == connection and _agree(one, wanted) for one in links):
            db.execute(
                update(AWS_LINKS)
                .where(AWS_LINKS.c.connection == connection)
                .values(**values, **forgotten)
            )
    return _existing(registry, connection)


def loosen_aws_link(registry: Engine, connection: str) -> None:
    """Untie the link from its role and place, which others may have then; its external id stays."""
    nothing = dict.fromkeys(
        ("role_arn", "store", "bucket", "prefix", "region", "bucket_owner", "connected_at")
    )
    with registry.begin() as db:
        db.execute(update(AWS_LINKS).where(AWS_LINKS.c.connection == connection).values(**nothing))


def mark_connected(
    registry: Engine, connection: str, *, region: str, bucket_owner: str | None, now: str
) -> None:
    """Remember that every check passed, and what they found; no owner where the store knows none."""
    with registry.begin() as db:
        db.execute(
            update(AWS_LINKS)
            .where(AWS_LINKS.c.connection == connection)
            .values(region=region, bucket_owner=bucket_owner, connected_at=now)
        )


def propose_external_id(registry: Engine, connection: str, external_id: UUID) -> AwsLink:
    """Remember the id that shall take the place of the one in use; one that waits already stays."""
    with registry.begin() as db:
        db.execute(
            update(AWS_LINKS)
            .where(AWS_LINKS.c.connection == connection, AWS_LINKS.c.next_external_id.is_(None))
            .values(next_external_id=str(external_id))
        )
    return _existing(registry, connection)


def adopt_external_id(registry: Engine, connection: str, external_id: str) -> AwsLink:
    """Let the id that waits take over, if it still is this one; from now on runs use it."""
    with registry.begin() as db:
        db.execute(
            update(AWS_LINKS)
            .where(
                AWS_LINKS.c.connection == connection, AWS_LINKS.c.next_external_id == external_id
            )
            .values(external_id=external_id, next_external_id=None)
        )
    return _existing(registry, connection)


def overlap(one: str, other: str) -> bool:
    """Whether one prefix (without slashes at its ends) holds the other."""
    return (
        f"{one}/".startswith(f"{other}/")
        or f"{other}/".startswith(f"{one}/")
        or not (one and other)
    )


def _existing(registry: Engine, connection: str) -> AwsLink:
    link = aws_link(registry, connection)
    if link is None:
        raise RegistryError(
            f"the link of connection {connection} is gone",
            cause="it was removed a moment ago",
            remedy=f"crmsnap connect aws {connection}",
        )
    return link


def _refuse_used(others: Iterable[AwsLink], wanted: AwsLink) -> None:
    place = (wanted.store or "", wanted.bucket)
    for other in others:
        if other.role_arn == wanted.role_arn:
            raise _used(f"the role {wanted.role_arn}", other.connection)
        same_bucket = (other.store or "", other.bucket) == place
        if same_bucket and overlap(other.prefix or "", wanted.prefix or ""):
            raise _used(f"s3://{wanted.bucket}/{wanted.prefix}", other.connection)


def _agree(one: AwsLink, other: AwsLink) -> bool:
    """Whether two links are about one role and one place."""
    (mine, theirs) = (
        (link.role_arn, link.store or "", link.bucket, link.prefix) for link in (one, other)
    )
    return mine == theirs


def _used(what: str, by: str) -> ConnectError:
    return ConnectError(
        f"{what} is used by connection {by} already",
        cause="with one role or one place for two connections, one could reach the other's data",
        remedy="give every connection a role and a prefix of its own; "
        f"if {by} is no more or has another name now: crmsnap connections remove {by}",
    )


def _link(row: Row[tuple[object, ...]]) -> AwsLink:
    return AwsLink(**row._mapping)
