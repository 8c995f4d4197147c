"""Choosing among events, and what their tables then hold."""

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import manifest, rows


def configured(crmsnap: Crmsnap, *settings: str) -> None:
    crmsnap.write_config(
        "\n".join(
            [
                "[connections.acme]",
                f'to = "{crmsnap.snapshots}"',
                f'base_url = "{crmsnap.account.url}"\nallow_other_host = true',
                'types = ["contacts"]',
                'tables = ["EVENTS_*", "OBJECT_PROPERTIES"]',
                *settings,
            ]
        )
    )


def events_of(crmsnap: Crmsnap) -> set[str]:
    folders = (path.name for path in (crmsnap.snapshots / DAY).iterdir() if path.is_dir())
    return {name for name in folders if name.startswith("EVENTS_")}


def gaps_of(crmsnap: Crmsnap) -> dict[str, str]:
    """Reasons by stream."""
    found = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
    return {gap["stream"]: gap["reason"] for gap in found}


def test_only_chosen_events_are_published(crmsnap: Crmsnap):
    """By the share's name, by a custom event's own, by a pattern; properties of one event alone."""
    configured(
        crmsnap,
        'events = ["opened_email_v2", "oauth_login", "e_visited*"]',
        'exclude_properties = ["opened_email_v2.hs_recipient"]',
    )
    ended = crmsnap("sync")
    assert ended.exit_code == 0, ended.stderr
    assert events_of(crmsnap) == {
        "EVENTS_OPENED_EMAIL_V2",
        "EVENTS_OAUTH_LOGIN",
        "EVENTS_VISITED_PAGE",
    }
    opened = rows(crmsnap.snapshots / DAY, "EVENTS_OPENED_EMAIL_V2")
    assert "PROPERTY_HS_RECIPIENT" not in opened[0]
    assert any(row["OBJECTID"] for row in opened)
    assert "email-events/contacts" not in gaps_of(crmsnap)


def test_excluded_events_are_not_published(crmsnap: Crmsnap):
    """The others stay, those of mails too."""
    configured(crmsnap, 'exclude_events = ["visited_page", "CLICK"]')
    ended = crmsnap("sync")
    assert ended.exit_code == 0, ended.stderr
    published = events_of(crmsnap)
    assert "EVENTS_MTA_SENT_EMAIL_V2" in published
    assert published.isdisjoint({"EVENTS_VISITED_PAGE", "EVENTS_CLICKED_LINK_IN_EMAIL_V2"})
    # Two types want one name: neither may fall out by the choice of others.
    status = "EVENTS_UPDATED_EMAIL_SUBSCRIPTION_STATUS_V2"
    listed = "e_updated_email_subscription_status_v2"
    assert {row["EVENTTYPEID"] for row in rows(crmsnap.snapshots / DAY, status)} == {
        "email:STATUSCHANGE"
    }
    assert {
        row["EVENTTYPEID"] for row in rows(crmsnap.snapshots / DAY, f"{status}_{listed.upper()}")
    } == {listed}


def test_an_event_that_the_account_does_not_have_is_refused(crmsnap: Crmsnap):
    """Before anything is read, with what was meant."""
    configured(crmsnap, 'events = ["opened_email_v3"]')
    assert_refused(crmsnap("sync"), "usage", 2, "'opened_email_v3'", "opened_email_v2")


def test_a_single_table_of_mail_events_is_published_alone(crmsnap: Crmsnap):
    """Without contacts nobody is found: nothing fails, and the snapshot says so."""
    ended = crmsnap.sync("--tables", "EVENTS_OPENED_EMAIL_V2")
    assert ended.exit_code == 0, ended.stderr
    assert events_of(crmsnap) == {"EVENTS_OPENED_EMAIL_V2"}
    opened = rows(crmsnap.snapshots / DAY, "EVENTS_OPENED_EMAIL_V2")
    assert len(opened) > 10
    assert not any(row["OBJECTID"] for row in opened)
    assert gaps_of(crmsnap)["email-events/contacts"] == "not-available"
    assert "email-events/contacts: the run copies no addresses of contacts" in ended.stdout


def test_contacts_without_their_address_are_no_recipients(crmsnap: Crmsnap):
    """OBJECTID is NULL in every row, although further addresses are copied."""
    configured(crmsnap, 'events = ["opened_email_v2"]', 'exclude_properties = ["contacts.email"]')
    ended = crmsnap("sync")
    assert ended.exit_code == 0, ended.stderr
    opened = rows(crmsnap.snapshots / DAY, "EVENTS_OPENED_EMAIL_V2")
    assert {row["OBJECTID"] for row in opened} == {""}
    assert "email-events/contacts" in gaps_of(crmsnap)
