from collections.abc import Iterator

import pytest

from tests.unit.destinations.scripted_s3 import ScriptedS3, scripted_s3


@pytest.fixture
def store() -> Iterator[ScriptedS3]:
    with scripted_s3() as running:
        yield running
