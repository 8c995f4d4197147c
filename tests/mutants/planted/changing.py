"""Bugs of later days: changes that are missed, records that stay, drift that nobody is told of."""

from tests.mutants.mutant import Mutant

_RECORDS = "tests/contracts/test_changed_records.py"
_COUNTS = "tests/acceptance/test_counts_are_reconciled.py"
_CHANGES = "tests/unit/publish/test_changes.py"
_JUMPS = "tests/unit/publish/test_jumps.py"

CHANGING = (
    Mutant(
        name="watermark-is-now",
        promise="P3 no record is missing",
        file="src/crmsnap/streams/objects.py",
        old="    return name, _milliseconds(finished.started_at) - overlap\n",
        new="    return name, _milliseconds(scope.started_at) - overlap\n",
        killers=(f"{_RECORDS}::test_every_change_is_found_by_search",),
    ),
    Mutant(
        name="no-overlap",
        promise="P3 no record is missing",
        file="src/crmsnap/streams/objects.py",
        old="    return name, _milliseconds(finished.started_at) - overlap\n",
        new="    return name, _milliseconds(finished.started_at)\n",
        killers=(f"{_RECORDS}::test_a_change_that_search_shows_late_is_found_by_the_next_run",),
    ),
    Mutant(
        name="last-id-once-more",
        promise="P13 progress or a clear stop",
        file="src/crmsnap/hubspot/endpoints/objects.py",
        old='"operator": "GT", "value": above',
        new='"operator": "GTE", "value": above',
        killers=(f"{_RECORDS}::test_every_change_is_found_by_search",),
    ),
    Mutant(
        name="changed-values-not-kept",
        promise="P5 each row is one version",
        file="src/crmsnap/streams/changed/search.py",
        old="        yield records_by_id(scan, client, _unknown(scan, found)), at\n",
        new='        yield Page((), ""), at\n',
        killers=(f"{_RECORDS}::test_every_change_is_found_by_search",),
    ),
    Mutant(
        name="first-page-of-changes-alone",
        promise="P3 no record is missing",
        file="src/crmsnap/streams/changed/search.py",
        old="        yield found\n",
        new="        yield found\n        return\n",
        killers=(f"{_RECORDS}::test_every_change_is_found_by_search",),
    ),
    Mutant(
        name="archive-left-out",
        promise="P3 nothing that is gone stays",
        file="src/crmsnap/streams/changed/scan.py",
        old='CHANGES: tuple[Stage, ...] = ("search", "archive", "restored", "vanished", "compared")\n',
        new='CHANGES: tuple[Stage, ...] = ("search", "restored", "vanished")\n',
        killers=(f"{_RECORDS}::test_who_went_is_told_with_the_reason",),
    ),
    Mutant(
        name="merges-ignored",
        promise="P3 nothing that is gone stays",
        file="src/crmsnap/streams/changed/reads.py",
        old="        gone.merged.update(_losers(scan, found))\n",
        new="",
        killers=(f"{_RECORDS}::test_who_went_is_told_with_the_reason",),
    ),
    Mutant(
        name="any-difference-accepted",
        promise="P3 no record is missing",
        file="src/crmsnap/extract/reconcile.py",
        old="        raise _withheld(different)\n",
        new="        pass\n",
        killers=(f"{_COUNTS}::test_what_nothing_explains_withholds_the_day",),
    ),
    Mutant(
        name="counts-are-not-looked-into",
        promise="P3 no record is missing",
        file="src/crmsnap/extract/reconcile.py",
        old='        doubtful = [id_ for id_, one in results.items() if one.verdict == "different"]\n',
        new="        doubtful: list[str] = []\n",
        killers=(f"{_COUNTS}::test_a_record_that_a_page_left_out_is_found_by_a_sweep",),
    ),
    Mutant(
        name="changes-are-not-counted",
        promise="P3 nothing that is gone stays",
        file="src/crmsnap/streams/changed/compared.py",
        old="    return searched == ours or _listed(scan, client, newest) == ours\n",
        new="    return True\n",
        killers=(
            f"{_COUNTS}::test_records_that_come_meanwhile_do_not_hide_one_that_went_without_a_trace",
        ),
    ),
    Mutant(
        name="retyped-in-silence",
        promise="P15 drift never drops data in silence",
        file="src/crmsnap/publish/changes.py",
        old='        ("retyped", before.type, after.type),\n',
        new="",
        killers=(f"{_CHANGES}::test_a_property_that_is_otherwise_is_said_with_both",),
    ),
    Mutant(
        name="rows-lost-in-silence",
        promise="P15 drift never drops data in silence",
        file="src/crmsnap/publish/jumps.py",
        old="        elif _exceeds(was - rows, was, LOST_SHARE, LOST_ROWS):\n",
        new="        elif _exceeds(was - rows, was, 1.0, LOST_ROWS):\n",
        killers=(f"{_JUMPS}::test_a_table_jumps_by_share_and_by_number",),
    ),
)
