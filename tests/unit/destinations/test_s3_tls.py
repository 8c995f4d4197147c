"""S23 for buckets: a store that cannot prove its name gets neither a key nor a file."""

from collections.abc import Callable

import pytest

from crmsnap.destinations.retry import Retries
from crmsnap.destinations.s3 import AwsKeys, S3Options, s3
from crmsnap.errors import DestinationError
from tests.builders.authority import Authority, Signed
from tests.unit.hubspot.host import RealClock, Reply, running

BAD: dict[str, Callable[[Authority], Signed]] = {
    "expired": Authority.expired,
    "not yet valid": Authority.not_yet_valid,
    "of another host": Authority.of_another_host,
    "self-signed": Authority.self_signed,
    "signed by a host": Authority.signed_by_a_host,
    "with a weak key": Authority.with_a_weak_key,
    "on TLS 1.1": Authority.old_tls,
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def asked(certificate: Signed, authority: Authority, *, trusted: bool = True) -> int:
    """How many requests reach a store that shows this certificate."""
    with running(certificate) as host:
        host.answer(Reply(status=404))
        options = S3Options(
            endpoint_url=host.url,
            region="eu-central-1",
            keys=lambda: AwsKeys("AKIACANARY", "canary", None, None),
            ca_file=authority.file if trusted else None,
        )
        try:
            assert s3("bucket", "crm", options, Retries(RealClock(), lambda: 0.0)).head("a") is None
        except DestinationError:
            assert host.got == []
        return len(host.got)


def test_a_store_with_a_good_certificate_is_asked(authority: Authority) -> None:
    """Else the refusals below would say nothing."""
    assert asked(authority.good(), authority) == 1


@pytest.mark.parametrize("kind", BAD)
def test_a_store_with_a_bad_certificate_is_not_asked(authority: Authority, kind: str) -> None:
    """Although its authority is trusted."""
    assert asked(BAD[kind](authority), authority) == 0


def test_a_store_of_an_authority_that_nobody_named_is_not_asked(authority: Authority) -> None:
    """The system does not know it."""
    assert asked(authority.good(), authority, trusted=False) == 0
