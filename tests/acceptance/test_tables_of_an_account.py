"""`crmsnap tables`: what there is, what an account delivers of it, and which scopes that needs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.command import Crmsnap, Ended, assert_refused
from tests.builders.sandbox_process import SandboxAccount, sandbox

ARTICLE = [
    "0-1",
    "0-2",
    "0-3",
    "0-4",
    "0-5",
    "0-7",
    "0-8",
    "0-11",
    "0-14",
    "0-15",
    "0-19",
    "0-25",
    "0-27",
    "0-28",
    "0-29",
    "0-30",
    "0-31",
    "0-32",
    "0-33",
    "0-35",
    "0-38",
    "0-39",
    "0-45",
    "0-48",
    "0-53",
    "0-57",
    "0-58",
    "0-69",
    "0-72",
    "0-83",
    "0-101",
]
"""The object types that HubSpot's own export names (knowledge base: connect HubSpot and AWS S3)."""
NO_API = {"0-30", "0-31", "0-32", "0-33", "0-57", "0-83"}

POOR = "crm.objects.contacts.read,crm.lists.read,crm.objects.owners.read"


@pytest.fixture(scope="module")
def account() -> Iterator[SandboxAccount]:
    """An account with a token that may do everything, and one that may read little."""
    with sandbox("--frozen", "--token", "rich", "--token", f"poor={POOR}", contacts=20) as running:
        yield running


@pytest.fixture
def asked(tmp_path: Path, account: SandboxAccount) -> "Asked":
    return Asked(Crmsnap(tmp_path, account))


class Asked:
    """Asks `crmsnap tables` of the account."""

    def __init__(self, crmsnap: Crmsnap) -> None:
        self.crmsnap = crmsnap

    def __call__(self, *options: str, key: str = "rich", settings: str = "") -> Ended:
        url = self.crmsnap.account.url
        self.crmsnap.write_config(
            f'[connections.acme]\nbase_url = "{url}"\nallow_other_host = true\n{settings}\n'
        )
        ended = self.crmsnap("tables", "acme", *options, HUBSPOT_TOKEN=key)
        assert ended.exit_code == 0, ended.stderr
        return ended

    def tables(self, key: str = "rich", settings: str = "") -> dict[str, Any]:
        """By name."""
        answer = self("--json", key=key, settings=settings).json
        return {table["name"]: table for table in answer["tables"]}

    def types(self, key: str = "rich", settings: str = "") -> dict[str, Any]:
        """By id."""
        answer = self("--types", "--json", key=key, settings=settings).json
        return {one["id"]: one for one in answer}

    def scopes(self, key: str = "rich", settings: str = "") -> dict[str, Any]:
        """By name."""
        answer = self("--scopes", "--json", key=key, settings=settings).json
        return {scope["name"]: scope for scope in answer}


def test_every_table_of_the_account_is_listed(asked: Asked):
    """By the name that it will have, with what it is about."""
    tables = asked.tables()
    assert {"OWNERS", "OBJECTS_CONTACTS", "OBJECTS_PETS", "EVENTS_VISITED_PAGE"} <= tables.keys()
    assert tables["OBJECTS_PETS"]["about"] == "one live record of one object type: Pet"
    assert tables["OBJECTS_PETS"]["state"] == "read"
    assert tables["OBJECTS_ADS"]["state"] == "gap"
    assert "ASSOCIATIONS_<X>_TO_<Y>" in tables, "thousands of pairs could come"
    assert not [name for name in tables if name.startswith("ASSOCIATIONS_CONTACTS")]


def test_what_is_missing_is_said_with_the_scope_that_closes_it(asked: Asked):
    """Before a copy is made, not in its report."""
    tables = asked.tables(key="poor")
    (gap,) = tables["OBJECTS_DEALS"]["gaps"]
    assert (gap["stream"], gap["reason"]) == ("objects/0-3", "missing-scope")
    assert "crm.objects.deals.read" in gap["scopes"]
    assert tables["EVENTS_OPENED_EMAIL_V2"]["state"] == "gap"
    assert [gap["stream"] for gap in tables["EVENTS_OPENED_EMAIL_V2"]["gaps"]] == ["email-events"]
    assert tables["EVENTS_VISITED_PAGE"]["state"] == tables["OBJECTS"]["state"] == "partly"
    assert tables["OWNERS"]["state"] == tables["OBJECTS_NOTES"]["state"] == "read"
    shown = asked(key="poor").stdout
    assert "objects/0-3: missing-scope: the token lacks crm.objects.deals.read" in shown


def test_no_record_is_read_and_nothing_is_left_behind(asked: Asked):
    """It may be asked at any time, also beside a run."""
    account, folder = asked.crmsnap.account, asked.crmsnap.folder
    account.post("/_sandbox/stats/reset", {})
    asked.tables()
    requests = account.get("/_sandbox/stats")["requests"]
    assert requests["properties"]
    assert sum(requests["objects"].values()) < 70, "one call tries a type"
    assert not asked.crmsnap.home.exists()
    assert [path.name for path in folder.iterdir()] == ["crmsnap.toml"]


def test_the_selection_of_the_connection_counts(asked: Asked):
    """So a selection can be tried before it is used; what is wrong with it is said as `sync` says it."""
    settings = 'types = ["pets", "deals"]\nexclude_tables = ["EVENTS_*", "ASSOC*", "*DEALS"]'
    tables = asked.tables(settings=settings)
    assert {"OBJECTS", "OBJECTS_PETS", "OWNERS"} <= tables.keys()
    assert not {"OBJECTS_CONTACTS", "OBJECTS_DEALS", "EVENTS_VISITED_PAGE"} & tables.keys()
    asked.crmsnap.write_config(
        f'[connections.acme]\nbase_url = "{asked.crmsnap.account.url}"\nallow_other_host = true\ntables = ["OBJECTS_PETZ"]\n'
    )
    ended = asked.crmsnap("tables", "acme", HUBSPOT_TOKEN="rich")
    assert_refused(ended, "usage", 2, "did you mean OBJECTS_PETS?")


def test_without_a_configuration_the_token_of_the_environment_is_asked(asked: Asked):
    """The first thing somebody does who has a token."""
    ended = asked.crmsnap(
        "tables", "--account", "--base-url", asked.crmsnap.account.url, "--types", HUBSPOT_TOKEN="poor"
    )  # fmt: skip
    assert ended.exit_code == 0, ended.stderr
    assert "0-3: the token lacks crm.objects.deals.read" in ended.stdout


def test_every_type_has_a_row_with_its_source_scopes_and_state(asked: Asked):
    """Those of HubSpot's export and those of the account, also what no API gives."""
    types = asked.types(settings='exclude_types = ["companies"]\ntables = ["OWNERS"]')
    assert set(ARTICLE) <= types.keys()
    assert all(types[id_]["state"] == "gap: not-available" for id_ in NO_API)
    assert all(types[id_]["detail"] for id_ in NO_API)
    assert types["0-2"]["state"] == "excluded"
    assert types["0-1"]["state"] == types["0-28"]["state"] == types["2-5550001"]["state"] == "read"
    assert (types["0-1"]["source"], types["0-1"]["table"]) == ("objects API", "OBJECTS_CONTACTS")
    assert types["0-28"]["source"].startswith("own API: GET /marketing/forms/")
    assert types["0-4"]["source"] == "union of other types"
    assert types["2-5550001"]["scopes"] == ["crm.objects.custom.read"]
    assert types["2-5550050"]["state"] == "archived"
    assert asked.types(key="poor")["0-3"]["state"] == "gap: missing-scope"


def test_the_types_are_listed_without_an_account_too(crmsnap: Crmsnap):
    """As far as anything is known then; nobody is called."""
    ended = crmsnap("tables", "--types", "--json", HUBSPOT_TOKEN="")
    types = {one["id"]: one for one in ended.json}
    assert set(ARTICLE) <= types.keys()
    assert {id_ for id_, one in types.items() if one["state"] != "read"} == NO_API
    assert set(types["0-1"]) == {
        "id", "name", "plural", "table", "source", "scopes", "state", "detail"
    }  # fmt: skip
    assert "custom types are missing" in crmsnap("tables", "--types").stdout


def test_the_fewest_scopes_are_told_and_what_the_token_lacks_of_them(asked: Asked):
    """One that only reads before one that may also write."""
    settings = 'types = ["contacts", "notes", "products", "deals"]\ntables = ["OBJECTS", "OWNERS"]'
    scopes = asked.scopes(key="poor", settings=settings)
    assert {name: scope["missing"] for name, scope in scopes.items()} == {
        "crm.objects.contacts.read": False,
        "crm.objects.deals.read": True,
        "crm.objects.owners.read": False,
        "crm.objects.products.read": True,
    }
    assert scopes["crm.objects.contacts.read"]["reads"] == ["objects/0-1", "objects/0-46"]


def test_a_token_with_the_scopes_that_are_told_has_no_gap_that_it_could_close(crmsnap: Crmsnap):
    """The list is enough: an account whose token has exactly these."""
    told = [scope["name"] for scope in crmsnap("tables", "--scopes", "--json").json]
    with sandbox("--frozen", "--token", f"told={','.join(told)}", contacts=20) as account:
        ended = crmsnap(
            "tables", "--account", "--base-url", account.url, "--json", HUBSPOT_TOKEN="told"
        )
    gaps = {
        gap["stream"]
        for table in json.loads(ended.stdout)["tables"]
        for gap in table["gaps"]
        if gap["reason"] == "missing-scope"
    }
    assert gaps <= {"objects/0-971", "objects/0-972", "objects/0-973"}, "types that are in no list"
