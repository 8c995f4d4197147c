"""What the how-to pages show is run as it stands there, on a real snapshot of the sandbox account."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from crmsnap.tables import CATALOGUE
from crmsnap.tables.reference import pages
from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount
from tests.contracts.s3_server import ACCESS_KEY_ID, SECRET_ACCESS_KEY, S3Server, s3_server
from tests.house.markdown import Fence, commands, fences
from tests.house.repository import ROOT

HOW_TO = ROOT / "docs" / "how-to"
CONTACTS = 200
SHOWN = 5

STORE_PAGE = "use-an-s3-compatible-store.md"
PAGE_ENDPOINT = "https://minio.example.com"
PAGE_BUCKET = "acme-lake"
KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY}

SMALL = ("--types", "0-1", "--tables", "OBJECT_PROPERTIES,OBJECT_WITH_OBJECT_PROPERTIES,OWNERS")


def blocks(page: str, language: str) -> list[Fence]:
    """The blocks of code in one language of a page."""
    found = [fence for fence in fences(HOW_TO / page) if fence.language == language]
    assert found
    return found


def block_with(page: str, language: str, words: str) -> Fence:
    """The one block that holds these words."""
    (found,) = [block for block in blocks(page, language) if words in block.text]
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, account: SandboxAccount) -> Path:
    """A folder with what `crmsnap demo --to ./demo` leaves, and a newer day that broke off."""
    folder = tmp_path_factory.mktemp("loading")
    ended = Crmsnap(folder, account).sync(*SMALL, "--to", "./demo/snapshots")
    assert ended.exit_code == 0, ended.stderr
    broken_off = folder / "demo" / "snapshots" / "2099-01-01" / "OWNERS"
    broken_off.mkdir(parents=True)
    (broken_off / "part-00000-0000000000000000.csv.gz").write_bytes(b"half a part")
    return folder


def test_duckdb_loads_the_newest_complete_day(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every contact once, ids as text, the day that broke off left alone."""
    monkeypatch.chdir(demo)  # the page's paths start where the demo was made
    load, manifest = blocks("load-into-duckdb.md", "sql")
    with duckdb.connect() as database:
        shown = database.execute(load.text).fetchall()
        counted = database.execute("select count(*), count(distinct id) from contacts").fetchone()
        parts = database.execute(manifest.text).fetchall()
    assert counted == (CONTACTS, CONTACTS)
    assert len(shown) == SHOWN
    assert all(isinstance(contact, str) and "@" in email for contact, email, *_ in shown)
    ((day, part),) = parts
    assert day == DAY
    assert (demo / "demo" / "snapshots" / day / part).is_file()


def test_polars_loads_the_newest_complete_day(demo: Path) -> None:
    """The script as it stands, in the folder of the demo."""
    script = block_with("load-into-duckdb.md", "python", "import polars")
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script.text],
        cwd=demo,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert f"shape: ({CONTACTS}, 3)" in ran.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A store that speaks S3 and is not AWS."""
    with s3_server(tmp_path_factory.mktemp("s3") / "log") as running:
        yield running


@pytest.fixture
def bucket(server: S3Server) -> str:
    """A bucket of its own for each test."""
    return server.make_bucket()


def run_block(block: Fence, bucket: str, crmsnap: Crmsnap, variables: dict[str, str]) -> list[str]:
    """Run the crmsnap commands of a block in the bucket; return their first words."""
    ran = []
    for program, *arguments in commands(block):
        if program == "crmsnap":
            words = [word.replace(PAGE_BUCKET, bucket) for word in arguments]
            ended = crmsnap(*words, *(SMALL if words[0] == "sync" else ()), **variables)
            assert ended.exit_code == 0, ended.stderr
            ran.append(words[0])
    return ran


def test_a_compatible_store_is_named_in_the_file(
    crmsnap: Crmsnap, server: S3Server, bucket: str
) -> None:
    """The page's file, with this server's address and without TLS on loopback."""
    file = blocks(STORE_PAGE, "toml")[0].text
    assert f'endpoint_url = "{PAGE_ENDPOINT}"' in file
    crmsnap.write_config(
        file.replace(PAGE_ENDPOINT, server.url).replace(PAGE_BUCKET, bucket) + "allow_http = true\n"
    )
    block = block_with(STORE_PAGE, "sh", "crmsnap sync acme")
    variables = KEYS | {
        "CRMSNAP_CONNECTIONS__ACME__BASE_URL": crmsnap.account.url,
        "CRMSNAP_CONNECTIONS__ACME__ALLOW_OTHER_HOST": "true",
    }
    assert run_block(block, bucket, crmsnap, variables) == ["check", "sync", "verify"]


def test_a_compatible_store_is_named_by_variables(
    crmsnap: Crmsnap, server: S3Server, bucket: str
) -> None:
    """The variables of the page, and those that stand for HubSpot and for TLS here."""
    block = block_with(STORE_PAGE, "sh", "AWS_ENDPOINT_URL_S3")
    assert f"export AWS_ENDPOINT_URL_S3={PAGE_ENDPOINT}\n" in block.text
    variables = KEYS | {
        "AWS_ENDPOINT_URL_S3": server.url,
        "AWS_REGION": "us-east-1",
        "CRMSNAP_CONNECTIONS__ACME__BASE_URL": crmsnap.account.url,
        "CRMSNAP_CONNECTIONS__ACME__ALLOW_OTHER_HOST": "true",
        "CRMSNAP_CONNECTIONS__ACME__S3__ALLOW_HTTP": "true",
    }
    assert run_block(block, bucket, crmsnap, variables) == ["sync"]


def test_what_the_page_leaves_out_is_left_out(crmsnap: Crmsnap) -> None:
    """Both files of the page mean something in an account: none of their words is refused."""
    url = f'base_url = "{crmsnap.account.url}"\nallow_other_host = true\n'
    crmsnap.write_config(blocks("choose-what-is-copied.md", "toml")[0].text + url)
    listed = crmsnap("tables", "acme", "--json").json
    names = {table["name"] for table in listed["tables"]}
    assert listed["unmatched"] == []
    assert {"OBJECTS_CONTACTS", "EVENTS_OAUTH_LOGIN"} <= names
    assert names.isdisjoint({"OBJECTS_PROJECTS", "OBJECT_PROPERTIES_HISTORY"})
    crmsnap.write_config(blocks("choose-what-is-copied.md", "toml")[1].text + url)
    names = {table["name"] for table in crmsnap("tables", "acme", "--json").json["tables"]}
    assert {"OWNERS", "OBJECT_PROPERTIES_HISTORY_SOURCES"} <= names


def test_the_example_table_works_and_is_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's file and the page's own test, and the reference page that follows from the file."""
    table, test = blocks("add-a-table.md", "python")
    module = ModuleType("crmsnap.tables.team_sizes")
    exec(table.text, module.__dict__)  # noqa: S102 - a page of this project
    monkeypatch.setitem(sys.modules, module.__name__, module)  # as if the file lay in the folder
    its_test = ModuleType("test_table_team_sizes")
    exec(test.text, its_test.__dict__)  # noqa: S102 - a page of this project
    its_test.test_archived_owners_do_not_count(tmp_path)
    made = pages([*CATALOGUE, module.TEAM_SIZES])
    assert "(tables/team-sizes.md)" in made["tables.md"]
    assert made["tables/team-sizes.md"].startswith("# `TEAM_SIZES`\n")
