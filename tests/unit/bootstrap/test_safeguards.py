"""What every run is told to ask again about a connection's bucket."""

import pytest

from crmsnap.bootstrap import Known, RunClock
from crmsnap.bootstrap.aws_target import safeguards_of
from crmsnap.config import ConnectionSettings, S3Settings
from crmsnap.redaction.redactor import Redactor

VPC = "https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-central-1.vpce.amazonaws.com"


@pytest.mark.parametrize(
    ("endpoint", "looks"), [(None, True), (VPC, True), ("https://minio.example.com", False)]
)
def test_only_aws_is_known_to_look_at_the_owner(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, *, looks: bool
) -> None:
    """Also behind an endpoint of one's own network, and at no other store that speaks S3."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    s3 = S3Settings(endpoint_url=endpoint, bucket_owner="222222222222")
    settings = ConnectionSettings(to="s3://acme-lake/hs", s3=s3)
    asked = safeguards_of(Known("acme", settings, redactor=Redactor()), RunClock())
    assert (asked.bucket_owner, asked.looks_at_owner) == ("222222222222", looks)
