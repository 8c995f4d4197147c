from itertools import chain

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api.owners import list_owners
from crmsnap.sandbox.api.route import ApiError
from crmsnap.sandbox.api.users import get_user, list_roles, list_teams, list_users


def test_some_users_own_nothing(reader):
    """Users are more than the people among the owners."""
    users = {one["id"] for one in reader.all(list_users)}
    owners = {str(one["userId"]) for one in reader.all(list_owners) if one["userId"]}
    assert owners < users


def test_who_left_is_no_user_any_more(reader):
    """An archived owner's user cannot be listed: the id lives on in the owner only."""
    users = {one["id"] for one in reader.all(list_users)}
    left = {str(one["userIdIncludingInactive"]) for one in reader.all(list_owners, archived="true")}
    assert left
    assert not users & left


def test_users_are_paged(reader):
    """Small and large pages show the same users once."""
    pages = list(reader.pages(list_users, limit=4))
    assert len(pages) > 2
    assert list(chain(*pages)) == reader.all(list_users, limit=100)


def test_more_than_a_hundred_users_a_page_are_refused(reader):
    """The maximum is smaller than that of owners."""
    with pytest.raises(ApiError) as caught:
        reader.get(list_users, limit=101)
    assert caught.value.status == 400


def test_a_user_is_read_by_id_or_by_email(reader):
    """Both ways lead to the same user."""
    for wanted in reader.all(list_users):
        assert reader.get(get_user, {"userId": wanted["id"]}) == wanted
        assert reader.get(get_user, {"userId": wanted["email"]}, idProperty="EMAIL") == wanted


@pytest.mark.parametrize("id_", ["1", "880015", "99999999999"])
def test_an_id_that_no_user_has_is_not_found(reader, id_):
    """A gap between two ids belongs to nobody."""
    with pytest.raises(ApiError) as caught:
        reader.get(get_user, {"userId": id_})
    assert caught.value.status == 404


def test_a_deactivated_team_is_known_from_archived_owners_only(reader):
    """A reader that joins OWNER_TEAM to TEAMS must expect teams that are not there."""
    listed = {team["id"] for team in reader.all(list_teams)}
    named = {
        team["id"]
        for archived in ("true", "false")
        for one in reader.all(list_owners, archived=archived)
        for team in one.get("teams", ())
    }
    assert named - listed
    assert listed - named, "and some teams have no owner"


def test_teams_and_users_tell_the_same_memberships(reader):
    """Both families are answers to the same question."""
    by_team = {
        (team["id"], user, primary)
        for team in reader.all(list_teams)
        for primary, field in ((True, "userIds"), (False, "secondaryUserIds"))
        for user in team[field]
    }
    by_user = {
        (team, one["id"], primary)
        for one in reader.all(list_users)
        for primary, teams in (
            (True, [one["primaryTeamId"]] if "primaryTeamId" in one else []),
            (False, one["secondaryTeamIds"]),
        )
        for team in teams
    }
    assert by_team == by_user


def test_one_team_is_empty(reader):
    """TEAMS must have a row for it all the same."""
    assert [] in [team["userIds"] + team["secondaryUserIds"] for team in reader.all(list_teams)]


def test_a_bigger_company_has_more_teams(reader):
    """Their number grows with the owners."""
    few = len(reader.all(list_teams))
    reader.account = Account(seed=1, contacts=20_000, now_ms=reader.now_ms)
    assert len(reader.all(list_teams)) > few


def test_every_role_of_a_user_can_be_looked_up(reader):
    """Roles are listed by the same family."""
    roles = {role["id"] for role in reader.all(list_roles)}
    assert {one["roleId"] for one in reader.all(list_users)} <= roles
