"""`crmsnap prune` in a bucket that keeps versions, killed in the middle and run again."""

from pathlib import Path

import pytest

from tests.aws.server import AwsServer
from tests.builders.command import Crmsnap, wait_until
from tests.builders.sandbox_process import sandbox

DAYS = ("2026-11-20", "2026-11-21")


def policy(bucket: str) -> dict[str, object]:
    below = f"arn:aws:s3:::{bucket}/hs/*"
    files = ["PutObject", "GetObject", "GetObjectVersion", "DeleteObject", "DeleteObjectVersion"]
    allowed = {"Effect": "Allow", "Action": [f"s3:{name}" for name in files], "Resource": below}
    listed = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
        "Condition": {"StringLike": {"s3:prefix": "hs/*"}},
    }
    return {"Version": "2012-10-17", "Statement": [allowed, listed]}


@pytest.mark.parametrize("versions", [pytest.param(False, marks=pytest.mark.full), True])
def test_a_killed_prune_is_finished_by_the_next_one(aws: AwsServer, tmp_path: Path, versions: bool):
    """kill -9 behind the manifest: the parts are nobody's then, and known from the home folder alone."""
    bucket = aws.bucket(account="222222222222", versioned=True)
    user = aws.user(f"u-{bucket}", "222222222222", may_assume=False, policy=policy(bucket))
    keys = {
        "AWS_ACCESS_KEY_ID": user.access_key_id,
        "AWS_SECRET_ACCESS_KEY": user.secret_access_key,
    }
    with sandbox("--frozen", contacts=10) as account:
        crmsnap = Crmsnap(tmp_path, account)
        crmsnap.write_config(
            f'[connections.acme]\nto = "s3://{bucket}/hs"\nbase_url = "{account.url}"\nallow_other_host = true\n'
            f'tables = ["OWNERS", "TEAMS"]\n[connections.acme.s3]\nendpoint_url = "{aws.url}"\n'
            f'region = "{aws.region}"\n'
        )
        for _ in DAYS:
            synced = crmsnap("sync", **keys)
            assert synced.exit_code == 0, synced.stderr
            account.post("/_sandbox/advance", {"days": 1})
    more = ("--versions",) if versions else ()
    command = ("prune", "acme", "--keep-days", "1", "--yes", "--json", *more)
    with (
        aws.fault("stall", operation="DeleteObject", key="*part-*", bucket=bucket) as stalled,
        crmsnap.start(*command, **keys) as process,
    ):
        wait_until(lambda: stalled.fired, process)
        process.kill()
        process.communicate()
    assert visible(aws, bucket, DAYS[0])
    assert not any(key.endswith("_MANIFEST.json") for key in visible(aws, bucket, DAYS[0]))
    shown = crmsnap("prune", "acme", "--keep-days", "1", "--json", *more, **keys).json
    assert [(day["day"], day["verdict"], day["reason"]) for day in shown["days"]] == [
        (DAYS[0], "goes", "an earlier prune had begun with it"),
        (DAYS[1], "stays", "the newest complete day"),
    ]
    assert ("versions under older delete markers" in shown.get("not_counted", "")) == versions
    ended = crmsnap(*command, **keys)
    assert ended.exit_code == 0, ended.stderr
    removed = [day for day in ended.json["days"] if day["verdict"] == "removed"]
    assert [(day["day"], day["reason"]) for day in removed] == [
        (DAYS[0], "an earlier prune had begun with it")
    ]
    assert visible(aws, bucket, DAYS[0]) == []
    assert len(kept(aws, bucket, DAYS[0])) == (0 if versions else 3)
    assert crmsnap("verify", "acme", **keys).exit_code == 0


def visible(aws: AwsServer, bucket: str, day: str) -> list[str]:
    found = aws.admin().list_objects_v2(Bucket=bucket, Prefix=f"hs/{day}/")
    return [one["Key"] for one in found.get("Contents", ())]


def kept(aws: AwsServer, bucket: str, day: str) -> list[str]:
    found = aws.admin().list_object_versions(Bucket=bucket, Prefix=f"hs/{day}/")
    return [one["Key"] for one in found.get("Versions", ())]
