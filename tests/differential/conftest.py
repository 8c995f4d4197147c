"""One account, our copy of it, and its raw answers, for all open readers."""

from collections.abc import Iterator

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.differential import published, truth
from tests.differential.authority import Authority, authority
from tests.differential.comparison import Table
from tests.differential.hubspot_host import HOST
from tests.differential.peer import Sides, Way

TYPES = ("contacts", "companies", "deals")


@pytest.fixture(scope="session")
def hubspot() -> Iterator[SandboxAccount]:
    """Three pages of contacts, with every oddity of the sandbox; nothing changes while two readers read."""
    with sandbox("--frozen", contacts=250) as running:
        yield running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """For api.hubapi.com."""
    return authority(tmp_path_factory.mktemp("authority"), HOST)


@pytest.fixture(scope="session")
def sides(hubspot: SandboxAccount, tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """The truth about contacts, companies, deals and owners, and our published snapshot of them."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("ours"), hubspot)
    ended = crmsnap.sync("--types", ",".join(TYPES))
    assert ended.exit_code == 0, ended.stderr
    day = crmsnap.snapshots / DAY
    answers: dict[str, Table] = {type_: truth.records(hubspot, type_) for type_ in TYPES}
    ours = {type_: published.records(day, type_, answers[type_].types) for type_ in TYPES}
    return Sides(
        {**answers, "owners": truth.owners(hubspot)},
        {**ours, "owners": published.owners(day)},
        {type_: truth.unclassified(hubspot, type_) for type_ in TYPES},
        {type_: published.left_out(day, type_) for type_ in TYPES},
    )


@pytest.fixture(scope="module")
def way(
    hubspot: SandboxAccount, certificates: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Way:
    """From the readers to the account."""
    return Way(hubspot, certificates, tmp_path_factory.mktemp("reader"))
