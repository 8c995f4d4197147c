"""A customer's bucket on the strict AWS, whose calls go wrong as each test says."""

from collections.abc import Iterator

import pytest

from tests.aws.server import AwsServer, aws_server
from tests.builders.customer_bucket import CustomerBucket, customer_bucket


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """One server for the tests of a file; whatever they do, no file is ever sent in pieces."""
    with aws_server(tmp_path_factory.mktemp("aws") / "log") as running:
        yield running
        assert "CreateMultipartUpload" not in running.counts()


@pytest.fixture
def customer(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CustomerBucket]:
    """A bucket and a role, with our user's keys where the AWS tools look for them."""
    made = customer_bucket(aws)
    made.keys_into(monkeypatch)
    yield made
    aws.clear_faults()
