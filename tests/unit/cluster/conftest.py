"""One cluster of this machine for all tests of a file: starting one takes two seconds."""

from collections.abc import Iterator

import pytest

from tests.builders.cluster import DaskCluster, dask_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running
