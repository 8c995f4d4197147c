"""Buckets whose owners ask for more (A09): locks, encryption, conditions on writes, TLS; and versions (A08)."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.errors import DestinationError
from tests.aws.server import AwsServer, aws_server
from tests.builders.authority import Authority
from tests.builders.customer_bucket import CustomerBucket, customer_bucket

DATA = b"some part"
HASH = sha256(DATA).hexdigest()


def guarded(
    customer: CustomerBucket, condition: dict[str, Any], action: str = "s3:PutObject"
) -> None:
    """Let the bucket's own policy deny everybody what fulfils the condition."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Guard",
                "Effect": "Deny",
                "Principal": "*",
                "Action": action,
                "Resource": f"arn:aws:s3:::{customer.bucket}/*",
                "Condition": condition,
            }
        ],
    }
    customer.aws.remove_bucket(customer.bucket)
    customer.aws.bucket(customer.bucket, policy=policy)


def every_write(destination: Destination) -> None:
    """Create, copy and replace: all that a sync does to write."""
    destination.create("part", DATA, sha256=HASH)
    destination.copy("part", "copied", sha256=HASH)
    found = destination.head("part")
    assert found is not None
    assert found.e_tag is not None
    new = b"another part"
    destination.replace("part", new, sha256=sha256(new).hexdigest(), e_tag=found.e_tag)


def test_a_bucket_that_wants_encryption_named_takes_what_names_it(customer: CustomerBucket) -> None:
    """The setting `encryption` puts the header into every write, copies too."""
    guarded(customer, {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}})
    with pytest.raises(DestinationError, match="not allowed"):
        customer.opened().create("part", DATA, sha256=HASH)
    every_write(customer.opened(encryption="AES256"))
    assert customer.stored("copied") == DATA


def test_a_bucket_that_wants_conditions_on_writes_has_them(customer: CustomerBucket) -> None:
    """Parts and manifests are create-only anyway; nothing needs to be set."""
    guarded(customer, {"Null": {"s3:if-none-match": "true", "s3:if-match": "true"}})
    every_write(customer.opened())
    assert customer.stored("part") == b"another part"


def test_a_bucket_for_tls_only_is_closed_to_plain_http(customer: CustomerBucket) -> None:
    """The denial is told as one, and the part is not there."""
    guarded(customer, {"Bool": {"aws:SecureTransport": "false"}}, action="s3:*")
    with pytest.raises(DestinationError, match="not allowed"):
        customer.opened().create("part", DATA, sha256=HASH)
    assert customer.keys() == []


def test_a_bucket_for_tls_only_opens_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same denial stands in its policy."""
    authority = Authority(tmp_path)
    server = Path(authority.good().file)
    with aws_server(tmp_path / "log", tls=(server, server), authority=authority.file) as aws:
        customer = customer_bucket(aws)
        customer.keys_into(monkeypatch)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.file))
        guarded(customer, {"Bool": {"aws:SecureTransport": "false"}}, action="s3:*")
        every_write(customer.opened(ca_file=authority.file, allow_http=False))
        assert customer.stored("part") == b"another part"


@pytest.fixture
def locked(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> CustomerBucket:
    """A bucket that keeps every version for a day, whoever asks."""
    made = customer_bucket(aws, object_lock=True)
    made.keys_into(monkeypatch)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    aws.admin().put_object_lock_configuration(
        Bucket=made.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    return made


def test_a_locked_bucket_is_written_like_any_other(locked: CustomerBucket) -> None:
    """Object Lock wants a checksum with every PUT, and each has one; nothing is ever overwritten."""
    every_write(locked.opened())
    versions = locked.aws.admin().list_object_versions(Bucket=locked.bucket, Prefix="hs/part")
    assert len(versions["Versions"]) == 2


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_a_deleted_file_of_a_bucket_with_versions_can_be_written_again(
    customer: CustomerBucket, status: str
) -> None:
    """A delete marker is not a file: create-only means that nothing is there now."""
    customer.aws.admin().put_bucket_versioning(
        Bucket=customer.bucket, VersioningConfiguration={"Status": status}
    )
    destination = customer.opened()
    destination.create("part", DATA, sha256=HASH)
    destination.delete("part")
    assert destination.head("part") is None
    assert list(destination.list("")) == []
    destination.create("part", DATA, sha256=HASH)
    assert destination.get("part") == DATA


def test_the_current_version_is_the_one_that_counts(customer: CustomerBucket) -> None:
    """Somebody else's newer version is what readers get, so it is what verify must see."""
    customer.aws.admin().put_bucket_versioning(
        Bucket=customer.bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    destination = customer.opened()
    destination.create("part", DATA, sha256=HASH)
    customer.aws.admin().put_object(Bucket=customer.bucket, Key="hs/part", Body=b"theirs")
    assert destination.get("part") == b"theirs"
    found = destination.head("part")
    assert found is not None
    assert (found.bytes, found.sha256) == (6, sha256(b"theirs").hexdigest())


def test_a_bucket_under_a_kms_key_needs_both_of_its_rights(customer: CustomerBucket) -> None:
    """Without them the denial names the KMS action and not S3's."""
    key = customer.aws.key()
    guarded(customer, {"Null": {"s3:x-amz-server-side-encryption": "true"}})
    destination = customer.opened(encryption="aws:kms", kms_key=key)
    with pytest.raises(DestinationError, match="not allowed") as raised:
        destination.create("part", DATA, sha256=HASH)
    assert "kms:GenerateDataKey" in str(raised.value.cause)
