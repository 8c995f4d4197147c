"""Two connections never use one role, nor places of which one holds the other."""

from pathlib import Path

import pytest

from crmsnap.bootstrap.sharing import refuse_shared
from crmsnap.config import ConnectionSettings, S3Settings
from crmsnap.errors import ConfigError

ROLE = "arn:aws:iam::222222222222:role/hubspot"


def at(to: str | None, **s3: str) -> ConnectionSettings:
    """A connection with a destination."""
    return ConnectionSettings(to=to, s3=S3Settings.model_validate(s3))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at("s3://lake/hs"), at("s3://lake/hs")),
        (at("s3://lake/hs"), at("s3://lake/hs/")),
        (at("s3://lake/hs"), at("s3://lake/hs/inner/most")),
        (at("s3://lake"), at("s3://lake/hs")),
        (at("s3://lake"), at("s3://lake/")),
        (at("s3://lake/hs"), at("https://lake.s3.eu-central-1.amazonaws.com/hs")),
        (at("s3://lake/hs"), at("arn:aws:s3:::lake/hs/x")),
        (
            at("s3://lake/hs"),
            at("s3://lake/hs", endpoint_url="https://s3.eu-central-1.amazonaws.com"),
        ),
        (
            at("s3://lake/hs", endpoint_url="https://minio.example.com"),
            at("s3://lake/hs/x", endpoint_url="https://MINIO.example.com/"),
        ),
        (at("s3://lake/hs", role_arn=ROLE), at("s3://other/hs", role_arn=ROLE)),
        (at("gs://lake/hs"), at("gs://lake/hs/inner")),
        (at("gs://lake"), at("gs://lake/hs/")),
        (at("az://lake/hs"), at("az://lake/hs")),
        (at("./folder"), at("./folder/")),
        (at("./folder"), at("./other/../folder/inner")),
        (at("./folder"), at(Path("folder").absolute().as_uri())),
        (at("~/folder"), at(str(Path("~/folder").expanduser()))),
    ],
)
def test_overlapping_connections_are_refused(
    one: ConnectionSettings, other: ConnectionSettings
) -> None:
    """Whichever comes first, and whatever stands between them."""
    between = {f"n{number}": at(f"s3://lake-{number}/hs") for number in range(5)}
    for known in ({"a": one, **between, "b": other}, {"b": other, **between, "a": one}):
        with pytest.raises(ConfigError, match=r"connections \w and \w both use") as refused:
            refuse_shared(known)
        assert {*refused.value.message.split()[1:4]} == {"a", "and", "b"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at("s3://lake/hs"), at("s3://lake/hs-2")),
        (at("s3://lake/hs/a"), at("s3://lake/hs/b")),
        (at("s3://lake/hs"), at("s3://lake-2/hs")),
        (at("s3://lake/hs"), at("s3://lake/HS")),
        (at("s3://lake/hs"), at("s3://lake/hs", endpoint_url="https://minio.example.com")),
        (at("gs://lake/hs"), at("az://lake/hs")),
        (at("gs://lake/hs"), at("s3://lake/hs")),
        (at("./folder"), at("./folder-2")),
        (at("memory://"), at("memory://")),
        (at("sftp://x/folder"), at("sftp://x/folder")),
        (at(None), at(None)),
        (at("s3://a", role_arn=ROLE), at("s3://b", role_arn=f"{ROLE}-2")),
    ],
)
def test_neighbours_are_left_alone(one: ConnectionSettings, other: ConnectionSettings) -> None:
    """Names that only begin alike, stores of their own, and what is no place that outlives a run."""
    refuse_shared({"a": one, "b": other})


def test_a_hundred_folders_beside_each_other_hide_no_overlap() -> None:
    """Folders are compared by their names, not letter by letter: `hs-1` sorts before `hs/x`."""
    known = {f"c{number}": at(f"s3://lake/hs-{number}") for number in range(100)}
    refuse_shared(known)
    with pytest.raises(ConfigError, match="c7 and inner"):
        refuse_shared({**known, "inner": at("s3://lake/hs-7/x")})
