"""Removing days from a customer's bucket: with the published policy, with versions, and under Object Lock.

The server judges every request as AWS documents it (`tests/aws`); nothing here was run against AWS.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crmsnap.connection.versions import Versions
from crmsnap.destinations.answer import OddKey
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import Passing
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.s3_place import S3Place
from crmsnap.destinations.url import open_destination
from crmsnap.destinations.write_test import try_to_write
from crmsnap.errors import AccessDenied
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.prune import PruneReport
from crmsnap.publish.prune_plan import Keep
from crmsnap.publish.remove import DENIED, version_remover
from crmsnap.publish.tidy import tidy
from crmsnap.publish.verify import incomplete
from crmsnap.state.written import Written
from tests.aws.server import CUSTOMER, REGION, AwsServer, aws_server
from tests.unit.publish.made_up_days import files, part_files, prune_by, pruning, publish_day, put
from tests.unit.publish.made_up_tables import StandStill

OLD, NEW = "2026-11-01", "2026-11-22"
KEEP = Keep(7)
PUBLISHED = ("PutObject", "GetObject", "GetObjectVersion", "DeleteObject", "DeleteObjectVersion")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    with aws_server(tmp_path_factory.mktemp("aws") / "log") as running:
        yield running


def policy(bucket: str, actions: tuple[str, ...] = PUBLISHED) -> dict[str, Any]:
    """The permission policy that the article publishes, for the path hs."""
    on_bucket = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": f"arn:aws:s3:::{bucket}",
        "Condition": {"StringLike": {"s3:prefix": ["hs/*"]}},
    }
    on_files = {
        "Effect": "Allow",
        "Action": [f"s3:{action}" for action in actions],
        "Resource": f"arn:aws:s3:::{bucket}/hs/*",
    }
    return {"Version": "2012-10-17", "Statement": [on_files, on_bucket]}


@dataclass
class Bucket:
    """A customer's bucket below hs/, reached by a session with a policy."""

    aws: AwsServer
    place: S3Place
    options: S3Options

    @property
    def destination(self) -> Destination:
        return open_destination(self.place.url, self.options, StandStill(), lambda: 0.0)

    def opened(self) -> Versions:
        return Versions(self.place, replace(self.options, bucket_owner=CUSTOMER))

    @contextmanager
    def pruned(self, home: Path, *, versions: bool = False) -> Iterator[PruneReport]:
        """Prune by age, and show what came of it."""
        destination = self.destination
        with (
            Written(home, destination.url) as written,
            self.opened() as opened,
        ):
            remove_one = version_remover(destination, opened.erase) if versions else None
            yield prune_by(KEEP, pruning(destination, written, remove_one=remove_one))

    def versions(self) -> list[tuple[str, str, bool]]:
        """Every version and delete marker as the bucket's owner sees it: key, id, whether it is a file."""
        listed = self.aws.admin().list_object_versions(Bucket=self.place.bucket)
        return [
            (one["Key"].removeprefix("hs/"), one["VersionId"], kind == "Versions")
            for kind in ("Versions", "DeleteMarkers")
            for one in listed.get(kind, ())
        ]

    def of_day(self, day: str) -> list[tuple[str, str, bool]]:
        return [one for one in self.versions() if one[0].startswith(day)]


def a_bucket(aws: AwsServer, *actions: str, **properties: bool) -> Bucket:
    bucket = aws.bucket(**properties)
    user = aws.user(f"u-{bucket}")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "sts:AssumeRole"}
        ],
    }
    role = aws.role(f"r-{bucket}"[:64], trust=trust, policy=policy(bucket, actions or PUBLISHED))
    sts = aws.client(user.access_key_id, user.secret_access_key, service="sts")

    def session() -> AwsKeys:
        keys = sts.assume_role(RoleArn=role, RoleSessionName="crmsnap-acme")["Credentials"]
        return AwsKeys(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    options = S3Options(endpoint_url=aws.url, region=REGION, keys=session, allow_http=True)
    return Bucket(aws, S3Place(bucket, "hs"), options)


def test_days_go_from_a_customer_s_bucket_with_the_published_policy(aws: AwsServer, tmp_path: Path):
    """What lies beside our path is not even seen."""
    bucket = a_bucket(aws)
    owner = aws.admin()
    for key in (f"other/{OLD}/_MANIFEST.json", f"hs/{OLD}/T/theirs + ä.csv.gz", "hs2/x"):
        owner.put_object(Bucket=bucket.place.bucket, Key=key, Body=b"theirs")
    publish_day(bucket.destination, OLD)
    new = publish_day(bucket.destination, NEW)
    with bucket.pruned(tmp_path) as report:
        assert [day.verdict for day in report.days] == ["removed", "stays"]
    theirs = {f"{OLD}/T/theirs + ä.csv.gz": b"theirs"}
    assert files(bucket.destination) == new | theirs


def test_strays_are_swept_with_the_published_policy(aws: AwsServer, tmp_path: Path):
    """And the write test leaves nothing, under the conditions on listing too."""
    bucket = a_bucket(aws)
    destination = bucket.destination
    stray = publish_day(destination, OLD)
    destination.delete(manifest_key(OLD))
    new = publish_day(destination, NEW)
    try_to_write(destination)
    with Written(tmp_path, destination.url) as written:
        written.remember(stray)
        assert len(tidy(pruning(destination, written), NEW, None).swept) == 2
    assert files(destination) == new


def test_the_write_test_adds_nothing_a_day_to_a_bucket_with_versions(aws: AwsServer):
    """Removing it would leave a version and a marker with every run, which nobody's prune finds."""
    bucket = a_bucket(aws, versioned=True)
    for _ in range(3):
        tried = try_to_write(bucket.destination)
        assert (tried.create_only, tried.warnings) == (True, ())
    ((key, _, is_file),) = bucket.versions()
    assert (key, is_file) == (".crmsnap/write-test", True)


def test_the_write_test_that_stays_still_finds_a_right_that_was_taken_away(aws: AwsServer):
    """The file is there already, and who may not write learns nothing of that."""
    bucket = a_bucket(aws, versioned=True)
    try_to_write(bucket.destination)
    poor = policy(bucket.place.bucket, ("GetObject", "DeleteObject"))
    aws.change_role(f"arn:aws:iam::{CUSTOMER}:role/r-{bucket.place.bucket}", policy=poor)
    with pytest.raises(AccessDenied):
        try_to_write(bucket.destination)


def test_the_write_test_names_what_it_may_not_remove(aws: AwsServer):
    """Nobody has to find out where the file comes from."""
    bucket = a_bucket(aws, "PutObject", "GetObject")
    (warning,) = try_to_write(bucket.destination).warnings
    assert warning.startswith(".crmsnap/write-test stays")
    assert "AccessDenied" in warning


def test_without_the_right_to_delete_the_day_stays_whole(aws: AwsServer, tmp_path: Path):
    """The narrow policy: reported with the store's own words, one request a day."""
    bucket = a_bucket(aws, "PutObject", "GetObject")
    before = publish_day(bucket.destination, OLD) | publish_day(bucket.destination, NEW)
    with bucket.pruned(tmp_path) as report:
        assert report.exit_code == 5
        (left,) = report.left
    assert (left.key, left.code) == (manifest_key(OLD), DENIED)
    assert "AccessDenied" in left.reason
    assert files(bucket.destination) == before


def test_versions_are_untouched_unless_that_is_asked_for(aws: AwsServer, tmp_path: Path):
    """A bucket that keeps versions is somebody's safety net."""
    bucket = a_bucket(aws, versioned=True)
    publish_day(bucket.destination, OLD)
    before = bucket.of_day(OLD)
    publish_day(bucket.destination, NEW)
    with bucket.pruned(tmp_path) as report:
        assert (report.exit_code, len(report.of("removed"))) == (0, 1)
    assert not any(key.startswith(OLD) for key in files(bucket.destination))
    after = bucket.of_day(OLD)
    assert [one for one in after if one[2]] == before
    assert len([one for one in after if not one[2]]) == 3


def test_versions_go_for_good_when_that_is_asked_for(aws: AwsServer, tmp_path: Path):
    """By their ids, which HEAD tells: the published policy does not let us list versions."""
    bucket = a_bucket(aws, versioned=True)
    publish_day(bucket.destination, OLD)
    publish_day(bucket.destination, NEW)
    kept = bucket.of_day(NEW)
    with bucket.pruned(tmp_path, versions=True) as report:
        assert report.exit_code == 0
    assert bucket.versions() == kept
    assert "ListObjectVersions" not in aws.counts()


def test_a_bucket_without_versions_takes_the_same_request(aws: AwsServer, tmp_path: Path):
    """Nobody has to know which kind of bucket it is."""
    bucket = a_bucket(aws)
    publish_day(bucket.destination, OLD)
    new = publish_day(bucket.destination, NEW)
    with bucket.pruned(tmp_path, versions=True) as report:
        assert report.exit_code == 0
    assert files(bucket.destination) == new


def test_a_version_of_somebody_else_beneath_ours_comes_to_light_and_stays(
    aws: AwsServer, tmp_path: Path
):
    """Ours was written over it; only what was published is removed."""
    bucket = a_bucket(aws, versioned=True)
    whole = publish_day(bucket.destination, OLD)
    publish_day(bucket.destination, NEW)
    key = next(iter(whole))
    owner, name = aws.admin(), {"Bucket": bucket.place.bucket, "Key": f"hs/{key}"}
    ours = owner.get_object(**name)
    owner.put_object(**name, Body=b"theirs")
    owner.put_object(**name, Body=ours["Body"].read(), Metadata=ours["Metadata"])
    with bucket.pruned(tmp_path, versions=True) as report:
        assert [left.key for left in report.left] == [key]
    assert owner.get_object(**name)["Body"].read() == b"theirs"


@pytest.mark.parametrize("odd", ["/x.csv", "./y.csv", "T/../z.csv", "bad\x01.csv"])
def test_a_key_that_cannot_be_listed_concerns_its_own_day_alone(
    aws: AwsServer, tmp_path: Path, odd: str
):
    """S3 takes every name, the client that lists does not: one such key of anybody must not end a prune."""
    bucket = a_bucket(aws)
    days = [publish_day(bucket.destination, day) for day in ("2026-10-01", OLD, NEW)]
    key = f"hs/{OLD}/{odd}"
    aws.admin().put_object(Bucket=bucket.place.bucket, Key=key, Body=b"theirs")
    with bucket.pruned(tmp_path) as report:
        assert {day.day: day.verdict for day in report.days} == {
            "2026-10-01": "removed",
            OLD: "left",
            NEW: "stays",
        }
        assert repr(key) in report.days[1].reason
    listed = aws.admin().list_objects_v2(Bucket=bucket.place.bucket)["Contents"]
    left = {one["Key"].removeprefix("hs/") for one in listed}
    assert left == {f"{OLD}/{odd}", *days[1], *days[2]}
    strays = incomplete(bucket.destination, OLD).strays
    assert strays[-1] == key


def test_strays_beside_a_key_that_cannot_be_listed_are_a_warning(aws: AwsServer, tmp_path: Path):
    """The run is published, the strays of other days are swept, and the warning names the key."""
    bucket = a_bucket(aws)
    destination = bucket.destination
    publish_day(destination, NEW)
    with Written(tmp_path, destination.url) as written:
        for day in ("2026-11-02", "2026-11-03"):
            parts = part_files(day, b"stray")
            written.remember(parts)
            for key, data in parts.items():
                put(destination, key, data)
        aws.admin().put_object(Bucket=bucket.place.bucket, Key="hs/2026-11-02//x", Body=b"theirs")
        done = tidy(pruning(destination, written), NEW, None)
    assert done.swept == tuple(parts)
    (warning,) = done.warnings
    assert warning.startswith("strays of 2026-11-02 were not swept")
    assert "'hs/2026-11-02//" in warning


def test_a_key_that_cannot_be_listed_beside_the_days_is_named(aws: AwsServer):
    """Nothing goes on without a list of the days, and only people can move what is in the way."""
    bucket = a_bucket(aws)
    aws.admin().put_object(Bucket=bucket.place.bucket, Key="hs//x", Body=b"theirs")
    with pytest.raises(OddKey) as raised:
        bucket.destination.folders("")
    assert "'hs//" in raised.value.cause
    assert "rename or remove" in raised.value.remedy


def lock(bucket: Bucket, day: str, until: datetime) -> None:
    for key, version, _ in bucket.of_day(day):
        bucket.aws.admin().put_object_retention(
            Bucket=bucket.place.bucket,
            Key=f"hs/{key}",
            VersionId=version,
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
        )


def test_object_lock_keeps_versions_and_is_told(aws: AwsServer, tmp_path: Path):
    """Once, with the time when it ends; the day stays whole."""
    bucket = a_bucket(aws, *PUBLISHED, "GetObjectRetention", versioned=True, object_lock=True)
    old = publish_day(bucket.destination, OLD)
    new = publish_day(bucket.destination, NEW)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    lock(bucket, OLD, until)
    before = aws.counts().get("DeleteObject", 0)
    with bucket.pruned(tmp_path, versions=True) as report:
        assert report.exit_code == 5
        (left,) = report.left
    assert left.reason == f"locked until {until:%Y-%m-%d %H:%M} UTC by Object Lock, mode COMPLIANCE"
    assert aws.counts()["DeleteObject"] == before + 1
    assert files(bucket.destination) == old | new


def test_a_locked_day_is_still_hidden_by_a_plain_prune(aws: AwsServer, tmp_path: Path):
    """Object Lock protects versions; a delete marker is one more."""
    bucket = a_bucket(aws, versioned=True, object_lock=True)
    publish_day(bucket.destination, OLD)
    new = publish_day(bucket.destination, NEW)
    lock(bucket, OLD, datetime.now(UTC) + timedelta(days=30))
    with bucket.pruned(tmp_path) as report:
        assert report.exit_code == 0
    assert files(bucket.destination) == new
    assert len([one for one in bucket.of_day(OLD) if one[2]]) == 3


def test_without_the_right_on_versions_that_is_said(aws: AwsServer, tmp_path: Path):
    """The narrow policy leaves s3:DeleteObjectVersion out."""
    bucket = a_bucket(aws, "PutObject", "GetObject", "DeleteObject", versioned=True)
    before = publish_day(bucket.destination, OLD) | publish_day(bucket.destination, NEW)
    with bucket.pruned(tmp_path, versions=True) as report:
        assert report.exit_code == 5
    assert files(bucket.destination) == before


def test_a_session_that_ends_in_the_middle_is_taken_again(aws: AwsServer, tmp_path: Path):
    """Sessions last an hour, and years of days take longer."""
    bucket = a_bucket(aws, versioned=True)
    publish_day(bucket.destination, OLD)
    publish_day(bucket.destination, NEW)
    destination = bucket.destination
    with bucket.opened() as opened:
        found = destination.head(manifest_key(OLD))
        assert found is not None
        opened.erase(manifest_key(OLD), found.e_tag)
        assert aws.expire_sessions() > 0
        with Written(tmp_path, destination.url) as written:
            remove_one = version_remover(destination, opened.erase)
            publish_day(destination, "2026-11-02")
            report = prune_by(KEEP, pruning(destination, written, remove_one=remove_one))
    assert [day.day for day in report.of("removed")] == ["2026-11-02"]


def test_what_may_work_a_moment_later_is_a_passing_failure(aws: AwsServer):
    """So that the one retry layer tries it again."""
    bucket = a_bucket(aws, versioned=True)
    publish_day(bucket.destination, NEW)
    with (
        aws.fault("slow_down", operation="DeleteObject"),
        bucket.opened() as opened,
        pytest.raises(Passing),
    ):
        opened.erase(manifest_key(NEW), None)
