"""OWNERS, OWNER_TEAM and TEAMS: who records belong to."""

from crmsnap.streams.documents import OwnerDocument, OwnerTeam, TeamDocument
from crmsnap.tables.owner_team import OWNER_TEAM
from crmsnap.tables.owners import OWNERS
from crmsnap.tables.teams import TEAMS
from tests.builders.account_state import INGESTED, RunMark, body, rows_of

CREATED, CHANGED = "2025-01-07 10:00:00.000", "2026-02-01 10:00:00.000"


def an_owner(id_: str, **facts: object) -> OwnerDocument:
    return OwnerDocument(id_, "PERSON", CREATED, CHANGED, **facts)


def test_an_owner_is_a_row_with_everything_hubspot_says(state):
    """The golden row."""
    state.documents(
        "owners",
        {
            "4711": an_owner(
                "4711",
                user_id=880011,
                user_id_including_inactive=880011,
                email="ada@example.com",
                first_name="Ada",
                last_name="Byron",
            )
        },
    )
    assert rows_of(OWNERS, state.reader) == [
        (
            "4711",
            880011,
            "ada@example.com",
            "Ada",
            "Byron",
            "PERSON",
            False,
            880011,
            CREATED,
            CHANGED,
            INGESTED,
        )
    ]


def test_a_removed_user_keeps_the_id_of_the_past(state):
    """Lists name users who are long gone; the archived owner still says who they were."""
    state.documents("owners", {"5": an_owner("5", archived=True, user_id_including_inactive=7)})
    assert rows_of(OWNERS, state.reader) == [
        ("5", None, None, None, None, "PERSON", True, 7, CREATED, CHANGED, INGESTED)
    ]


def test_owners_are_in_the_order_of_their_numbers(state):
    """The state sorts keys as text; the table's key is a number."""
    state.documents("owners", {id_: an_owner(id_) for id_ in ("9", "10", "2")})
    assert [row[0] for row in rows_of(OWNERS, state.reader)] == ["2", "9", "10"]


def test_an_owner_is_a_row_for_every_team(state):
    """Teams by number too, whatever order the API gives them in."""
    teams = [OwnerTeam("22", "EMEA", primary=True), OwnerTeam("3", "Sales")]
    state.documents(
        "owners", {"10": an_owner("10", teams=teams), "9": an_owner("9", teams=teams[:1])}
    )
    assert rows_of(OWNER_TEAM, state.reader) == [
        ("9", "22", True, INGESTED),
        ("10", "3", False, INGESTED),
        ("10", "22", True, INGESTED),
    ]


def test_teams_are_those_that_the_account_has(state):
    """Also teams that nobody is in."""
    state.documents("owners", {"1": an_owner("1", teams=[OwnerTeam("22", "EMEA")])})
    state.documents("teams", {id_: TeamDocument(id_, f"Team {id_}") for id_ in ("22", "3")})
    assert rows_of(TEAMS, state.reader) == [
        ("3", "Team 3", INGESTED),
        ("22", "Team 22", INGESTED),
    ]


def test_a_team_that_only_an_owner_still_names_is_a_row(state):
    """A deactivated team is no longer listed, but OWNER_TEAM names it and must find it here."""
    teams = [OwnerTeam("22", "Old name"), OwnerTeam("7", "Closed")]
    state.documents("owners", {"1": an_owner("1", teams=teams)})
    state.documents("teams", {"22": TeamDocument("22", "EMEA")})
    assert rows_of(TEAMS, state.reader) == [("7", "Closed", INGESTED), ("22", "EMEA", INGESTED)]


def test_without_their_scope_teams_are_those_that_owners_name(state):
    """Better some teams and a declared gap than none."""
    state.documents(
        "owners",
        {
            "1": an_owner("1", teams=[OwnerTeam("22", "EMEA"), OwnerTeam("3", "Sales")]),
            "2": an_owner("2", teams=[OwnerTeam("22", "EMEA")]),
        },
    )
    assert rows_of(TEAMS, state.reader) == [("3", "Sales", INGESTED), ("22", "EMEA", INGESTED)]


def test_the_owner_that_changed_last_knows_a_teams_name(tmp_path, state):
    """Owners are stored when they change, so an older one may hold the team's old name."""
    older = RunMark("run-0", "2026-11-21 02:00:00.000")
    unchanged = (
        "2",
        body(
            {
                "id": "2",
                "type": "PERSON",
                "created_at": CREATED,
                "updated_at": CREATED,
                "teams": [{"id": "22", "name": "Old", "primary": False}],
            }
        ),
    )
    renamed = (
        "1",
        body(
            {
                "id": "1",
                "type": "PERSON",
                "created_at": CREATED,
                "updated_at": CREATED,
                "teams": [{"id": "22", "name": "New", "primary": False}],
            }
        ),
    )
    state.write("owners", [unchanged], run=older)
    state.write("owners", [renamed, unchanged])
    assert rows_of(TEAMS, state.reader) == [("22", "New", INGESTED)]


def test_without_owners_and_teams_the_tables_are_empty(state):
    """A stream that was not read is a gap, not an error."""
    assert [rows_of(table, state.reader) for table in (OWNERS, OWNER_TEAM, TEAMS)] == [[], [], []]
