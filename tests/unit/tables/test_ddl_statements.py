"""Statements for every engine: they parse in its dialect, whatever an account calls its things."""

from collections.abc import Iterator, Sequence

import pytest
import sqlglot
from sqlglot import exp

from crmsnap.tables import CATALOGUE
from crmsnap.tables.ddl import ENGINES
from crmsnap.tables.ddl.described import Described, Engine, Place, Statement
from crmsnap.tables.ddl.quoting import COMMENT_CHARS_MAX, comment_text, one_line
from crmsnap.tables.ddl.script import script
from crmsnap.tables.property_columns import property_columns
from crmsnap.tables.table import Column, Kind, Table

BUCKET = Place("s3://acme-lake/crm", "2026-11-22")
EVERY_DAY = Place("s3://acme-lake/crm")
EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)

HOSTILE = [
    *("'); drop table x; --", "'; drop table x; /*", "\\'; drop table x; --", "\\", "a\\"),
    *('"; drop table x; --', "`; drop table x; --", "''", "'", '"', "`", "*/ select 1 /*"),
    *("a\nb; drop table x", "a\r\nb", "a\u2028b", "a\0b", "\u202egnp", "${day}", "{{x}}", "%s"),
    *("日本語", "😀", "x" * 1000, "x" * 254 + "'", "--", "$$", "$1", ":name", "?", "@x"),
]


def a_column(name: str, kind: Kind = "VARCHAR", description: str = "") -> Column:
    return Column(name, kind, description, nullable=True)


def a_table(*columns: Column, name: str = "OBJECTS_PETS", grain: str = "one pet") -> Described:
    return Described(name, grain, columns, (f"{name}/part-00000-0123456789abcdef.csv.gz",))


def made(engine: Engine, place: Place, *tables: Described) -> list[Statement]:
    of_tables = [one for table in tables for one in engine.of_table(place, table)]
    return [*engine.before(place), *of_tables]


def parsed(engine: Engine, statements: Sequence[Statement]) -> Iterator[exp.Expr]:
    """Each statement as its dialect's parser has it; sqlglot takes what it does not know for a `Command`."""
    for statement in statements:
        (tree,) = sqlglot.parse(f"{statement.sql};", read=engine.name)
        assert tree is not None
        yield tree


@EVERY_ENGINE
@pytest.mark.parametrize("place", [BUCKET, EVERY_DAY], ids=["one day", "every day"])
def test_statements_of_the_catalogue_parse(engine: Engine, place: Place) -> None:
    """Each is one statement of its dialect."""
    if engine.one_day and place.day is None:
        place = BUCKET
    tables = [
        Described(table.name, table.grain, table.columns)
        for table in CATALOGUE
        if isinstance(table, Table)
    ]
    statements = made(engine, place, *tables)
    trees = list(parsed(engine, statements))
    assert len(trees) == len(statements) > len(tables)
    assert {statement.table for statement in statements} >= {table.name for table in tables}


@EVERY_ENGINE
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_an_account_ends_a_statement(engine: Engine, text: str) -> None:
    """Descriptions hold labels that anybody may have typed: they stay within their literal."""
    calm = a_table(a_column("PROPERTY_A", description="calm"), grain="calm")
    wild = a_table(a_column("PROPERTY_A", description=text), grain=text)
    expected = [type(tree) for tree in parsed(engine, made(engine, BUCKET, calm))]
    assert [type(tree) for tree in parsed(engine, made(engine, BUCKET, wild))] == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_comes_back_as_it_was_given(text: str) -> None:
    """What a parser reads of the escaped literal is the text on one line, cut where catalogues end."""
    (tree,) = (
        tree
        for tree in parsed(
            ENGINES["snowflake"],
            made(ENGINES["snowflake"], BUCKET, a_table(a_column("PROPERTY_A", description=text))),
        )
        if isinstance(tree, exp.Create) and tree.find(exp.CommentColumnConstraint)
    )
    comments = [one.this.this for one in tree.find_all(exp.CommentColumnConstraint)]
    assert comments[0] == comment_text(text)


@EVERY_ENGINE
@pytest.mark.parametrize("text", ["a'b", 'a"b', "a`b", "a\\b", "a; drop table x"])
def test_no_name_on_the_command_line_ends_a_statement(engine: Engine, text: str) -> None:
    """A schema and a folder may be called anything."""
    calm = made(engine, Place("s3://acme-lake/x", BUCKET.day, "x"), a_table(a_column("A")))
    place = Place(f"s3://acme-lake/{text}", BUCKET.day, text)
    wild = made(engine, place, a_table(a_column("A")))
    kinds = [type(tree) for tree in parsed(engine, calm)]
    assert [type(tree) for tree in parsed(engine, wild)] == kinds


@EVERY_ENGINE
def test_every_table_is_made_with_the_limits_of_its_reader(engine: Engine) -> None:
    """Who runs the statements learns what the reader cannot do, in the script and in the list."""
    statements = made(engine, BUCKET, a_table(a_column("A")))
    assert any(statement.limits for statement in statements if statement.table == "OBJECTS_PETS")
    text = "".join(script(["about\nthis"], statements))
    assert text.startswith("-- about this\n")
    for statement in statements:
        for limit in statement.limits:
            assert f"-- {limit}\n" in text


def test_a_limit_with_a_line_break_stays_a_comment() -> None:
    """The rest of it would be run."""
    text = "".join(script((), [Statement("select 1", None, ("a\ndrop table x",))]))
    assert text == "\n-- a drop table x\nselect 1;\n"


def test_a_comment_is_one_visible_line() -> None:
    """Nobody sees what a right-to-left override hides."""
    assert one_line("a\nb\u202ec\0d") == "a b c d"
    assert len(comment_text("x" * 1000)) == COMMENT_CHARS_MAX


@EVERY_ENGINE
def test_the_day_is_a_column_of_every_table(engine: Engine) -> None:
    """Days are the only thing that tells two rows of one record apart."""
    views = [one.sql for one in made(engine, BUCKET, a_table(a_column("A"))) if "iew" in one.sql]
    views += [one.sql for one in made(engine, BUCKET, a_table(a_column("A"))) if "VIEW" in one.sql]
    assert any('"DAY"' in sql or '"day"' in sql or "`DAY`" in sql for sql in views)


def test_an_id_stays_text_and_numbers_have_their_own_types() -> None:
    """Ids go beyond 2^53; a property's number has decimals, a number of ours has none."""
    columns = (a_column("OBJECTID", "ID"), a_column("SIZE", "NUMBER"))
    typed = (*columns, *property_columns({"amount": "NUMBER"}))
    (view,) = (
        one.sql
        for one in made(ENGINES["duckdb"], BUCKET, a_table(*typed))
        if 'view "' in one.sql and "select" in one.sql
    )
    assert '\n    "OBJECTID",' in view
    assert 'cast("SIZE" as BIGINT) as "SIZE"' in view
    assert 'try_cast("PROPERTY_AMOUNT" as DOUBLE) as "PROPERTY_AMOUNT"' in view


def test_athena_projects_only_days_with_the_same_columns() -> None:
    """OpenCSVSerDe reads by position: a day with other columns would give wrong values."""
    columns = (a_column("A"),)
    athena = ENGINES["athena"]

    def days(table: Described, place: Place = EVERY_DAY) -> str:
        (create,) = (one.sql for one in athena.of_table(place, table) if "EXTERNAL" in one.sql)
        return create.partition("'projection.day.range' = '")[2].partition("'")[0]

    known = Described("OWNERS", "", columns, since="2026-10-01", until=None)
    assert days(known) == "2026-10-01,NOW"
    of_family = Described("OBJECTS_PETS", "", columns, since="2026-11-20", until="2026-11-22")
    assert days(of_family) == "2026-11-20,2026-11-22"
    assert days(of_family, BUCKET) == "2026-11-22,2026-11-22"
    assert days(Described("OWNERS", "", columns)).endswith(",NOW")


def test_athena_finds_the_plain_folder_of_a_day() -> None:
    """`2026-11-22/OWNERS/`, without `day=`: no partition has to be added each day."""
    statements = made(ENGINES["athena"], EVERY_DAY, a_table(a_column("A"), name="OWNERS"))
    (create,) = (one.sql for one in statements if "EXTERNAL" in one.sql)
    assert "'storage.location.template' = 's3://acme-lake/crm/${day}/OWNERS/'" in create


def test_names_that_are_too_long_for_redshift_stay_apart() -> None:
    """127 bytes are allowed, names have up to 200, and many begin alike."""
    names = [f"PROPERTY_{'X' * 180}_{number}" for number in range(3)]
    statements = made(ENGINES["redshift"], BUCKET, a_table(*map(a_column, names)))
    (create,) = (one.sql for one in statements if one.sql.startswith("CREATE TABLE"))
    short = [line.split('"')[1] for line in create.splitlines() if "PROPERTY_" in line]
    assert len(set(short)) == len(names)
    assert max(map(len, short)) <= 127


def test_a_table_that_is_too_wide_for_redshift_is_left_out_and_said() -> None:
    """1,600 columns at most: the statement would only fail."""
    columns = [a_column(f"PROPERTY_{number}") for number in range(1600)]
    (only,) = ENGINES["redshift"].of_table(BUCKET, a_table(*columns))
    assert "1600 columns" in only.limits[0]
    assert only.sql.startswith("SELECT '")
