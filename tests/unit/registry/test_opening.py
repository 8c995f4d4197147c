"""A registry that cannot be used says so, without its address, its user or a password."""

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from crmsnap.errors import RegistryError
from crmsnap.registry.address import is_there
from crmsnap.registry.connections import add_connection, connections
from crmsnap.registry.opening import open_registry
from crmsnap.registry.schema import CONNECTIONS
from tests.builders.command import environment
from tests.servers.postgres import Postgres

NOW = "2026-11-20 05:00:00.000"


def refused(url: str) -> RegistryError:
    """The error of opening it."""
    with pytest.raises(RegistryError) as caught, open_registry(url):
        pass
    return caught.value


def in_a_file(file: Path) -> str:
    return f"sqlite:///{file}"


def test_a_file_is_for_its_owner_alone(tmp_path: Path):
    """Whatever the umask says: it holds external ids and encrypted tokens."""
    file = tmp_path / "home" / "registry.sqlite"
    with open_registry(in_a_file(file)):
        pass
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o606])
def test_a_file_that_others_can_read_or_write_is_refused(tmp_path: Path, mode: int):
    """As ssh does with keys: somebody copied it, and has to know."""
    file = tmp_path / "registry.sqlite"
    with open_registry(in_a_file(file)):
        pass
    file.chmod(mode)
    assert refused(in_a_file(file)).remedy == f"chmod 600 {file}"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    """And stays as it is."""
    file = tmp_path / "registry.sqlite"
    file.write_text("no database, but longer than a header would have to be: " * 20)
    file.chmod(0o600)
    before = file.read_bytes()
    assert "file is not a database" in refused(in_a_file(file)).cause
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    """A home folder inside a file is somebody's typing error."""
    (tmp_path / "file").write_text("")
    error = refused(in_a_file(tmp_path / "file" / "registry.sqlite"))
    assert "Not a directory" in error.message or "File exists" in error.message


@pytest.mark.parametrize("name", ["what?", "a#b", "50%", "with blanks", "ä"])
def test_a_home_folder_may_have_any_name(tmp_path: Path, name: str):
    """A path is no URL: nothing in it is decoded."""
    file = tmp_path / name / "registry.sqlite"
    assert not is_there(in_a_file(file))
    with open_registry(in_a_file(file)) as registry:
        add_connection(registry, "acme", {}, now=NOW)
    assert is_there(in_a_file(file))
    assert file.is_file()


@pytest.mark.parametrize("url", ["mysql://root:hunter2@host/db", "hunter2", "oracle://hunter2@x"])
def test_another_database_is_refused(url: str):
    """With what can be written instead, and without what was."""
    error = refused(url)
    assert "hunter2" not in f"{error} {error.cause} {error.remedy}"


def test_a_server_that_is_not_there_is_said_without_its_address():
    """The driver's own text repeats host, port and user."""
    error = refused("postgresql://alice:hunter2@127.0.0.1:1/db")
    said = f"{error} {error.cause} {error.remedy} {error.__cause__}"
    assert "cannot be reached" in said
    assert not [word for word in ("alice", "hunter2", "127.0.0.1") if word in said]


@pytest.mark.full
def test_a_wrong_password_is_said_without_it(server: Postgres):
    """An agency's registry password opens the external ids of all its customers."""
    error = refused(server.url("postgres").replace(server.password, "hunter2"))
    said = f"{error} {error.cause} {error.remedy} {error.__cause__}"
    assert "does not let us in" in said
    assert "hunter2" not in said


@pytest.mark.full
def test_a_database_that_postgresql_has_not_is_said(server: Postgres):
    """Before any table is asked for."""
    assert refused(server.url("nowhere")).code == "registry"


@pytest.mark.full
def test_a_user_without_rights_is_said(server: Postgres):
    """The first thing that goes wrong on a managed server: PostgreSQL 15 lets nobody make tables in `public`."""
    url = server.make_database()
    with open_registry(url) as registry, registry.begin() as db:
        db.execute(text("CREATE ROLE reader LOGIN PASSWORD 'hunter2'"))
    mine = url.replace(f"crmsnap:{server.password}", "reader:hunter2")
    error = refused(mine)
    assert error.cause == "the user may not do this in the database (SQLSTATE 42501)"


PROGRAM_WITHOUT_PSYCOPG = """
import sys
sys.modules["psycopg"] = None
from crmsnap.errors import RegistryError
from crmsnap.registry.opening import open_registry
try:
    with open_registry("postgresql://host/db"):
        pass
except RegistryError as error:
    print(error.remedy)
"""


def test_without_psycopg_the_extra_is_named():
    """PostgreSQL is an option, and its driver is LGPL: it is not installed by default."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM_WITHOUT_PSYCOPG],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "pip install 'crmsnap[postgres]'\n"


def test_what_the_database_says_inside_the_block_is_an_error_of_the_registry(registry: Engine, url):
    """Whoever works with a registry need not know SQLAlchemy."""
    with pytest.raises(RegistryError), open_registry(url) as opened, opened.begin() as db:
        db.execute(text("SELECT * FROM nowhere"))


@contextmanager
def held_by_another(url: str, seconds: float = 0.3) -> Iterator[None]:
    """Have another connection work on the table for a moment, or until the block ends."""
    began, end = threading.Event(), threading.Event()

    def work() -> None:
        with open_registry(url) as registry, registry.begin() as db:
            db.execute(
                CONNECTIONS.insert().values(
                    name="other", settings="{}", enabled=True, created_at=NOW, changed_at=NOW
                )
            )
            began.set()
            end.wait(seconds)

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_whoever_reads_first_and_writes_later_waits_for_the_other(registry: Engine, url: str):
    """SQLite refuses such a transaction at once unless it took the file at its beginning."""
    with held_by_another(url), registry.begin() as db:
        db.execute(select(CONNECTIONS.c.name)).all()
        db.execute(
            CONNECTIONS.insert().values(
                name="acme", settings="{}", enabled=True, created_at=NOW, changed_at=NOW
            )
        )
    assert [one.name for one in connections(registry)] == ["acme", "other"]


def test_whoever_only_reads_waits_for_nobody(registry: Engine, url: str):
    """What the other has not finished is not there yet; a list need not wait for a sync that ends."""
    with held_by_another(url, seconds=60), open_registry(url) as opened:
        assert connections(registry) == connections(opened) == ()


def test_a_removed_value_is_not_left_in_the_file(tmp_path: Path):
    """Deleting a row leaves its bytes in free pages unless SQLite is told to overwrite them."""
    file = tmp_path / "registry.sqlite"
    with open_registry(in_a_file(file)) as registry:
        add_connection(registry, "acme", {"to": "./marker-of-this-test"}, now=NOW)
        assert b"marker-of-this-test" in file.read_bytes()
        with registry.begin() as db:
            db.execute(CONNECTIONS.delete())
    assert b"marker-of-this-test" not in file.read_bytes()
