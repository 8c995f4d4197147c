"""One server for the tests of the server, and the lake on it."""

from collections.abc import Iterator

import pytest

from tests.aws.lake import Lake, make_lake
from tests.aws.server import AwsServer, aws_server


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """A server; every test leaves it as it was, but for roles, buckets and keys of its own."""
    with aws_server(tmp_path_factory.mktemp("aws") / "aws.log") as server:
        yield server


@pytest.fixture(scope="session")
def lake(aws: AwsServer) -> Lake:
    """The lake of the acceptance tables."""
    return make_lake(aws)
