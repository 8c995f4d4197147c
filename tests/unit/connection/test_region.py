"""Where a bucket is, asked of a server that tells it in every answer."""

import pickle

import pytest

from crmsnap.connection.region import AskRegion, home_region
from crmsnap.destinations.retry import Passing
from tests.unit.connection.scripted_sts import ScriptedSts


@pytest.mark.parametrize("status", [200, 301, 400, 403])
def test_the_region_stands_in_every_answer(sts: ScriptedSts, status: int) -> None:
    """403 is the usual one: whoever may list one prefix may not ask about the bucket."""
    sts.answers = [(status, "")]
    sts.answer_headers = {"x-amz-bucket-region": "eu-south-2"}
    assert AskRegion("acme-lake", endpoint_url=sts.url)() == "eu-south-2"
    assert "authorization" not in sts.headers[0], "no keys are needed, so none are shown"


def test_a_store_that_tells_nothing_is_not_guessed(sts: ScriptedSts) -> None:
    """Stores beside AWS have no such header."""
    sts.answers = [(404, "")]
    assert AskRegion("acme-lake", endpoint_url=sts.url)() is None


def test_a_store_that_is_not_there_may_come_back() -> None:
    """The first request of a run is tried again like every other."""
    with pytest.raises(Passing, match="acme-lake"):
        AskRegion("acme-lake", endpoint_url="http://127.0.0.1:9")()


def test_the_question_can_be_sent_to_another_process() -> None:
    """A worker that meets a wrong region asks for itself."""
    asked = AskRegion("acme-lake", partition="aws-cn")
    assert pickle.loads(pickle.dumps(asked)) == asked  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")],
)
def test_each_partition_is_asked_at_home(partition: str, region: str) -> None:
    """No other partition knows its buckets."""
    assert home_region(partition) == region
