"""Bugs in what is published: days that are half there, rows twice, values that changed."""

from tests.mutants.mutant import Mutant

_PUBLISH = "tests/unit/publish/test_publish.py"
_CSV = "tests/unit/publish/test_csv_text.py"

PUBLISHING = (
    Mutant(
        name="manifest-first",
        promise="P1 complete or absent",
        file="src/crmsnap/publish/publish.py",
        old="    slim = [for_tasks(table) for table in tables]\n",
        new="    slim = [for_tasks(table) for table in tables]\n"
        '    destination.create(manifest_key(facts.day), b"{}", sha256=sha256(b"{}").hexdigest())\n',
        killers=(
            f"{_PUBLISH}::test_the_manifest_is_written_last",
            f"{_PUBLISH}::test_a_part_that_changed_before_the_manifest_withholds_the_day",
        ),
    ),
    Mutant(
        name="parts-not-proven",
        promise="P1 complete or absent",
        file="src/crmsnap/publish/range_task.py",
        old="        if (found.bytes, found.sha256) != (part.bytes, part.sha256):",
        new="        if found.bytes != part.bytes:",
        killers=(f"{_PUBLISH}::test_a_part_that_changed_before_the_manifest_withholds_the_day",),
    ),
    Mutant(
        name="remembered-afterwards",
        promise="P9 prune removes only what we wrote",
        file="src/crmsnap/publish/range_task.py",
        old="            self.remember((key,))\n"
        "            try:\n"
        "                self.destination.create(key, data, sha256=sha256)\n",
        new="            try:\n"
        "                self.destination.create(key, data, sha256=sha256)\n"
        "                self.remember((key,))\n",
        killers=(f"{_PUBLISH}::test_every_key_is_remembered_before_it_is_created",),
    ),
    Mutant(
        name="another-selection-accepted",
        promise="P3 no record is missing",
        file="src/crmsnap/publish/published.py",
        old="    if manifest.facts.selection != facts.selection:\n",
        new="    if manifest.facts.selection.tables != facts.selection.tables:\n",
        killers=(f"{_PUBLISH}::test_a_day_of_another_selection_is_an_error",),
    ),
    Mutant(
        name="no-dedupe",
        promise="P4 no duplicates",
        file="src/crmsnap/publish/order.py",
        old="        if before < after:\n            return\n",
        new="        if before <= after:\n            return\n",
        killers=(f"{_PUBLISH}::test_rows_out_of_order_withhold_the_day",),
    ),
    Mutant(
        name="null-becomes-empty",
        promise="P8 values are exact",
        file="src/crmsnap/publish/csv_cells.py",
        old='            remedy="report this: the state or the table\'s declaration is wrong",\n'
        "        )\n"
        '    return ""\n',
        new='            remedy="report this: the state or the table\'s declaration is wrong",\n'
        "        )\n"
        "    return '\"\"'\n",
        killers=(f"{_CSV}::test_any_texts_are_written_like_a_simple_writer_would",),
    ),
    Mutant(
        name="quote-minimal",
        promise="P8 values are exact",
        file="src/crmsnap/publish/csv_cells.py",
        old="    return '\"' + value.replace('\"', '\"\"') + '\"'\n",
        new="    return '\"' + value.replace('\"', '\"\"') + '\"' if '\"' in value or ',' in value else value\n",
        killers=(f"{_CSV}::test_any_texts_are_written_like_a_simple_writer_would",),
    ),
    Mutant(
        name="gzip-with-a-time",
        promise="P2 the next run converges",
        file="src/crmsnap/publish/gzip_parts.py",
        old="        data = self._gzip.getvalue()\n",
        new="        data = bytearray(self._gzip.getvalue())\n"
        "        data[4:8] = id(data).to_bytes(8, 'little')[:4]\n"
        "        data = bytes(data)\n",
        killers=(f"{_PUBLISH}::test_the_same_state_gives_the_same_bytes_on_any_workers",),
    ),
    Mutant(
        name="verify-trusts-the-size",
        promise="P1 complete or absent",
        file="src/crmsnap/publish/read_table.py",
        old="        if len(data) != part.bytes or sha256(data).hexdigest() != part.sha256:",
        new="        if len(data) != part.bytes:",
        killers=("tests/unit/publish/test_verify.py::test_one_flipped_bit_anywhere_is_found",),
    ),
    Mutant(
        name="prune-by-name",
        promise="P9 prune removes only what we wrote",
        file="src/crmsnap/publish/remove.py",
        old="        if (found.bytes, found.sha256) != (file.bytes, file.sha256):\n"
        "            return False\n"
        "        destination.delete(file.key)\n",
        new="        destination.delete(file.key)\n",
        killers=("tests/unit/publish/test_prune.py::test_a_part_that_somebody_exchanged_stays",),
    ),
    Mutant(
        name="strays-by-prefix",
        promise="P9 prune removes only what we wrote",
        file="src/crmsnap/publish/strays.py",
        old="        and finished_key(found.key) in known\n",
        new="",
        killers=(
            "tests/unit/publish/test_strays_and_days.py::test_only_remembered_keys_that_no_manifest_lists_are_swept",
        ),
    ),
    Mutant(
        name="prune-takes-the-newest",
        promise="P9 prune removes only what we wrote",
        file="src/crmsnap/publish/prune_plan.py",
        old="        if len(whole) >= max(1, keep.last):\n            break\n",
        new="        if len(whole) >= max(1, keep.last):\n            decided.pop()\n            break\n",
        killers=(
            "tests/unit/publish/test_prune_plan.py::test_of_any_days_the_newest_whole_one_stays",
        ),
    ),
    Mutant(
        name="tables-are-not-compared",
        promise="P7 derived tables agree",
        file="src/crmsnap/publish/agree_individual.py",
        old="        if expected == line and self._names.issuperset(values):\n            return []\n",
        new="        return []\n",
        killers=("tests/unit/publish/test_verify.py::test_tables_that_disagree_are_found",),
    ),
    Mutant(
        name="reuse-asks-nobody",
        promise="P5 what is published was read",
        file="src/crmsnap/publish/reuse.py",
        old="        if found is None or any(self._answers(need) != answer for need, answer in found.answers):\n",
        new="        if found is None:\n",
        killers=(
            "tests/unit/publish/test_reuse.py::test_what_hangs_on_a_changed_row_is_built_and_nothing_else",
        ),
    ),
    Mutant(
        name="strays-that-are-listed",
        promise="P9 prune removes only what we wrote",
        file="src/crmsnap/publish/strays.py",
        old="        if found.key not in listed\n",
        new="        if found.key != manifest_key(day)\n",
        killers=(
            "tests/unit/publish/test_strays_and_days.py::test_only_remembered_keys_that_no_manifest_lists_are_swept",
        ),
    ),
    Mutant(
        name="revision-without-a-condition",
        promise="P6 two runs never write at once",
        file="src/crmsnap/publish/revise.py",
        old="    if found is None or found.sha256 != old.manifest_file.sha256 or found.e_tag is None:\n",
        new="    if found is None or found.e_tag is None:\n",
        killers=(
            "tests/unit/publish/test_erase.py::test_of_two_revisions_at_once_the_second_is_refused",
        ),
    ),
)
