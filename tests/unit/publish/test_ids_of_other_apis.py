"""Ids that are digits and no numbers: from an API to a snapshot that proves itself."""

from dataclasses import replace

from crmsnap.destinations.folder import Folder
from crmsnap.model import EVERY
from crmsnap.publish.manifest import TypeCount
from crmsnap.publish.publish import publish
from crmsnap.publish.verify import verify
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types.keeping import Found, Keeping
from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_with_object_properties import OBJECT_WITH_OBJECT_PROPERTIES
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.objects_of_type import OBJECTS_OF_TYPE
from tests.builders.account_state import AccountState, scope_of
from tests.unit.publish.made_up_tables import FACTS, StandStill, forget, ignore, threads

IDS = ("8", "007", "9223372036854775808", "7", "9223372036854775807", "7e", "0", "00")


def test_leading_zeros_and_more_than_64_bits_end_no_run(tmp_path):
    """The state sorts them as texts; if the order of rows were another one, no day would be published."""
    keeping = Keeping(True, frozenset(), frozenset(), frozenset(), EVERY)
    page = keeping.page([Found(id_, None, {"name": id_}) for id_ in IDS], "end")
    state = AccountState(tmp_path / "state")
    state.documents("types", {"0-28": TypeDocument("0-28", "FORM", source="other-api")})
    state.write("objects/0-28", page.rows, page.beside, text_ids=True)
    own = OBJECTS_OF_TYPE.expand(scope_of(state.reader, types=frozenset({"0-28"})))
    publish(
        [OBJECTS, OBJECT_WITH_OBJECT_PROPERTIES, OBJECT_PROPERTIES, *own],
        state.reader,
        Folder(tmp_path / "snapshots"),
        facts=replace(FACTS, counts=(TypeCount("0-28", None, len(IDS)),)),
        remember=forget,
        open_executor=threads,
        observe=ignore,
        stop=StandStill(),
    )
    report = verify(Folder(tmp_path / "snapshots"), None, ignore)
    assert report.problems == ()
    assert report.records == len(IDS)
