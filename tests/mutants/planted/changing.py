"""Bugs of later days: changes that are missed, records that stay, drift that nobody is told of."""

from tests.mutants.mutant import Mutant

_EQUAL = (
    "tests/acceptance/test_a_later_day_equals_a_first_day.py::test_each_day_equals_a_first_day[1]"
)
_CHANGES = "tests/unit/publish/test_changes.py"
_JUMPS = "tests/unit/publish/test_jumps.py"

CHANGING = (
    Mutant(
        name="watermark-is-now",
        promise="P3 no record is missing",
        file="src/crmsnap/streams/objects.py",
        old="    return name, _milliseconds(finished.started_at) - overlap\n",
        new="    return name, _milliseconds(scope.started_at) - overlap\n",
        killers=(_EQUAL,),
    ),
    Mutant(
        name="last-id-once-more",
        promise="P13 progress or a clear stop",
        file="src/crmsnap/hubspot/endpoints/objects.py",
        old='"operator": "GT", "value": above',
        new='"operator": "GTE", "value": above',
        killers=(_EQUAL,),
    ),
    Mutant(
        name="changed-values-not-kept",
        promise="P5 each row is one version",
        file="src/crmsnap/streams/changed/search.py",
        old="        yield records_by_id(scan, client, found.ids), at\n",
        new='        yield Page((), ""), at\n',
        killers=(_EQUAL,),
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
