"""Bugs in the state, in stores and in what lets one run alone publish."""

from tests.mutants.mutant import Mutant

_STREAM_FILE = "tests/unit/state/test_stream_file.py"
_S3 = "tests/unit/destinations/test_s3_requests.py"

KEEPING = (
    Mutant(
        name="cursor-in-another-transaction",
        promise="P2 kill -9 loses nothing",
        file="src/crmsnap/state/stream_file.py",
        old="            self._write(main, rows)\n",
        new='            self._db.execute("UPDATE cursor SET position = ?", (position,))\n'
        '            self._db.execute("COMMIT")\n'
        '            self._db.execute("BEGIN IMMEDIATE")\n'
        "            self._write(main, rows)\n",
        killers=(
            f"{_STREAM_FILE}::test_a_page_that_fails_half_way_leaves_neither_rows_nor_position",
        ),
    ),
    Mutant(
        name="cursor-of-another-run",
        promise="P3 no record is missing",
        file="src/crmsnap/state/stream_file.py",
        old="        if row is not None and row[0] == self._run.run_id:\n",
        new="        if row is not None:\n",
        killers=(f"{_STREAM_FILE}::test_another_run_begins_anew",),
    ),
    Mutant(
        name="what-is-gone-stays",
        promise="P3 nothing that is gone stays",
        file="src/crmsnap/state/stream_file.py",
        old="            if not keeps:\n                self._remove_unseen(EVERYTHING)\n",
        new="",
        killers=(f"{_STREAM_FILE}::test_a_record_that_a_finished_scan_did_not_meet_is_gone",),
    ),
    Mutant(
        name="unfinished-streams-are-published",
        promise="P1 complete or absent",
        file="src/crmsnap/state/folder.py",
        old="    return row is not None and row[0] == run_id and bool(row[1])\n",
        new="    return row is not None and row[0] == run_id\n",
        killers=(f"{_STREAM_FILE}::test_only_streams_that_the_run_has_finished_are_visible",),
    ),
    Mutant(
        name="checksum-not-compared",
        promise="P16 damage is never published",
        file="src/crmsnap/state/file_read.py",
        old="        if checksum(body, row) != digest:\n"
        '            raise damaged(self.path, f"the checksum of row {row} does not match")\n'
        "        return body\n",
        new="        return body\n",
        killers=(f"{_STREAM_FILE}::test_a_flipped_bit_in_a_body_is_found",),
    ),
    Mutant(
        name="newer-state-accepted",
        promise="P16 an upgrade keeps the state",
        file="src/crmsnap/state/sqlite.py",
        old="    if version > VERSION:\n",
        new="    if version > VERSION + 1000:\n",
        killers=(f"{_STREAM_FILE}::test_a_state_of_a_newer_crmsnap_is_refused_and_left_untouched",),
    ),
    Mutant(
        name="deleted-rows-stay-readable",
        promise="P10 what is erased is gone",
        file="src/crmsnap/state/sqlite.py",
        old='            connection.execute("PRAGMA secure_delete = ON")\n'
        "            if version == 0:\n",
        new='            connection.execute("PRAGMA secure_delete = OFF")\n'
        "            if version == 0:\n",
        killers=(f"{_STREAM_FILE}::test_a_record_that_is_gone_leaves_no_bytes_in_the_file",),
    ),
    Mutant(
        name="lock-not-taken",
        promise="P6 two runs never write at once",
        file="src/crmsnap/state/folder.py",
        old="            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        new="            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)\n",
        killers=("tests/unit/state/test_runs.py::test_a_folder_is_held_by_one_run_at_a_time",),
    ),
    Mutant(
        name="lease-without-fencing",
        promise="P6 two runs never write at once",
        file="src/crmsnap/registry/leases.py",
        old="    if lease.holder != holder:\n        raise held(lease)\n",
        new="",
        killers=(
            "tests/unit/test_lease.py::test_a_run_of_another_home_is_refused",
            "tests/unit/test_lease.py::test_a_lost_one_is_noticed_when_it_matters",
        ),
    ),
    Mutant(
        name="lease-taken-from-the-living",
        promise="P6 two runs never write at once",
        file="src/crmsnap/bootstrap/lease.py",
        old="    return holder if lock and lock == _lock_of(folder) else None\n",
        new="    return holder\n",
        killers=(
            "tests/unit/test_lease.py::test_a_copy_of_the_folder_does_not_say_that_a_run_is_dead",
        ),
    ),
    Mutant(
        name="overwrite-allowed-in-a-bucket",
        promise="P1 what is published is never rewritten",
        file="src/crmsnap/destinations/store.py",
        old='                mode="overwrite" if self._habits.single_writer else mode,\n',
        new='                mode="overwrite",\n',
        killers=(
            f"{_S3}::test_a_part_is_one_create_only_put_with_its_checksum_twice",
            f"{_S3}::test_a_replace_carries_the_e_tag",
        ),
    ),
    Mutant(
        name="overwrite-allowed-in-a-folder",
        promise="P1 what is published is never rewritten",
        file="src/crmsnap/destinations/folder.py",
        old="        os.link(unfinished, path, follow_symlinks=False)\n",
        new="        os.replace(unfinished, path)\n",
        killers=("tests/contracts/test_destinations.py::test_a_key_is_written_once",),
    ),
    Mutant(
        name="fsync-dropped",
        promise="P2 a power cut loses nothing",
        file="src/crmsnap/destinations/folder.py",
        old="            os.fsync(stream.fileno())\n",
        new="",
        killers=(
            "tests/unit/destinations/test_folder.py::test_data_is_synced_before_its_name_exists_and_the_name_after",
        ),
    ),
    Mutant(
        name="external-id-not-sent",
        promise="P10 one account's data reach no other",
        file="src/crmsnap/connection/role.py",
        old="    if role.external_id is not None:\n",
        new="    if role.external_id is None:\n",
        killers=(
            "tests/unit/connection/test_role.py::test_a_session_is_asked_for_with_everything_that_binds_it",
        ),
    ),
    Mutant(
        name="session-for-everything",
        promise="P10 one account's data reach no other",
        file="src/crmsnap/connection/role.py",
        old='        asked["Policy"] = role.session_policy\n',
        new="        pass\n",
        killers=(
            "tests/unit/connection/test_role.py::test_a_session_is_asked_for_with_everything_that_binds_it",
        ),
    ),
    Mutant(
        name="secrets-travel-to-a-cluster",
        promise="P10 no secret leaves the machine",
        file="src/crmsnap/cluster/executor.py",
        old="        self._refuse_secrets(parcel.task)\n",
        new="",
        killers=("tests/unit/cluster/test_executor.py::test_a_task_with_a_secret_does_not_leave",),
    ),
    Mutant(
        name="equal-tasks-are-done-once",
        promise="P5 what is published was read",
        file="src/crmsnap/cluster/executor.py",
        old="        self._inner = client.get_executor(pure=False)\n",
        new="        self._inner = client.get_executor(pure=True)\n",
        killers=("tests/unit/cluster/test_executor.py::test_two_equal_tasks_are_both_done",),
    ),
    Mutant(
        name="carried-over-another-machine",
        promise="P6 two runs never write at once",
        file="src/crmsnap/state/carry.py",
        old="            store.replace(INDEX_KEY, data, sha256=digest, e_tag=there.e_tag)\n",
        new="            newest = store.head(INDEX_KEY)\n"
        '            e_tag = newest.e_tag or "" if newest else ""\n'
        "            store.replace(INDEX_KEY, data, sha256=digest, e_tag=e_tag)\n",
        killers=(
            "tests/unit/state/test_carry.py::test_of_two_machines_at_once_the_second_is_refused",
        ),
    ),
    Mutant(
        name="erased-and-believed",
        promise="P3 no record is missing",
        file="src/crmsnap/state/leaving.py",
        old="            file.doubt()\n",
        new="",
        killers=(
            "tests/acceptance/test_days_after_an_erasure.py::test_who_was_erased_and_is_live_does_not_hide_who_went_without_a_trace",
        ),
    ),
    Mutant(
        name="erased-in-a-run-and-believed",
        promise="P3 no record is missing",
        file="src/crmsnap/state/leaving.py",
        old="            if leaving.run == unfinished:\n                file.start_again()\n",
        new="",
        killers=(
            "tests/acceptance/test_days_after_an_erasure.py::test_what_was_erased_in_the_middle_of_a_run_is_read_again_by_it",
        ),
    ),
)
