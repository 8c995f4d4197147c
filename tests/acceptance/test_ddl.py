"""`crmsnap ddl`: what is asked of it, and what it refuses."""

import duckdb

from crmsnap.tables import CATALOGUE
from crmsnap.tables.table import Table
from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY

DUCKDB = ("--for", "duckdb")


def test_the_statements_that_are_printed_are_those_of_the_list(copied_once: Crmsnap):
    """A script for people, and the same one by one for programs."""
    where = str(copied_once.snapshots)
    script = copied_once("ddl", where, *DUCKDB, "--tables", "owners,ASSOCIATIONS_*").stdout
    answer = copied_once("ddl", where, *DUCKDB, "--tables", "owners,ASSOCIATIONS_*", "--json").json
    assert (answer["engine"], answer["location"], answer["day"]) == ("duckdb", where, None)
    tables = {statement["table"] for statement in answer["statements"]}
    assert "OWNERS" in tables
    assert len(tables) > 2
    assert all(name == "OWNERS" or name.startswith("ASSOCIATIONS_") for name in tables)
    rest = script
    for statement in answer["statements"]:
        before, found, rest = rest.partition(statement["sql"] + ";")
        assert found
        assert all(f"-- {limit}\n" in before for limit in statement["limits"])
    assert not rest.strip()


def test_without_a_snapshot_the_catalogue_is_described(crmsnap: Crmsnap):
    """Before the first run an AWS admin can prepare the tables that every account has."""
    answer = crmsnap("ddl", "--for", "athena", "--json").json
    assert answer["location"] == "s3://BUCKET/PREFIX"
    tables = {statement["table"] for statement in answer["statements"]} - {None}
    assert tables == {table.name for table in CATALOGUE if isinstance(table, Table)}


def test_a_comment_shows_no_secret_of_this_process(copied_once: Crmsnap):
    """It is taken out of the description before an engine's quoting makes it another text."""
    where = str(copied_once.snapshots)
    ask = ("ddl", where, *DUCKDB, "--tables", "ASSOCIATION_DEFINITIONS")
    quoted = "`0-4` is HubSpot''s contact to deal"
    assert quoted in copied_once(*ask).stdout
    script = copied_once(*ask, HUBSPOT_TOKEN="HubSpot's contact").stdout
    assert "HubSpot''s contact" not in script
    assert "`0-4` is *** to deal" in script


def test_clickhouse_is_given_no_path_that_it_takes_for_a_pattern(crmsnap: Crmsnap):
    """`/data/{old}` and `/data/a*` would be other folders' rows, and nothing escapes them there."""
    for where in ("/data/{old}", "s3://lake/a*", "/data/wh?t"):
        ended = crmsnap("ddl", "--for", "clickhouse", "--location", where)
        assert_refused(ended, "usage", 2, "cannot be told to read", "pattern", "--location")
    assert crmsnap("ddl", *DUCKDB, "--location", "/data/{old}").exit_code == 0


def test_one_day_is_read_from_exactly_its_parts(copied_once: Crmsnap):
    """Files that the manifest does not list are strays."""
    where = str(copied_once.snapshots)
    script = copied_once("ddl", where, *DUCKDB, "--tables", "OWNERS", "--day", DAY).stdout
    (part,) = (copied_once.snapshots / DAY / "OWNERS").iterdir()
    assert str(part) in script
    assert "*" not in script.partition("create or replace view")[2].partition(";")[0]


def test_views_go_into_a_schema_of_their_own(copied_once: Crmsnap):
    """Two accounts in one database have tables of the same names."""
    where = str(copied_once.snapshots)
    asked = ("ddl", where, *DUCKDB, "--tables", "OWNERS", "--schema", 'acme "x"')
    with duckdb.connect() as database:
        database.execute(copied_once(*asked).stdout)
        assert database.execute('select count(*) from "acme ""x""".owners').fetchone() != (0,)


def test_an_engine_that_is_not_known(crmsnap: Crmsnap):
    """Those that are known are named."""
    ended = crmsnap("ddl", "--for", "mysql")
    assert_refused(ended, "usage", 2, "mysql", "clickhouse")


def test_a_folder_for_an_engine_that_reads_buckets(copied_once: Crmsnap):
    """With the way out: the same snapshots somewhere else."""
    ended = copied_once("ddl", str(copied_once.snapshots), "--for", "athena")
    assert_refused(ended, "usage", 2, "buckets only", "--location s3://")


def test_a_day_is_needed_where_one_day_is_loaded(crmsnap: Crmsnap):
    """Redshift gets tables of one day; without a snapshot nobody knows which."""
    assert_refused(crmsnap("ddl", "--for", "redshift"), "usage", 2, "which?", "--day")
    ended = crmsnap("ddl", "--for", "redshift", "--day", DAY, "--tables", "OWNERS")
    assert f"s3://BUCKET/PREFIX/{DAY}/OWNERS/part-" in ended.stdout


def test_a_table_that_the_snapshot_does_not_have(copied_once: Crmsnap):
    """By name with its neighbour, by pattern as nothing."""
    where = str(copied_once.snapshots)
    ended = copied_once("ddl", where, *DUCKDB, "--tables", "OWNRS")
    assert_refused(ended, "usage", 2, "OWNRS", "did you mean OWNERS?")
    ended = copied_once("ddl", where, *DUCKDB, "--tables", "NOTHING_*")
    assert_refused(ended, "usage", 2, "no table fits NOTHING_*")


def test_a_day_that_is_not_there(copied_once: Crmsnap):
    """The day and the place are named."""
    ended = copied_once("ddl", str(copied_once.snapshots), *DUCKDB, "--day", "2020-01-01")
    assert_refused(ended, "snapshot", 1, "2020-01-01", str(copied_once.snapshots))
