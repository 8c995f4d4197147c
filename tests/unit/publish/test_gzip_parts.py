"""Parts: never too large, always the same bytes, whole rows."""

import gzip
import zlib
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsnap.publish.csv_text import Batch
from crmsnap.publish.gzip_parts import PART_BYTES_MAX, Compression, engine, gzip_parts
from tests.unit.publish.made_up_tables import seeded

HEADER = b"A,B\n"
BOTH = pytest.mark.parametrize("compression", ["fast", "small"])


def batch(data: bytes, number: int = 0) -> Batch:
    return Batch(data, data.count(b"\n"), (number,), (number,), 0)


@BOTH
def test_the_gzip_header_holds_no_time_and_no_name(compression: Compression) -> None:
    """Else the same rows would give other bytes tomorrow."""
    (part,) = gzip_parts([batch(b"1,2\n")], HEADER, compression)
    assert part.data[:4] == b"\x1f\x8b\x08\x00"
    assert part.data[4:8] == b"\0\0\0\0"
    assert part.sha256 == sha256(part.data).hexdigest()


@BOTH
def test_the_same_batches_give_the_same_bytes(compression: Compression) -> None:
    """Names of parts are made from their content."""
    made = [batch(b"%d,x\n" % number * 1000) for number in range(50)]
    first = [part.data for part in gzip_parts(made, HEADER, compression)]
    assert first == [part.data for part in gzip_parts(made, HEADER, compression)]


def noise(random: Random, sizes: list[int]) -> Iterator[Batch]:
    for number, size in zip(count(), sizes, strict=False):
        yield batch(random.randbytes(size).replace(b"\n", b" ") + b"\n", number)


@BOTH
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), largest=st.sampled_from([70_000, 400_000, 2_000_000]))
def test_no_part_is_too_large_even_if_nothing_compresses(
    compression: Compression, seed: int, largest: int
) -> None:
    """Random bytes grow when they are compressed, and engines hold back what they have not written."""
    random = seeded(seed)
    sizes = [random.randint(1, largest) for _ in range(40_000_000 // largest)]
    parts = list(gzip_parts(noise(random, sizes), HEADER, compression))
    assert len(parts) >= 2 or sum(sizes) < PART_BYTES_MAX
    assert all(len(part.data) < PART_BYTES_MAX for part in parts)
    # Close to the limit, too: parts half empty would double the number of files.
    assert all(len(part.data) > PART_BYTES_MAX - largest - 300_000 for part in parts[:-1])


@BOTH
def test_every_part_begins_with_the_header_and_together_they_hold_all_rows(
    compression: Compression,
) -> None:
    """Readers take any part alone."""
    batches = list(noise(seeded(1), [900_000] * 20))
    parts = list(gzip_parts(batches, HEADER, compression))
    texts = [gzip.decompress(part.data) for part in parts]
    assert len(parts) > 1
    assert all(text.startswith(HEADER) for text in texts)
    assert b"".join(text.removeprefix(HEADER) for text in texts) == b"".join(
        one.data for one in batches
    )
    assert [part.rows for part in parts] == [text.count(b"\n") - 1 for text in texts]
    assert parts[0].first == (0,)
    assert parts[-1].last == (19,)
    assert parts[0].last[0] + 1 == parts[1].first[0]


def test_a_batch_larger_than_a_part_is_alone_in_its_own() -> None:
    """A row cannot be cut; the rows around it keep to the limit."""
    made = list(noise(seeded(2), [1000, 16_000_000, 1000]))
    parts = list(gzip_parts(made, HEADER, "fast"))
    assert [part.first for part in parts] == [(0,), (1,), (2,)]


def test_without_rows_there_is_no_part() -> None:
    """An empty range is not a file."""
    assert list(gzip_parts([], HEADER, "fast")) == []


def test_small_is_smaller_than_fast_and_both_are_plain_gzip() -> None:
    """The setting does what its name says."""
    random = seeded(3)
    words = [b"alpha", b"beta", b"gamma", b"delta"]
    rows = b"".join(
        b"0-1,%d,%s,%s\n" % (number, random.choice(words), random.choice(words))
        for number in range(20_000)
    )
    (fast,) = gzip_parts([batch(rows)], HEADER, "fast")
    (small,) = gzip_parts([batch(rows)], HEADER, "small")
    assert len(small.data) < 0.9 * len(fast.data)
    for part in (fast, small):
        assert zlib.decompress(part.data, 31) == HEADER + rows


@BOTH
def test_the_engine_is_named_with_its_version(compression: Compression) -> None:
    """Another version may compress to other bytes."""
    used = engine(compression)
    assert (used.name, used.level) == {"fast": ("isal", 2), "small": ("zlib-ng", 6)}[compression]
    assert used.version[0].isdigit()
