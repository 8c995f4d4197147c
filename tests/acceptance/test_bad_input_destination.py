"""What can be wrong where snapshots go, and in what is asked of them."""

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.other_hosts import s3_like_store
from tests.builders.sandbox_process import DAY

OWNERS = ("--tables", "OWNERS")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


def test_a_folder_that_cannot_be_written(crmsnap: Crmsnap):
    """A file stands where the folder should be; nothing else can stop root."""
    (crmsnap.folder / "file").write_text("")
    ended = crmsnap.sync(*OWNERS, "--to", "./file/snapshots")
    assert_refused(ended, "destination", 1, "a file, is where a folder", "name the folder")
    assert "discover" not in ended.stderr  # said before anything is read


def test_a_url_that_is_no_destination(crmsnap: Crmsnap):
    """Said before HubSpot is called."""
    ended = crmsnap.sync(*OWNERS, "--to", "gs:/acme")
    assert_refused(ended, "usage", 2, "'gs:/acme'", "s3://bucket/prefix")


def test_a_setting_that_is_no_destination(crmsnap: Crmsnap):
    """The file is wrong, not the call; and sync and check say so with one exit code."""
    crmsnap.write_config('[connections.acme]\nto = "gs:/acme"\n')
    assert_refused(crmsnap("sync"), "configuration", 4, "'gs:/acme'", "s3://bucket/prefix")
    assert crmsnap("check").exit_code == 4


def test_a_stored_connection_is_made_of_a_place(crmsnap: Crmsnap):
    """A mistyped place is not kept."""
    for to in ("gs:/acme", "s3://x", "s3://lake/a/../b"):
        assert_refused(crmsnap("connections", "add", "acme", "--to", to), "usage", 2, to)
    assert crmsnap("connections", "list", "--json").json == []


def test_a_store_without_tls_needs_to_be_allowed(crmsnap: Crmsnap):
    """Keys and data would be read on their way; sync and check say it alike."""
    crmsnap.write_config(
        '[connections.acme]\nto = "s3://bucket/x"\n'
        '[connections.acme.s3]\nendpoint_url = "http://127.0.0.1:9"\n'
    )
    assert_refused(crmsnap("sync", **KEYS), "configuration", 4, "without encryption", "allow_http")
    assert crmsnap("check", **KEYS).exit_code == 4


def test_a_url_on_a_store_without_tls_needs_a_connection(crmsnap: Crmsnap):
    """`allow_http` is a setting of connections: a URL alone has none."""
    store = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", **KEYS}
    ended = crmsnap("query", "select 1", "s3://bucket/x", **store)
    assert_refused(ended, "configuration", 4, "allow_http", "a connection, which is then named")


def test_a_bucket_without_keys(crmsnap: Crmsnap):
    """No AWS credentials anywhere."""
    ended = crmsnap.sync(
        *OWNERS,
        "--to",
        "s3://bucket/x",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_REGION="eu-central-1",
        HOME=str(crmsnap.folder),
    )
    assert_refused(ended, "destination-access-denied", 5, "credentials", "AWS_ACCESS_KEY_ID")


def test_a_store_that_is_full_in_the_middle(crmsnap: Crmsnap):
    """No manifest, so no day; with room again the same sync finishes it."""
    with s3_like_store() as store:
        store.room_for = 2
        crmsnap.write_config(
            f'[connections.acme]\nto = "s3://bucket/crm"\nbase_url = "{crmsnap.account.url}"\nallow_other_host = true\n'
            f'tables = ["LISTS", "OWNERS", "PIPELINES", "TEAMS"]\n'
            f'[connections.acme.s3]\nendpoint_url = "{store.url}"\nallow_http = true\n'
        )
        ended = crmsnap("sync", **KEYS)
        assert_refused(ended, "destination-full", 1, "s3://bucket/crm")
        assert not any(key.endswith("_MANIFEST.json") for key in store.objects)
        store.room_for = None
        ended = crmsnap("sync", **KEYS)
        assert ended.exit_code == 0, ended.stderr
        assert f"crm/{DAY}/_MANIFEST.json" in store.objects
        assert crmsnap("verify", "acme", **KEYS).exit_code == 0


def test_a_day_that_does_not_exist(crmsnap: Crmsnap):
    """`verify` names the manifest that it looked for."""
    crmsnap.sync(*OWNERS)
    ended = crmsnap("verify", str(crmsnap.snapshots), "--day", "2026-11-19")
    assert_refused(ended, "snapshot", 1, "2026-11-19/_MANIFEST.json", "another day")


def test_a_day_that_is_no_day(crmsnap: Crmsnap):
    """The form is said."""
    ended = crmsnap("verify", "./snapshots", "--day", "20.11.2026")
    assert_refused(ended, "usage", 2, "YYYY-MM-DD")


def test_a_place_without_any_day(crmsnap: Crmsnap):
    """A wrong folder must not look like a proven one."""
    assert_refused(crmsnap("verify", "./nowhere"), "snapshot", 1, "no complete day")
    assert_refused(crmsnap("verify", "nowhere"), "usage", 2, "neither a connection nor a folder")


def test_a_damaged_day(crmsnap: Crmsnap):
    """One flipped bit: exit 1, and the file is named."""
    crmsnap.sync(*OWNERS)
    (part,) = (crmsnap.snapshots / DAY / "OWNERS").iterdir()
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(bytes(data))
    ended = crmsnap("verify", str(crmsnap.snapshots))
    assert ended.exit_code == 1
    assert f"{DAY} is DAMAGED" in ended.stdout
    assert part.name in ended.stdout
