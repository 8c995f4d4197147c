"""The tables of events hold what the account's own answers say, cell by cell, on the first day and the next ones.

Read again by a few lines of plain HTTP, so that a mistake in our client cannot hide itself.
"""

import csv
import gzip
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.model import Selection
from crmsnap.publish.verify import verify
from crmsnap.report import Report
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.state.reader import StateReader
from crmsnap.sync import Request, run_sync

NOW_MS = 1_795_312_800_000
FIRST, SECOND, THIRD = "2026-11-22", "2026-11-23", "2026-11-24"
REQUEST = Request(
    selection=Selection(
        types=("0-1",), tables=("EVENTS_*", "OBJECT_PROPERTIES", "PROPERTY_DEFINITIONS")
    )
)
MARKER = b"SENSITIVE-CANARY-"
SHARES_NAMES = {
    "SENT": "MTA_SENT_EMAIL_V2",
    "DELIVERED": "MTA_DELIVERED_EMAIL_V2",
    "OPEN": "OPENED_EMAIL_V2",
    "CLICK": "CLICKED_LINK_IN_EMAIL_V2",
    "BOUNCE": "MTA_BOUNCED_EMAIL_V2",
    "SPAMREPORT": "REPORTED_SPAM_EMAIL_V2",
    "STATUSCHANGE": "UPDATED_EMAIL_SUBSCRIPTION_STATUS_V2",
}


@dataclass
class Copies:
    """An account and the copies that were made of it."""

    account: Address
    folder: Path
    truth: dict[str, dict[str, Any]]
    """By day."""
    reports: dict[str, Report]

    def sync(self, day: str) -> None:
        settings = ConnectionSettings(
            to=str(self.folder / "snapshots"),
            token=SecretStr(self.account.token),
            base_url=self.account.url,
            allow_other_host=True,
        )
        with open_tools(
            Known(None, settings), self.folder / "home", RunClock(), lambda _: None
        ) as tools:
            self.reports[day] = run_sync(REQUEST, tools)
        self.truth[day] = get(self.account, "/_sandbox/truth")

    def rows(self, day: str, table: str) -> list[dict[str, str]]:
        found = []
        for part in sorted((self.folder / "snapshots" / day / table).glob("*.csv.gz")):
            text = gzip.decompress(part.read_bytes()).decode()
            found += list(csv.DictReader(text.splitlines(keepends=True)))
        return found

    def names(self, day: str) -> dict[str, str]:
        """Table name by event type's id."""
        return {
            self.rows(day, table.name)[0]["EVENTTYPEID"]: table.name
            for table in self.reports[day].manifest.tables
            if table.name.startswith("EVENTS_") and table.rows
        }


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Three days of one account; some events of the second one arrive on the third."""
    options = Options(contacts=1_000, seed=1, now_ms=NOW_MS, frozen=True)
    with running(options) as account:
        made = Copies(account, tmp_path_factory.mktemp("copies"), {}, {})
        made.sync(FIRST)
        for day in (SECOND, THIRD):
            advance(account)
            made.sync(day)
        yield made


def advance(account: Address) -> None:
    """Let a day pass."""
    body = json.dumps({"days": 1}).encode()
    url = f"{account.url}/_sandbox/advance"
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, body, headers, method="POST")
    urllib.request.urlopen(request).close()


def get(account: Address, path: str, **query: str) -> Any:
    request = urllib.request.Request(
        f"{account.url}{path}?{urlencode(query)}",
        headers={"Authorization": f"Bearer {account.token}"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def mails(account: Address) -> list[dict[str, Any]]:
    """Every event of a mail, as the API gives it today."""
    found: list[dict[str, Any]] = []
    offset: dict[str, str] = {}
    while True:
        answer = get(account, "/email/public/v1/events", limit="50", **offset)
        found += answer["events"]
        if not answer["hasMore"]:
            return found
        offset = {"offset": answer["offset"]}


def contacts_by_address(account: Address) -> dict[str, str]:
    """Who has an address; HubSpot keeps addresses apart, so it is one."""
    found = {}
    after: dict[str, str] = {}
    while True:
        page = get(
            account,
            "/crm/v3/objects/contacts",
            limit="100",
            properties="email,hs_additional_emails",
            **after,
        )
        for record in page["results"]:
            values = record["properties"]
            addresses = [values["email"], *(values["hs_additional_emails"] or "").split(";")]
            found |= {a.strip().lower(): record["id"] for a in addresses if a and a.strip()}
        if "paging" not in page:
            return found
        after = {"after": page["paging"]["next"]["after"]}


def published(milliseconds: int) -> str:
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return time.strftime("%Y-%m-%d %H:%M:%S.") + f"{milliseconds % 1000:03d}"


@pytest.mark.parametrize("day", [FIRST, SECOND, THIRD])
def test_every_event_of_either_api_is_there_once(copies: Copies, day: str) -> None:
    """Late arrivals too: the next day reads all time again."""
    expected = {
        **{name: count for name, count in copies.truth[day]["events"].items() if count},
        **{f"email:{name}": count for name, count in copies.truth[day]["email_events"].items()},
    }
    of_definition = {
        f"6-{found['id']}": found["fullyQualifiedName"]
        for found in get(copies.account, "/events/v3/event-definitions", limit="100")["results"]
    }
    counts = {}
    for id_, table in copies.names(day).items():
        ids = [row["ID"] for row in copies.rows(day, table)]
        assert len(set(ids)) == len(ids)
        counts[of_definition.get(id_, id_)] = len(ids)
    assert counts == expected


def test_events_arrive_late(copies: Copies) -> None:
    """Else the test above would show little: some of the third day's are older than the second copy."""
    late = {"email": 0, "other": 0}
    for id_, table in copies.names(SECOND).items():
        before = {row["ID"] for row in copies.rows(SECOND, table)}
        late["email" if id_.startswith("email:") else "other"] += sum(
            row["ID"] not in before and row["OCCURREDAT"] < f"{SECOND} 02:00:00.000"
            for row in copies.rows(THIRD, table)
        )
    assert min(late.values()) > 0


def test_a_mail_event_says_what_the_api_says(copies: Copies) -> None:
    """Cell by cell, and the contact who has the recipient's address on that day."""
    names = copies.names(THIRD)
    contacts = contacts_by_address(copies.account)
    expected: dict[str, dict[str, tuple[Any, ...]]] = {}
    for event in mails(copies.account):
        expected.setdefault(event["type"], {})[event["id"]] = (
            published(event["created"]),
            "0-1",
            contacts.get(event["recipient"].lower(), ""),
            event["recipient"],
            str(event["emailCampaignId"]),
            event.get("url", ""),
            None if event.get("location") is None else event["location"],
        )
    assert len(expected) == 12
    for type_, events in expected.items():
        found = {
            row["ID"]: (
                row["OCCURREDAT"],
                row["OBJECTTYPEID"],
                row["OBJECTID"],
                row["PROPERTY_HS_RECIPIENT"],
                row["PROPERTY_HS_EMAIL_CAMPAIGN_ID"],
                row.get("PROPERTY_HS_CLICK_ORIGINAL_URL", ""),
                json.loads(row.get("PROPERTY_HS_LOCATION") or "null"),
            )
            for row in copies.rows(THIRD, names[f"email:{type_}"])
        }
        assert found == events, type_
    assert any(row[2] == "" for row in expected["SENT"].values())
    assert any(row[2] and row[3] != row[3].lower() for row in expected["SENT"].values())


def test_an_event_of_the_account_says_what_the_api_says(copies: Copies) -> None:
    """Every property of every occurrence, also one that no definition names, as text."""
    name = next(n for n in copies.truth[THIRD]["events"] if n.endswith("software_usage_event"))
    expected = {}
    after: dict[str, str] = {}
    while True:
        page = get(copies.account, "/events/v3/events", eventType=name, limit="100", **after)
        for event in page["results"]:
            expected[event["id"]] = {k: v for k, v in event["properties"].items() if v}
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    found = {}
    for row in copies.rows(THIRD, "EVENTS_SOFTWARE_USAGE_EVENT"):
        values = {}
        for column, value in row.items():
            kind, _, property_ = column.partition("PROPERTY_")
            if value and kind == "" and property_:
                # The text beside a typed value is HubSpot's own.
                values[property_.removeprefix("UNPARSED_").lower()] = value
        found[row["ID"]] = values
    assert found == expected


def test_tables_have_the_shares_names_and_keep_them(copies: Copies) -> None:
    """The mails before HubSpot's own types, those before the account's; two want one name, twice."""
    first, last = copies.names(FIRST), copies.names(THIRD)
    assert first.items() <= last.items()
    assert len(set(last.values())) == len(last)
    for type_, name in SHARES_NAMES.items():
        assert last[f"email:{type_}"] == f"EVENTS_{name}"
    assert last["e_document_viewed_v2"] == "EVENTS_DOCUMENT_VIEWED_V2"
    listed = "e_updated_email_subscription_status_v2"
    assert last[listed] == f"{last['email:STATUSCHANGE']}_{listed.upper()}"
    assert "EVENTS_SOCIAL_MEDIA_FLOW___BASIC" in last.values()


def test_fields_of_mail_events_are_defined(copies: Copies) -> None:
    """Like the properties of any other type."""
    defined = {
        row["NAME"]: row["TYPE"]
        for row in copies.rows(THIRD, "PROPERTY_DEFINITIONS")
        if row["OBJECTTYPEID"] == "email:OPEN"
    }
    assert (defined["hs_email_campaign_id"], defined["hs_duration"]) == ("string", "number")


def test_an_archived_definition_is_a_gap(copies: Copies) -> None:
    """Its occurrences were there once, and HubSpot does not serve them."""
    gaps = {gap.stream: gap.reason for gap in copies.reports[FIRST].gaps}
    archived = [stream for stream in gaps if stream.endswith("old_signup")]
    assert [gaps[stream] for stream in archived] == ["not-available"]


def test_the_copies_verify(copies: Copies) -> None:
    """Order, keys and nulls of every table."""
    folder = str(copies.folder / "snapshots")
    destination = open_destination(folder, S3Options(), RunClock(), lambda: 0.5)
    for day in (FIRST, SECOND, THIRD):
        assert verify(destination, day, lambda _: None).problems == ()


def test_no_sensitive_value_of_an_event_is_anywhere(copies: Copies) -> None:
    """Occurrences come with them, asked for or not; the manifest says what was left out."""
    (home,) = (path for path in (copies.folder / "home").iterdir() if path.is_dir())
    reader = StateReader(home, ())
    files = sorted((home / "events").glob("*.sqlite"))
    bodies = [
        event.body for path in files for event in reader.events(f"events/{unquote(path.stem)}")
    ]
    assert len(bodies) > 1_000
    assert not [body for body in bodies if MARKER in body]
    for part in copies.folder.rglob("EVENTS_*/*.csv.gz"):
        assert MARKER not in gzip.decompress(part.read_bytes()), part
    left_out = {
        name for found in copies.reports[THIRD].manifest.facts.sensitive for name in found.names
    }
    assert {"passport_number", "diagnosis"} <= left_out
    served = get(
        copies.account,
        "/events/v3/events",
        eventType=next(n for n in copies.truth[THIRD]["events"] if n.endswith("oauth_login")),
        limit="100",
    )
    assert MARKER.decode() in json.dumps(served)
