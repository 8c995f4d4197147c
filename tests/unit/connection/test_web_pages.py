"""Something else answers in place of AWS, such as a proxy that asks people to sign in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crmsnap.connection.aws_chain import usual_keys
from crmsnap.connection.aws_client import STRAIGHT
from crmsnap.connection.aws_secret import secret_value
from crmsnap.connection.identity import user_arn_of
from crmsnap.connection.region import AskRegion
from crmsnap.connection.role import RoleToAssume, assume
from crmsnap.connection.versions import Versions
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.s3_place import S3Place
from crmsnap.errors import DestinationError
from tests.unit.connection.scripted_sts import ScriptedSts

PAGE = "<html><p>canary<form>sign in"
WELL_FORMED = "<html><p>canary</p></html>"
KEYS = AwsKeys("AKIAOURS", "our secret")


def erase(url: str, answers: list[tuple[int, str]]) -> None:
    """HEAD has no body, so the page comes with the DELETE."""
    answers.insert(0, (200, ""))
    options = S3Options(endpoint_url=url, region="eu-central-1", keys=lambda: KEYS, allow_http=True)
    with Versions(S3Place("lake", "hs"), options) as versions:
        versions.erase("part", None)


CALLS: dict[str, Callable[[str, list[tuple[int, str]]], object]] = {
    "role": lambda url, _: assume(
        RoleToAssume("arn:aws:iam::222222222222:role/hs", "id", "run", sts_endpoint_url=url)
    ),
    "identity": lambda url, _: user_arn_of(
        lambda: KEYS, region="eu-central-1", sts_endpoint_url=url, route=STRAIGHT
    ),
    "secret": lambda url, _: secret_value("token", region="eu-central-1", endpoint_url=url),
    "versions": erase,
}


@pytest.mark.parametrize("page", [PAGE, WELL_FORMED])
@pytest.mark.parametrize("status", [200, 403, 502])
@pytest.mark.parametrize("call", list(CALLS))
def test_a_web_page_is_told_as_one_and_not_repeated(
    sts: ScriptedSts, our_keys: None, call: str, status: int, page: str
) -> None:
    """It is no bug of crmsnap, and what stands in the page may be anything."""
    sts.answers = [(status, page)] * 2
    with pytest.raises(DestinationError) as raised:
        CALLS[call](sts.url, sts.answers)
    assert raised.value.remedy
    assert "canary" not in str(raised.value.as_dict())


def test_a_bucket_behind_a_web_page_has_no_region(sts: ScriptedSts) -> None:
    """The question is a HEAD, whose answer is not read beyond its headers."""
    sts.answers = [(502, PAGE)]
    assert AskRegion("lake", endpoint_url=sts.url)() is None


def test_a_profile_behind_a_web_page_has_no_keys(
    sts: ScriptedSts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its role is assumed by boto3 itself, at the same proxy."""
    (tmp_path / "config").write_text(
        "[profile acme]\nrole_arn=arn:aws:iam::111111111111:role/own\nsource_profile=base\n"
        "region=eu-central-1\n[profile base]\naws_access_key_id=AKIABASE\naws_secret_access_key=x\n"
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
    sts.answers = [(200, PAGE)] * 9
    with pytest.raises(DestinationError, match="no AWS credentials") as raised:
        usual_keys("acme")()
    assert "canary" not in str(raised.value.as_dict())
