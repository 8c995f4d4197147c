"""Copying less than everything: by object type, table, property, event and history."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, Ended, assert_refused
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import manifest, rows
from tests.builders.state_bodies import state_bodies


@pytest.mark.parametrize("written", ["0-1,0-3", "contacts,DEAL"])
def test_object_types_are_named_by_id_or_by_name(crmsnap: Crmsnap, written: str):
    """People know `deals`; scripts know `0-3`; both mean the same selection."""
    ended = crmsnap.sync("--types", written, "--tables", "OBJECTS")
    assert ended.exit_code == 0, ended.stderr
    assert {row["OBJECTTYPEID"] for row in rows(crmsnap.snapshots / DAY, "OBJECTS")} == {
        "0-1",
        "0-3",
    }
    selection = manifest(crmsnap.snapshots / DAY)["crmsnap"]["selection"]
    assert (selection["types"], selection["tables"]) == (["0-1", "0-3"], ["OBJECTS"])


def test_a_custom_type_is_named_as_in_hubspot(crmsnap: Crmsnap):
    """Its id differs from account to account, so a configuration uses its name."""
    schemas = [
        row
        for row in rows_of_types(crmsnap)
        if row["OBJECTTYPEID"].startswith("2-") and row["NAME"]
    ]
    name, id_ = schemas[0]["NAME"], schemas[0]["OBJECTTYPEID"]
    ended = crmsnap.sync("--types", name, "--tables", "OBJECTS", "--to", "./custom")
    assert ended.exit_code == 0, ended.stderr
    assert {row["OBJECTTYPEID"] for row in rows(crmsnap.folder / "custom" / DAY, "OBJECTS")} == {
        id_
    }


def test_engagements_without_notes_say_so_in_the_manifest(crmsnap: Crmsnap):
    """The rest of 0-4 is copied; that it is a rest stands beside it, and is no failure."""
    ended = crmsnap.sync(
        "--types", "engagements", "--exclude-types", "notes", "--tables", "OBJECTS"
    )
    assert ended.exit_code == 0, ended.stderr
    found = [row["OBJECTTYPEID"] for row in rows(crmsnap.snapshots / DAY, "OBJECTS")]
    assert found.count("0-4") == len(found) / 2 > 0
    gaps = {gap["stream"]: gap for gap in manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]}
    assert "0-46 is left out by choice" in gaps["objects/0-4"]["detail"]


def rows_of_types(crmsnap: Crmsnap) -> list[dict[str, str]]:
    table = "OBJECT_AND_EVENT_TYPE_DEFINITIONS"
    crmsnap.sync("--tables", table)
    return rows(crmsnap.snapshots / DAY, table)


def test_only_the_selected_tables_are_written(crmsnap: Crmsnap):
    """Lower case is fine; what is not asked for is neither read nor written."""
    crmsnap.account.post("/_sandbox/stats/reset", {})
    ended = crmsnap.sync("--tables", "owners,TEAMS")
    assert ended.exit_code == 0, ended.stderr
    folders = {path.name for path in (crmsnap.snapshots / DAY).iterdir() if path.is_dir()}
    assert folders == {"OWNERS", "TEAMS"}
    assert "objects" not in crmsnap.account.get("/_sandbox/stats")["requests"]


def folders(day: Path) -> set[str]:
    """The tables of a day."""
    return {path.name for path in day.iterdir() if path.is_dir()}


def configured(crmsnap: Crmsnap, settings: str) -> Ended:
    """A sync with these lines in crmsnap.toml."""
    crmsnap.write_config(
        f'[connections.acme]\nto = "./acme"\nbase_url = "{crmsnap.account.url}"\nallow_other_host = true\n{settings}\n'
    )
    return crmsnap("sync", "acme")


def test_types_and_tables_are_left_out_by_names_and_patterns(crmsnap: Crmsnap):
    """What is left out wins, however it was chosen."""
    chosen = ("--types", "c*,deals,pets,projects,field*", "--exclude-types", "co*,0-970,field*")
    tables = ("--exclude-tables", "EVENTS_*,*ASSOCIATIONS*,*_properties*")
    ended = crmsnap.sync(*chosen, *tables)
    assert ended.exit_code == 0, ended.stderr
    day = crmsnap.snapshots / DAY
    copied = {row["OBJECTTYPEID"] for row in rows(day, "OBJECTS")}
    assert {"0-3", "0-48", "2-5550001"} <= copied
    assert copied.isdisjoint({"0-1", "0-2", "0-970", "2-5550022", "2-5550029"})
    assert {"OBJECTS", "OBJECTS_DEALS", "OWNERS", "PROPERTY_DEFINITIONS"} <= folders(day)
    assert not [
        name
        for name in folders(day)
        if name.startswith(("EVENTS_", "ASSOCIATIONS", "OBJECT_PROPERTIES", "OBJECTS_CONTACTS"))
    ]


def test_one_table_of_a_family_is_published_alone(crmsnap: Crmsnap):
    """And only its object type is read."""
    ended = crmsnap.sync("--tables", "objects_pets,EVENTS_OAUTH_LOGIN", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert folders(crmsnap.snapshots / DAY) == {"OBJECTS_PETS", "EVENTS_OAUTH_LOGIN"}
    assert rows(crmsnap.snapshots / DAY, "OBJECTS_PETS")
    read = {event["stream"] for event in ended.json_lines if event["event"] == "stream-ended"}
    assert {name for name in read if name.startswith("objects/")} == {"objects/2-5550001"}
    assert {name for name in read if name.startswith("events/")} == {
        "events/pe79501587_oauth_login"
    }


@pytest.mark.parametrize("beside", ["OWNERS", "ASSOCIATION_DEFINITIONS"])
def test_of_chosen_pairs_only_their_associations_are_read(crmsnap: Crmsnap, beside: str):
    """All the ordered pairs of the types that they consist of would be several times as many calls.

    A table of all definitions beside them still has all definitions.
    """
    ended = crmsnap.sync(
        *("--types", "contacts,companies,deals"),
        *("--tables", f"ASSOCIATIONS_CONTACTS_TO_*,ASSOCIATIONS_DEALS_TO_COMPANIES,{beside}"),
        "--json",
    )
    assert ended.exit_code == 0, ended.stderr
    read = {event["stream"] for event in ended.json_lines if event["event"] == "stream-ended"}
    assert {name.removeprefix("associations/") for name in read if "associations/" in name} == {
        "0-1__0-1",
        "0-1__0-2",
        "0-1__0-3",
        "0-3__0-2",
    }
    assert ("association-labels/0-2" in read) == (beside == "ASSOCIATION_DEFINITIONS")
    published = folders(crmsnap.snapshots / DAY) - {beside}
    assert {"ASSOCIATIONS_CONTACTS_TO_DEALS", "ASSOCIATIONS_DEALS_TO_COMPANIES"} <= published
    assert all(rows(crmsnap.snapshots / DAY, name) for name in published)


def test_properties_are_left_out_of_every_file_and_of_the_state(crmsnap: Crmsnap):
    """Whoever leaves out a property must not find it in a backup, nor in the state that once had it.

    That the search would find it is shown by the copy before.
    """
    pets = 'types = ["pets"]\nexclude_tables = ["EVENTS_*"]\n'
    assert configured(crmsnap, pets).exit_code == 0
    before = crmsnap.folder / "acme" / DAY
    sources = {
        row["VALUE"].encode()
        for row in rows(before, "OBJECT_PROPERTIES")
        if row["NAME"] == "hs_object_source_id"
    }
    assert sources
    assert all(source in b"".join(state_bodies(crmsnap.home)) for source in sources)
    shutil.rmtree(before)

    excluded = 'exclude_properties = ["Pets.hs_object_source_*", "remarks"]'
    ended = configured(crmsnap, pets + excluded)
    assert ended.exit_code == 0, ended.stderr
    day = crmsnap.folder / "acme" / DAY
    parts = [gzip.decompress(path.read_bytes()) for path in day.rglob("*.gz")]
    files = [path.read_bytes() for path in crmsnap.folder.rglob("*") if path.is_file()]
    for text in (*parts, *files, *state_bodies(crmsnap.home)):
        assert not [source for source in sources if source in text]
    names = {row["NAME"] for row in rows(day, "OBJECT_PROPERTIES")}
    assert "title" in names
    assert names.isdisjoint({"hs_object_source_id", "remarks"})
    columns = rows(day, "OBJECTS_PETS")[0].keys()
    assert columns.isdisjoint({"PROPERTY_HS_OBJECT_SOURCE_ID", "PROPERTY_REMARKS"})
    defined = {row["NAME"] for row in rows(day, "PROPERTY_DEFINITIONS")}
    assert {"hs_object_source_id", "remarks"} <= defined, "that they exist is no secret"


def test_a_property_that_is_left_out_is_in_no_submission(crmsnap: Crmsnap):
    """What was sent through a form is the value of a property too."""
    chosen = 'types = ["contacts", "form_submission"]\nexclude_tables = ["EVENTS_*"]\n'
    assert configured(crmsnap, chosen).exit_code == 0
    assert {"email", "firstname"} <= submitted(crmsnap.folder / "acme" / DAY)
    shutil.rmtree(crmsnap.folder / "acme" / DAY)

    ended = configured(crmsnap, chosen + 'exclude_properties = ["contacts.email", "first*"]')
    assert ended.exit_code == 0, ended.stderr
    names = submitted(crmsnap.folder / "acme" / DAY)
    assert names.isdisjoint({"email", "firstname"})
    assert {"message", "about_us"} <= names


def submitted(day: Path) -> set[str]:
    """The names of all fields that were sent through forms."""
    sent = [
        row["VALUE"]
        for row in rows(day, "OBJECT_PROPERTIES")
        if (row["OBJECTTYPEID"], row["NAME"]) == ("0-15", "values")
    ]
    return {value["name"] for values in sent for value in json.loads(values)}


def test_of_one_type_some_properties_of_the_others_all(crmsnap: Crmsnap):
    """A word with an owner says nothing of other owners."""
    ended = configured(
        crmsnap,
        'types = ["pets", "deals"]\ntables = ["OBJECT_PROPERTIES"]\n'
        'properties = ["deals.amount", "0-3.dealname"]',
    )
    assert ended.exit_code == 0, ended.stderr
    names: dict[str, set[str]] = {"0-3": set(), "2-5550001": set()}
    for row in rows(crmsnap.folder / "acme" / DAY, "OBJECT_PROPERTIES"):
        names[row["OBJECTTYPEID"]].add(row["NAME"])
    assert names["0-3"] == {"amount", "dealname"}
    assert {"title", "hs_object_id"} < names["2-5550001"]


def test_histories_are_copied_of_some_types(crmsnap: Crmsnap):
    """They are what costs most; the values themselves stay."""
    ended = configured(
        crmsnap,
        'types = ["pets", "deals"]\ntables = ["OBJECT_PROPERTIES_HISTORY", "OBJECT_PROPERTIES"]\n'
        'exclude_history_types = ["deal*"]',
    )
    assert ended.exit_code == 0, ended.stderr
    day = crmsnap.folder / "acme" / DAY
    histories = {row["OBJECTTYPEID"] for row in rows(day, "OBJECT_PROPERTIES_HISTORY")}
    assert histories == {"2-5550001"}
    assert {row["OBJECTTYPEID"] for row in rows(day, "OBJECT_PROPERTIES")} == {"0-3", "2-5550001"}


def test_calculated_properties_have_no_history_if_one_likes(crmsnap: Crmsnap):
    """HubSpot computes them again and again; their values stay."""
    ended = configured(
        crmsnap,
        'types = ["deals"]\ntables = ["OBJECT_PROPERTIES_HISTORY", "OBJECT_PROPERTIES", "PROPERTY_DEFINITIONS"]\n'
        "calculated_histories = false",
    )
    assert ended.exit_code == 0, ended.stderr
    day = crmsnap.folder / "acme" / DAY
    calculated = {
        row["NAME"]
        for row in rows(day, "PROPERTY_DEFINITIONS")
        if (row["OBJECTTYPEID"], row["CALCULATED"]) == ("0-3", "true")
    }
    assert calculated & {row["NAME"] for row in rows(day, "OBJECT_PROPERTIES")}
    assert not calculated & {row["NAME"] for row in rows(day, "OBJECT_PROPERTIES_HISTORY")}


def test_events_are_left_out_by_name_label_or_pattern(crmsnap: Crmsnap):
    """They are not read either."""
    ended = configured(
        crmsnap,
        'tables = ["EVENTS_*"]\nexclude_events = ["OAuth login", "visited_page", "*email*"]',
    )
    assert ended.exit_code == 0, ended.stderr
    found = folders(crmsnap.folder / "acme" / DAY)
    assert "EVENTS_SOFTWARE_USAGE_EVENT" in found
    assert not [
        name for name in found if "EMAIL" in name or name.endswith(("LOGIN", "VISITED_PAGE"))
    ]
    assert "events/e_visited_page" not in ended.stderr


def test_the_command_line_says_instead_of_the_configuration(crmsnap: Crmsnap):
    """An option replaces its setting and leaves the others."""
    crmsnap.write_config(
        f'[connections.acme]\nto = "./acme"\nbase_url = "{crmsnap.account.url}"\nallow_other_host = true\n'
        'tables = ["TEAMS"]\nexclude_tables = ["OWNER_TEAM"]\n'
    )
    ended = crmsnap("sync", "acme", "--tables", "OWNER*")
    assert ended.exit_code == 0, ended.stderr
    assert folders(crmsnap.folder / "acme" / DAY) == {"OWNERS"}


def test_a_published_day_keeps_what_was_left_out(crmsnap: Crmsnap):
    """Two selections of one day would be two truths."""
    selected = ("--tables", "OWNERS,OBJECTS", "--types", "pets,deals", "--exclude-types", "d*")
    assert crmsnap.sync(*selected).exit_code == 0
    found = manifest(crmsnap.snapshots / DAY)["crmsnap"]["selection"]
    assert (found["types"], found["exclude_types"]) == (["0-3", "2-5550001"], ["d*"])
    again = crmsnap.sync(*selected)
    assert "published already" in again.stdout
    assert_refused(crmsnap.sync(*selected[:-2]), "snapshot", 1, "another selection", "tomorrow")
    run = crmsnap("runs", "list", "--json").json[-1]
    shown = crmsnap("runs", "show", run["id"]).stdout
    assert "types: 0-3 2-5550001, exclude_types: d*, tables: OBJECTS OWNERS\n" in shown


def test_a_pattern_that_fits_nothing_shows_in_the_report(crmsnap: Crmsnap):
    """`salery_*` would otherwise leave out nothing, and nobody would know."""
    ended = configured(
        crmsnap, 'types = ["pets"]\ntables = ["OBJECTS"]\nexclude_properties = ["salery_*", "hs_*"]'
    )
    assert ended.exit_code == 0, ended.stderr
    assert "nothing fits these patterns: exclude_properties: salery_*\n" in ended.stdout
    facts = manifest(crmsnap.folder / "acme" / DAY)["crmsnap"]
    assert facts["unmatched"] == ["exclude_properties: salery_*"]


def test_a_property_that_does_not_exist_is_refused_before_records_are_read(crmsnap: Crmsnap):
    """A mistyped name would let the property slip into the copy."""
    ended = configured(crmsnap, 'types = ["pets"]\nexclude_properties = ["chip_nummer"]')
    assert_refused(ended, "usage", 2, "'chip_nummer'", "did you mean 'chip_number'?")
    assert "read objects/" not in ended.stderr
    assert not (crmsnap.folder / "acme" / DAY).exists()


def test_an_unknown_table_is_refused_before_hubspot_is_called(crmsnap: Crmsnap):
    """A typo costs nothing and says what was meant."""
    ended = crmsnap.sync("--tables", "OWNER", "--base-url", "http://127.0.0.1:1")
    assert_refused(ended, "usage", 2, "'OWNER'", "did you mean OWNERS?")


def test_an_unknown_object_type_is_refused(crmsnap: Crmsnap):
    """Custom types are known only to the account, so it is asked."""
    ended = crmsnap.sync("--types", "contcts")
    assert_refused(ended, "usage", 2, "'contcts'", "did you mean 'contacts'?")


def test_an_unknown_event_table_is_refused(crmsnap: Crmsnap):
    """Which there are the account knows, so it is asked; it was accepted once, for an empty day."""
    ended = crmsnap.sync("--tables", "EVENTS_NOPE")
    assert_refused(ended, "usage", 2, "'EVENTS_NOPE'")
    assert not (crmsnap.snapshots / DAY).exists()


def test_a_table_of_definitions_or_lists_beside_a_types_own_reads_no_other_records(crmsnap):
    """Those of all types are cheap; the records of all types are not what was asked for."""
    for number, table in enumerate(("LISTS", "PIPELINES", "PROPERTY_DEFINITIONS")):
        home = f"home-{number}"
        ended = crmsnap.sync("--tables", f"OBJECTS_PETS,{table}", "--home", home, "--to", home)
        assert ended.exit_code == 0, ended.stderr
        read = sorted(path.stem for path in (crmsnap.folder / home).rglob("objects/*.sqlite"))
        assert read == ["2-5550001"]
        assert len(rows(crmsnap.folder / home / DAY, table)) > 5
