"""Connections that commands made and their links to AWS, on both databases."""

import threading
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from crmsnap.errors import Busy, ConnectError, UsageError
from crmsnap.registry.aws_links import (
    aws_link,
    aws_links,
    loosen_aws_link,
    make_aws_link,
    mark_connected,
    place_aws_link,
)
from crmsnap.registry.connections import (
    StoredConnection,
    add_connection,
    change_connection,
    connections,
    remove_connection,
)
from crmsnap.registry.leases import give_lease_back, take_lease
from crmsnap.registry.opening import open_registry

NOW = "2026-11-20 05:00:00.000"
LATER = "2026-11-21 05:00:00.000"
ROLE = "arn:aws:iam::222222222222:role/crmsnap"


def linked(registry: Engine, name: str, role: str, bucket: str, prefix: str) -> None:
    """A link of that name with a role and a place."""
    make_aws_link(registry, name, uuid4(), now=NOW)
    place_aws_link(registry, name, role_arn=role, bucket=bucket, prefix=prefix)


def test_a_connection_is_kept_as_it_was_said(registry: Engine):
    """Texts of any language, numbers, tables."""
    settings = {"to": "s3://lake/ärger", "workers": 4, "s3": {"region": "eu-central-1"}}
    add_connection(registry, "acme", settings, now=NOW)
    assert connections(registry) == (StoredConnection("acme", settings, True, NOW, NOW),)


def test_a_name_is_given_once(registry: Engine):
    """And what has it already stays."""
    add_connection(registry, "acme", {"to": "a"}, now=NOW)
    with pytest.raises(UsageError, match="acme"):
        add_connection(registry, "acme", {"to": "b"}, now=LATER)
    assert connections(registry)[0].settings == {"to": "a"}


def test_settings_and_the_switch_are_changed_apart(registry: Engine):
    """Switching off keeps settings, and the other way round; the time of the change is kept."""
    add_connection(registry, "acme", {"to": "a"}, now=NOW)
    assert change_connection(registry, "acme", enabled=False, now=LATER)
    assert change_connection(registry, "acme", settings={"to": "b"}, now=LATER)
    assert connections(registry) == (StoredConnection("acme", {"to": "b"}, False, NOW, LATER),)
    assert not change_connection(registry, "nobody", enabled=True, now=LATER)


def test_removing_forgets_the_link_and_the_tokens(registry: Engine):
    """Nothing that a later connection of the same name could use."""
    for name in ("acme", "other"):
        add_connection(registry, name, {}, now=NOW)
        make_aws_link(registry, name, uuid4(), now=NOW)
        with registry.begin() as db:
            db.execute(
                text("INSERT INTO secrets VALUES (:name, 'token', 'k', 'c', 't')"), {"name": name}
            )
    assert remove_connection(registry, "acme")
    assert not remove_connection(registry, "acme")
    assert [one.name for one in connections(registry)] == ["other"]
    assert [one.connection for one in aws_links(registry)] == ["other"]
    with registry.connect() as db:
        assert db.execute(text("SELECT connection FROM secrets")).scalars().all() == ["other"]


def test_a_connection_that_is_being_copied_is_not_removed(registry: Engine):
    """Its run would lose its external id half way."""
    add_connection(registry, "acme", {}, now=NOW)
    take_lease(registry, "acme", "host:1:x", seconds=60)
    with pytest.raises(Busy):
        remove_connection(registry, "acme")
    give_lease_back(registry, "acme", "host:1:x")
    assert remove_connection(registry, "acme")


def test_an_external_id_is_made_once(registry: Engine):
    """Whoever asks again gets the one that there is."""
    first = make_aws_link(registry, "acme", UUID(int=1), now=NOW)
    assert make_aws_link(registry, "acme", UUID(int=2), now=LATER) == first
    assert first.external_id == str(UUID(int=1))


@pytest.mark.parametrize(
    ("role", "bucket", "prefix"),
    [
        (ROLE, "other-bucket", "x"),
        (ROLE + "2", "lake", "acme"),
        (ROLE + "2", "lake", "acme/below"),
        (ROLE + "2", "lake", ""),
    ],
    ids=["role", "same place", "below it", "whole bucket"],
)
def test_a_role_or_a_place_of_another_connection_is_refused(
    registry: Engine, role: str, bucket: str, prefix: str
):
    """With it, one customer's rights would reach another's data."""
    linked(registry, "acme", ROLE, "lake", "acme")
    with pytest.raises(ConnectError, match="acme"):
        linked(registry, "other", role, bucket, prefix)
    untouched = aws_link(registry, "other")
    assert untouched is not None
    assert untouched.role_arn is None


def test_a_name_that_begins_alike_is_no_place_of_another(registry: Engine):
    """`acme2` is no folder of `acme`."""
    linked(registry, "acme", ROLE, "lake", "acme")
    linked(registry, "other", ROLE + "2", "lake", "acme2")


def test_a_bucket_of_another_store_is_another_bucket(registry: Engine):
    """Two stores of their own may both have a `lake`; the host tells them apart, also from AWS."""
    stores = {"acme": "", "beta": "minio.example.com", "caro": "minio.example.org"}
    for name, store in stores.items():
        make_aws_link(registry, name, uuid4(), now=NOW)
        role = f"{ROLE}-{name}"
        place_aws_link(registry, name, role_arn=role, bucket="lake", prefix="hs", store=store)
    assert {link.connection: link.store for link in aws_links(registry)} == stores
    make_aws_link(registry, "deceiver", uuid4(), now=NOW)
    for name, store in stores.items():
        with pytest.raises(ConnectError, match=name):
            place_aws_link(
                registry,
                "deceiver",
                role_arn=f"{ROLE}-d",
                bucket="lake",
                prefix="hs/inner",
                store=store,
            )


def test_placing_a_link_where_it_is_forgets_nothing(registry: Engine):
    """The second call of `connect aws` says the same as the first."""
    linked(registry, "acme", ROLE, "lake", "acme")
    mark_connected(registry, "acme", region="eu-central-1", bucket_owner="222222222222", now=NOW)
    before = aws_link(registry, "acme")
    assert place_aws_link(registry, "acme", role_arn=ROLE, bucket="lake", prefix="acme") == before


def test_moving_a_link_forgets_that_it_was_connected(registry: Engine):
    """Its external id stays, and everything else has to be proven again."""
    linked(registry, "acme", ROLE, "lake", "acme")
    mark_connected(registry, "acme", region="eu-central-1", bucket_owner="222222222222", now=NOW)
    before = aws_link(registry, "acme")
    moved = place_aws_link(registry, "acme", role_arn=ROLE, bucket="lake", prefix="new")
    assert before is not None
    assert (before.connected_at, moved.connected_at) == (NOW, None)
    assert moved.external_id == before.external_id


def test_a_role_that_a_connection_gave_up_may_be_anothers(registry: Engine):
    """Whoever goes over to a folder of this machine gives up the role."""
    linked(registry, "acme", ROLE, "lake", "acme")
    loosen_aws_link(registry, "acme")
    linked(registry, "other", ROLE, "lake", "acme")


def test_two_connections_that_are_placed_at_once_cannot_both_have_it(registry: Engine, url: str):
    """Each must see the other, whichever is first."""
    names = [f"c{number}" for number in range(4)]
    for name in names:
        make_aws_link(registry, name, uuid4(), now=NOW)
    start, placed = threading.Barrier(len(names)), []

    def place(name: str) -> None:
        with open_registry(url) as own:
            start.wait()
            try:
                place_aws_link(own, name, role_arn=f"{ROLE}-{name}", bucket="lake", prefix="x")
                placed.append(name)
            except ConnectError:
                pass

    threads = [threading.Thread(target=place, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(placed) == 1
