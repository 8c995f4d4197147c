"""What is asked again at every sync: a role may be opened, or a bucket change hands, on any day."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.aws.conftest import Customer
from tests.acceptance.aws.with_account import WithAccount
from tests.aws.server import CUSTOMER, OTHER_CUSTOMER, AwsServer, Keys
from tests.builders.command import Ended, assert_refused
from tests.builders.other_hosts import s3_like_store
from tests.builders.sandbox_process import SandboxAccount

OF_A_ROLE = ["assume-role-without-id", "assume-role-with-wrong-id", "assume-role"]


@pytest.fixture
def crmsnap(tmp_path: Path, aws: AwsServer, service: Keys, account: SandboxAccount) -> WithAccount:
    """The command with an account and AWS behind it."""
    return WithAccount(tmp_path, aws, service, account)


@pytest.fixture
def connected(crmsnap: WithAccount, customer: Customer) -> WithAccount:
    """A connection `acme` whose role was made as it was told."""
    crmsnap.set_up(customer)
    return crmsnap


def sync(crmsnap: WithAccount, *arguments: str, **variables: str) -> Ended:
    return crmsnap.asked("sync", *arguments, "--tables", "OWNERS", **variables)


def opened(customer: Customer, trust: dict[str, Any]) -> None:
    """Edit the trust policy: no condition any more."""
    (statement,) = trust["Statement"]
    bare = {name: value for name, value in statement.items() if name != "Condition"}
    customer.change(trust={**trust, "Statement": [bare]})


def test_a_sync_says_what_it_checked(connected: WithAccount, customer: Customer) -> None:
    """In its text and in its report, with the bucket's owner."""
    before = customer.aws.counts().get("AssumeRole", 0)
    ended = sync(connected, "acme", "--json")
    assert ended.exit_code == 0, ended.stderr
    expected = [*OF_A_ROLE, "list", "write", "bucket-owner", "create-only"]
    # Of a store with an endpoint of its own nobody knows whether it looks at the owner.
    verdicts = dict.fromkeys(expected, "ok") | {"bucket-owner": "skipped"}
    assert ended.json_lines[-1]["checked"] == verdicts
    assert customer.aws.counts()["AssumeRole"] - before == 3, "two that must fail, and the session"
    again = sync(connected, "acme")
    assert f"checked: {', '.join(expected[:4])}" in again.stdout, (
        "a day that is there is not written"
    )


def test_a_role_that_was_never_proven_is_not_used(crmsnap: WithAccount, customer: Customer) -> None:
    """The line stands in the file, and perhaps nobody has made the role yet: no call is made."""
    crmsnap.configure(customer)
    connect = crmsnap.connect("acme", "--no-check")
    ended = sync(crmsnap, "acme")
    assert_refused(ended, "configuration", 4, "acme is not connected", "crmsnap connect aws acme")
    customer.make_role(
        trust=connect["policies"]["trust"], policy=connect["policies"]["permissions"]
    )
    assert crmsnap.connect("acme")["connected"]
    ended = sync(crmsnap, "acme")
    assert ended.exit_code == 0, ended.stderr
    other = customer.role_arn.replace("role/", "role/other-")
    ended = sync(crmsnap, "acme", CRMSNAP_CONNECTIONS__ACME__S3__ROLE_ARN=other)
    assert_refused(ended, "configuration", 4, "what was proven is another role")


def test_a_role_that_was_opened_ends_the_run_before_it_reads(
    connected: WithAccount, customer: Customer
) -> None:
    """With the rights that everybody has now, somebody else's connection could name it."""
    opened(customer, connected.connect("acme", "--no-check")["policies"]["trust"])
    ended = sync(connected, "acme")
    assert_refused(ended, "connect", 5, "without any external id", "field Condition")
    assert "extract" not in ended.stderr
    found = customer.aws.admin().list_objects_v2(Bucket=customer.bucket, Prefix="hs/2")
    assert found["KeyCount"] == 0


def test_keys_of_our_own_that_were_switched_off_are_not_blamed_on_the_role(
    connected: WithAccount, customer: Customer
) -> None:
    """The refusal that the questions hope for has another code."""
    ended = sync(connected, "acme", AWS_ACCESS_KEY_ID="AKIASWITCHEDOFF")
    assert_refused(ended, "connect", 5, "does not know the access key", "other AWS keys")


def test_a_whole_bucket_is_synced_with_its_policy(crmsnap: WithAccount, customer: Customer) -> None:
    """Its policy, too, wants every listing to say a prefix."""
    crmsnap.set_up(customer, to=f"s3://{customer.bucket}")
    ended = sync(crmsnap, "acme")
    assert ended.exit_code == 0, ended.stderr


def test_who_insists_on_an_open_role_is_warned_at_every_sync(
    crmsnap: WithAccount, customer: Customer
) -> None:
    """A store of one's own may know no external id, as Ceph's gateway."""
    crmsnap.set_up(customer, more="unsafe_open_role = true")
    opened(customer, crmsnap.connect("acme", "--no-check")["policies"]["trust"])
    ended = sync(crmsnap, "acme")
    assert ended.exit_code == 0, ended.stderr
    assert "warning: assume-role-without-id" in ended.stdout
    checked = crmsnap.asked("check", "acme")
    assert checked.exit_code == 5, "the cross stays: whoever asks is told"


def test_where_nothing_may_be_removed_a_sync_does_not_try(
    crmsnap: WithAccount, customer: Customer
) -> None:
    """With the narrow policy every removal would be a denial, and a warning each day."""
    crmsnap.set_up(customer, more="deletes = false")
    before = customer.aws.counts().get("DeleteObject", 0)
    ended = sync(crmsnap, "acme", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert ended.json_lines[-1]["warnings"] == []
    again = sync(crmsnap, "acme", "--json", CRMSNAP_CONNECTIONS__ACME__KEEP_DAYS="1")
    (warning,) = again.json_lines[-1]["warnings"]
    assert "has deletes = false" in warning
    assert customer.aws.counts().get("DeleteObject", 0) == before


def test_what_a_sync_may_not_remove_is_named_in_its_report(
    connected: WithAccount, customer: Customer
) -> None:
    """The day is published, and nobody has to guess where the one small file comes from."""
    policy = connected.connect("acme", "--no-check")["policies"]["permissions"]
    for statement in policy["Statement"]:
        if isinstance(statement["Action"], list):
            statement["Action"] = [one for one in statement["Action"] if "Delete" not in one]
    customer.change(policy=policy)
    ended = sync(connected, "acme", "--json")
    assert ended.exit_code == 0, ended.stderr
    (warning,) = ended.json_lines[-1]["warnings"]
    assert warning.startswith(".crmsnap/write-test stays")
    left = customer.keys()
    assert [key for key in left if ".crmsnap" in key] == ["hs/.crmsnap/write-test"]


def test_who_insists_on_an_open_role_still_hears_of_unknown_keys(
    crmsnap: WithAccount, customer: Customer
) -> None:
    """What is tolerated is the open role, and nothing else that kept the question from its answer."""
    crmsnap.set_up(customer, more="unsafe_open_role = true")
    ended = sync(crmsnap, "acme", AWS_ACCESS_KEY_ID="AKIASWITCHEDOFF")
    assert_refused(ended, "connect", 5, "does not know the access key", "other AWS keys")


def test_a_bucket_of_somebody_else_is_not_written(
    connected: WithAccount, customer: Customer
) -> None:
    """It was deleted and made again by a stranger, who opens it to our role."""
    customer.aws.remove_bucket(customer.bucket)
    arn = f"arn:aws:s3:::{customer.bucket}"
    everything = {
        "Effect": "Allow",
        "Principal": {"AWS": customer.role_arn},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
    }
    customer.aws.bucket(
        customer.bucket,
        OTHER_CUSTOMER,
        policy={"Version": "2012-10-17", "Statement": [everything]},
    )
    ended = sync(connected, "acme")
    assert_refused(ended, "destination-access-denied", 5)
    there = customer.aws.admin(OTHER_CUSTOMER).list_objects_v2(Bucket=customer.bucket)
    assert there["KeyCount"] == 0


def test_without_a_role_nothing_is_asked_of_sts(crmsnap: WithAccount, customer: Customer) -> None:
    """Keys of one's own need no role; loading boto3 for nothing would take a second."""
    before = customer.aws.counts()
    ended = sync(
        crmsnap,
        *("--to", customer.place, "--json"),
        AWS_ACCESS_KEY_ID=f"AKIAROOT{CUSTOMER}",
        AWS_SECRET_ACCESS_KEY="root-of-the-test",
        CRMSNAP_CONNECTIONS__PLAIN__S3__ALLOW_HTTP="true",
    )
    assert ended.exit_code == 0, ended.stdout + ended.stderr
    assert ended.json_lines[-1]["checked"] == dict.fromkeys(["list", "write", "create-only"], "ok")
    assert customer.aws.counts().get("AssumeRole") == before.get("AssumeRole")


def odd_store(crmsnap: WithAccount, url: str, more: str = "") -> None:
    crmsnap.write_config(
        '[connections.acme]\nto = "s3://bucket/hs"\n[connections.acme.s3]\n'
        f'endpoint_url = "{url}"\nallow_http = true\n{more}\n'
    )


def test_a_store_that_overwrites_is_refused_before_anything_is_read(crmsnap: WithAccount) -> None:
    """It answers 200 to a create-only write of a name that is there: two runs would mix."""
    with s3_like_store() as store:
        store.conditional = False
        odd_store(crmsnap, store.url)
        ended = sync(crmsnap, "acme")
        assert_refused(ended, "destination", 1, "overwrote", "unsafe_single_writer")
        assert store.files == {}


def test_a_store_that_overwrites_is_written_by_who_insists(crmsnap: WithAccount) -> None:
    """And every run says so."""
    with s3_like_store() as store:
        store.conditional = False
        odd_store(crmsnap, store.url, "unsafe_single_writer = true")
        ended = sync(crmsnap, "acme")
    assert ended.exit_code == 0, ended.stderr
    assert "warning: create-only" in ended.stdout
