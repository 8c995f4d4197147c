"""One gateway for all tests of this folder: it takes seconds to start."""

from collections.abc import Iterator

import pytest

from tests.servers.radosgw import Radosgw, radosgw


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radosgw]:
    with radosgw(tmp_path_factory.mktemp("radosgw")) as running:
        yield running
