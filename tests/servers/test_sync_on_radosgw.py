"""A whole day on a store that nobody of us wrote, through a role, from an empty machine.

Ceph's gateway lets a role be assumed only without the condition on the external id. `connect` refuses
such a role, so its connection is registered by hand here, and says that the role is open.
"""

from pathlib import Path
from uuid import uuid4

import pytest

from crmsnap.registry.aws_links import make_aws_link
from crmsnap.registry.opening import open_registry
from tests.aws.policies import as_published
from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import sandbox
from tests.servers.radosgw import Radosgw

pytestmark = pytest.mark.full

CONFIG = """\
[connections.ceph]
to = "s3://{bucket}/hs"
base_url = "{hubspot}"
allow_other_host = true
tables = ["OWNERS", "OBJECTS", "OBJECT_PROPERTIES"]

[connections.ceph.s3]
role_arn = "{role}"
endpoint_url = "{url}"
region = "us-east-1"
allow_http = true
unsafe_open_role = true
"""


def test_a_day_is_published_and_proven_and_check_shows_the_open_role(
    gateway: Radosgw, tmp_path: Path
) -> None:
    """Policies, sessions and create-only writes as Ceph's authors understand them."""
    bucket = gateway.bucket()
    role = gateway.role(as_published(bucket, "hs"))
    with sandbox(contacts=60) as account:
        crmsnap = Crmsnap(tmp_path, account)
        config = CONFIG.format(bucket=bucket, hubspot=account.url, role=role, url=gateway.url)
        crmsnap.write_config(config)
        variables = {
            "HUBSPOT_TOKEN": account.token,
            "AWS_ACCESS_KEY_ID": gateway.service.access_key_id,
            "AWS_SECRET_ACCESS_KEY": gateway.service.secret_access_key,
        }
        with open_registry(f"sqlite:///{crmsnap.home / 'registry.sqlite'}") as registry:
            make_aws_link(registry, "ceph", uuid4(), now="2026-11-20 05:00:00.000")

        checked = crmsnap("check", "ceph", "--json", **variables)
        verdicts = {check["name"]: check["verdict"] for check in checked.json["checks"]}
        assert checked.exit_code == 5, checked.stdout
        assert verdicts["assume-role-without-id"] == "failed"
        assert verdicts["put-object"] == "ok"

        synced = crmsnap("sync", "ceph", **variables)
        assert synced.exit_code == 0, synced.stderr
        proven = crmsnap("verify", "ceph", **variables)
        assert "is proven" in proven.stdout, proven.stderr
        again = crmsnap("sync", "ceph", **variables)
        assert "published already" in again.stdout, again.stderr
