"""What the words of a selection mean in an account: the sandbox, asked over HTTP, records left alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_client
from crmsnap.config import ConnectionSettings
from crmsnap.errors import UsageError
from crmsnap.extract.asked import asked
from crmsnap.extract.outlook import Outlook, outlook, tables_of
from crmsnap.extract.selection import known_events
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.model import Choice, Selection
from crmsnap.sandbox.server import Options, running
from crmsnap.streams.known_types import properties

PETS = "2-5550001"
FIELD_VISITS = {"2-5550022", "2-5550029"}
"""Two custom types whose labels differ in a sign only."""


POOR = "crm.objects.contacts.read,business-intelligence"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An account with a token that may do everything, and one that may read contacts and events."""
    options = Options(contacts=20, frozen=True, tokens=("rich", f"poor={POOR}"))
    with running(options) as account:
        yield account.url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    """A token that may read everything."""
    with client_of("rich", url) as client:
        yield client


@contextmanager
def client_of(token: str, url: str) -> Iterator[Client]:
    settings = ConnectionSettings(token=SecretStr(token), base_url=url, allow_other_host=True)
    with open_client(Known(None, settings), RunClock()) as client:
        yield client


@pytest.fixture
def found(client: Client, tmp_path: Path):
    """What a selection comes to."""

    def find(**chosen: object) -> Outlook:
        return outlook(Selection(**chosen), client, tmp_path, 8)

    return find


def types(found: Outlook) -> set[str]:
    """The types that are read."""
    stream = "properties/"
    return {
        name.removeprefix(stream)
        for name in found.plan.scope.reader.streams
        if name.startswith(stream)
    }


def names(found: Outlook) -> list[str]:
    """The tables that can come."""
    return [table.name for table in tables_of(found)]


OBJECTS = ("OBJECTS",)


@pytest.mark.parametrize("word", ["field_visits*", "Field?Visits", "2-55500[2]*", "FIELD*"])
def test_a_pattern_fits_ids_names_and_labels_of_any_case(found, word):
    """Whatever somebody calls a type, as long as the account does."""
    assert types(found(types=(word,), tables=OBJECTS)) == FIELD_VISITS


def test_what_is_left_out_wins_over_what_is_chosen(found):
    """`exclude_types` is what one relies on."""
    chosen = found(types=("pets", "field*"), exclude_types=("*_2",), tables=OBJECTS)
    assert types(chosen) == {PETS, "2-5550022"}


@pytest.mark.parametrize("tables", [("EVENTS_*",), ()])
def test_only_tables_of_chosen_events_are_listed(found, tables):
    """As a run publishes them: of all others nothing is read."""

    def listed(events: Choice) -> set[str]:
        shown = names(found(tables=tables, events=events))
        return {name for name in shown if name.startswith("EVENTS_")}

    assert listed(Choice(("oauth_login",))) == {"EVENTS_OAUTH_LOGIN"}
    assert listed(Choice()) - listed(Choice(never=("visited_page", "CLICK"))) == {
        "EVENTS_VISITED_PAGE",
        "EVENTS_CLICKED_LINK_IN_EMAIL_V2",
    }


def test_without_a_chosen_event_no_table_of_events_is_listed(found):
    """The family's name would promise that some may come."""
    shown = names(found(tables=("OWNERS", "EVENTS_*"), events=Choice(("nothing_like_this*",))))
    assert shown == ["OWNERS"]


def test_all_types_but_one_are_read(found):
    """Also those that come tomorrow: nobody has to list them."""
    every, without = (
        types(found(tables=OBJECTS)),
        types(found(exclude_types=("contacts",), tables=OBJECTS)),
    )
    assert every - without == {"0-1"}


def test_lists_follow_the_types_too(found):
    """They are read by no type, and belong to one."""
    scope = found(exclude_types=("conta*",), tables=("LISTS",)).plan.scope
    assert not scope.wants("0-1")
    assert scope.wants("0-2")


def test_names_become_ids_and_patterns_stay(client):
    """One selection, however it is written: a stopped run and a published day are compared by it."""
    words = Selection(
        types=("Deals", "P*", "pets", "0-3"),
        tables=("owners", "OWNERS"),
        properties=Choice(("Pets.Title", "d*.Amount"), ("Email",)),
        histories=Choice((), ("contacts",)),
    )
    assert asked(words, client) == Selection(
        types=("0-3", PETS, "p*"),
        tables=("OWNERS",),
        properties=Choice((f"{PETS}.title", "d*.amount"), ("email",)),
        histories=Choice((), ("0-1",)),
    )


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"types": ("contcts",)}, ["types: ", "'contcts'", "did you mean 'contacts'?"]),
        ({"exclude_types": ("petz",)}, ["exclude_types: ", "'petz'", "did you mean 'pet'?"]),
        ({"types": ("0-99999",)}, ["'0-99999'"]),
        ({"types": ("nobody*",)}, ["no object type is left"]),
        ({"exclude_types": ("*",)}, ["no object type is left"]),
        ({"tables": ("OWNER",)}, ["'OWNER'", "did you mean OWNERS?"]),
        ({"tables": ("EVENTS_NOPE",)}, ["'EVENTS_NOPE'"]),
        (
            {"tables": ("EVENTS_*",), "exclude_tables": ("EVENTS_OAUTH_LOGN",)},
            ["did you mean EVENTS_OAUTH_LOGIN?"],
        ),
        ({"tables": ("ASSOCIATIONS_PETS_TO_DEAL",)}, ["did you mean ASSOCIATIONS_PETS_TO_DEALS?"]),
        ({"tables": ("NOPE*",)}, ["no table is left"]),
        ({"exclude_tables": ("*",)}, ["no table is left"]),
        (
            {"tables": ("ASSOCIATIONS_PETS_TO_DEALS",), "exclude_types": ("deals",)},
            ["ASSOCIATIONS_PETS_TO_DEALS", "leaves out 0-3"],
        ),
        (
            {"tables": ("OBJECTS", "OBJECTS_NOTES", "OWNERS"), "exclude_types": ("notes",)},
            ["OBJECTS_NOTES", "leaves out 0-46"],
        ),
        (
            {
                "tables": ("ASSOCIATIONS", "ASSOCIATIONS_NOTES_TO_CONTACTS"),
                "exclude_types": ("notes",),
            },
            ["ASSOCIATIONS_NOTES_TO_CONTACTS", "leaves out 0-46"],
        ),
        ({"properties": Choice((), ("emial",))}, ["exclude_properties: ", "'emial'", "'email'?"]),
        ({"properties": Choice(("deals.amonut",))}, ["'amonut' of Deals", "'amount'?"]),
        ({"properties": Choice(("deals.email",))}, ["'email' of Deals"]),
        ({"properties": Choice((), ("deelz.amount",))}, ["'deelz' is no object type and no event"]),
        ({"events": Choice(("visited_pages",))}, ["events: ", "did you mean 'visited_page'?"]),
        (
            {"events": Choice((), ("oauth_lgin",))},
            ["exclude_events: ", "did you mean 'oauth_login'?"],
        ),
        (
            {"tables": ("OWNERS",), "histories": Choice((), ("dealz",))},
            ["exclude_history_types: ", "did you mean 'deal"],
        ),
    ],
    ids=str,
)
def test_a_name_that_means_nothing_is_refused(found, chosen, said):
    """Of what should stay out, nothing may slip in by a mistyped name; the error says what was meant."""
    if "properties" in chosen:
        chosen = {"types": ("deals", "contacts"), "tables": OBJECTS} | chosen
    if "events" in chosen:
        chosen = {"tables": ("EVENTS_*",)} | chosen
    with pytest.raises(UsageError) as refused:
        found(**chosen)
    error = refused.value
    text = f"{error.message} {error.cause} {error.remedy}"
    assert all(words in text for words in said), text
    assert error.remedy


def test_a_pattern_that_fits_nothing_is_named(found):
    """It may fit tomorrow; a slip of the pen must show all the same."""
    chosen = found(
        exclude_types=("nobody*",),
        exclude_tables=("NOPE*", "OWNER_*"),
        properties=Choice((), ("salery_*", "deals.hs_*")),
        events=Choice((), ("nobody*",)),
    )
    assert chosen.plan.unmatched == (
        "exclude_types: nobody*",
        "exclude_tables: NOPE*",
        "exclude_events: nobody*",
        "exclude_properties: salery_*",
    )


def test_what_the_token_may_not_list_is_not_judged(url: str, tmp_path: Path):
    """A scope that is taken away is a declared gap: it must not become a refusal of `deals.amount`."""
    chosen = Selection(
        types=("contacts", "deals"),
        tables=("OBJECTS", "EVENTS_*"),
        properties=Choice((), ("deals.amount", "amount", "visited_page.hs_anything")),
    )
    with client_of("poor", url) as client:
        found = outlook(chosen, client, tmp_path, 8)
        assert "objects/0-3" in {gap.stream for gap in found.gaps}
        with pytest.raises(UsageError, match="EVENTS_NOPE"):
            outlook(Selection(tables=("EVENTS_NOPE",)), client, tmp_path / "second", 8)


def test_an_archived_property_is_a_known_one(found):
    """It may come back: whoever leaves it out must not be refused."""
    scope = found(tables=OBJECTS).plan.scope
    archived = next(
        one.name
        for type_ in sorted(scope.reader.family("properties"))
        for one in properties(scope, type_)
        if one.archived
    )
    assert found(properties=Choice((), (archived,)), tables=OBJECTS).plan.unmatched == ()


def test_a_table_of_one_pair_needs_only_its_two_types(found):
    """The others are not even defined in the state."""
    chosen = found(tables=("associations_pets_to_contacts", "OWNERS"))
    assert types(chosen) == {PETS, "0-1"}
    assert names(chosen) == ["ASSOCIATIONS_PETS_TO_CONTACTS", "OWNERS"]


def test_a_table_of_one_type_needs_that_type_alone(found):
    """As long as nothing beside it speaks of others."""
    chosen = found(tables=("OBJECTS_PETS", "OBJECTS_FIELD*"))
    assert types(chosen) == {PETS, *FIELD_VISITS}
    assert names(chosen) == [
        "OBJECTS_FIELD_VISITS",
        "OBJECTS_FIELD_VISITS_2_5550029",
        "OBJECTS_PETS",
    ]


@pytest.mark.parametrize(
    "chosen", [{"types": ("engagements",)}, {"tables": ("OBJECTS_ENGAGEMENTS",)}]
)
def test_engagements_are_what_they_consist_of(found, chosen):
    """No API reads 0-4 itself: its notes, tasks, calls and so on are read."""
    assert types(found(**{"tables": OBJECTS} | chosen)) == set(ENGAGEMENT_TYPES)


@pytest.mark.parametrize("chosen", [{}, {"types": ("engagements", "deals")}])
def test_engagements_without_one_of_their_types_are_a_declared_gap(found, chosen):
    """Else a table called engagements would be short of every note, and nothing would say so."""
    without = found(exclude_types=("notes", "calls"), tables=OBJECTS, **chosen)
    (gap,) = [gap for gap in without.gaps if gap.stream == "objects/0-4"]
    assert gap.reason == "not-available", "nothing that the operator has to mend"
    assert "of which 0-46, 0-48 are left out by choice" in gap.detail
    assert gap.scopes == ()


@pytest.mark.parametrize("chosen", [{}, {"types": ("notes",)}, {"exclude_types": ("0-4", "notes")}])
def test_engagements_that_are_whole_or_unwanted_are_no_gap(found, chosen):
    """Who copies notes alone did not ask for 0-4."""
    gaps = found(**{"tables": OBJECTS} | chosen).gaps
    assert "objects/0-4" not in {gap.stream for gap in gaps}


def test_a_gap_of_engagements_excuses_no_mistyped_property(found):
    """What is left out by choice is known, unlike what a token may not list."""
    with pytest.raises(UsageError, match="emial"):
        found(exclude_types=("notes",), properties=Choice((), ("emial",)), tables=OBJECTS)


def test_a_table_of_all_types_needs_all_types(found):
    """LISTS has lists of every type: a table of one pair beside it must not narrow them."""
    chosen = found(tables=("ASSOCIATIONS_PETS_TO_CONTACTS", "LISTS"))
    assert types(chosen) > {PETS, "0-1"}


def test_only_events_whose_tables_are_published_are_read(found):
    """One call less for each of the others."""
    chosen = found(tables=("EVENTS_OAUTH_LOGIN",))
    assert names(chosen) == ["EVENTS_OAUTH_LOGIN"]
    assert chosen.plan.scope.takes_event("pe79501587_oauth_login")
    assert not chosen.plan.scope.takes_event("e_visited_page")
    assert not chosen.plan.scope.takes_event("email:MADE_TOMORROW")


STATUS = "EVENTS_UPDATED_EMAIL_SUBSCRIPTION_STATUS_V2"
LISTED = "e_updated_email_subscription_status_v2"
MAILS = "email:STATUSCHANGE"
"""Two types that want one name: the account has rows of both."""


@pytest.mark.parametrize(
    ("chosen", "taken"),
    [
        ({"tables": ("EVENTS_*",)}, (LISTED, MAILS)),
        ({"tables": ("EVENTS_*",), "events": Choice((), ("oauth_login",))}, (LISTED, MAILS)),
        ({"events": Choice((), ("oauth_login",))}, (LISTED, MAILS)),
        ({"tables": (STATUS,)}, (MAILS,)),
        ({"tables": (f"{STATUS}_{LISTED.upper()}",)}, (LISTED,)),
        (
            {"tables": ("EVENTS_*",), "exclude_tables": (f"{STATUS}_{LISTED.upper()}",)},
            (MAILS,),
        ),
        ({"tables": ("EVENTS_*",), "exclude_tables": (STATUS,)}, (LISTED,)),
        ({"tables": ("EVENTS_*",), "events": Choice((LISTED,))}, (LISTED, MAILS)),
        ({"tables": ("EVENTS_*",), "events": Choice((MAILS,))}, (MAILS,)),
    ],
    ids=str,
)
def test_a_table_means_one_type_whatever_else_was_chosen(found, chosen, taken):
    """And nothing is left out that was not named: before a run nobody knows which types have rows."""
    scope = found(**chosen).plan.scope
    known = {one.api_name: one for one in known_events(scope.reader)}
    assert tuple(n for n in (LISTED, MAILS) if scope.takes_event(*known[n].names)) == taken
    assert {name: known[name].table.name for name in (LISTED, MAILS)} == {
        MAILS: STATUS,
        LISTED: f"{STATUS}_{LISTED.upper()}",
    }


@pytest.mark.parametrize(
    "chosen",
    [
        {"tables": ("EVENTS_*",), "events": Choice((), ("oauth_login",))},
        {"tables": ("EVENTS_*",), "events": Choice(("email:*", "visited_page"))},
    ],
    ids=str,
)
def test_a_pattern_takes_the_mail_events_of_tomorrow_too(found, chosen):
    """No list has all of them: what nobody knows yet must not be left out by not being listed."""
    assert found(**chosen).plan.scope.takes_event("email:MADE_TOMORROW")


@pytest.mark.parametrize("word", ["e_visited_page", "visited_page", "VISITED_PAGE", "visited*"])
def test_an_event_goes_by_several_names(found, word):
    """With HubSpot's prefix or without."""
    scope = found(tables=("EVENTS_*",), events=Choice((), (word,))).plan.scope
    assert not scope.takes_event("e_visited_page")
    assert scope.takes_event("pe79501587_oauth_login")


def test_events_that_are_all_left_out_are_none(found):
    """An empty choice would mean every event."""
    chosen = found(tables=("EVENTS_<NAME>",), events=Choice((), ("*",)))
    assert not chosen.plan.scope.takes_event("e_visited_page")


def test_a_family_is_left_out_by_its_name_or_by_its_prefix(found):
    """Then its streams are not read at all."""
    for word in ("EVENTS_<NAME>", "EVENTS_*", "E*"):
        chosen = found(tables=("OWNERS", "EVENTS_*"), exclude_tables=(word,))
        assert names(chosen) == ["OWNERS"]
        assert "event-types" not in chosen.plan.scope.reader.streams


def test_a_letter_of_a_familys_name_is_no_sample_of_its_tables(found):
    """`*NAME*` means tables with NAME in theirs, not the placeholder of EVENTS_<NAME>."""
    chosen = found(tables=("EVENTS_*",), exclude_tables=("*NAME*",))
    assert "EVENTS_VISITED_PAGE" in names(chosen)


def test_an_optional_table_is_taken_by_its_name_alone(found):
    """`*` means what is usual, so that an optional table is never a surprise."""
    optional = "OBJECT_PROPERTIES_HISTORY_SOURCES"
    assert optional not in names(found(tables=("*",), types=("deals",)))
    assert optional in names(found(tables=("*", optional), types=("deals",)))
