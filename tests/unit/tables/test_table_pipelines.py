"""PIPELINES and PIPELINE_STAGES."""

from crmsnap.streams.documents import PipelineDocument, StageDocument
from crmsnap.tables.pipeline_stages import PIPELINE_STAGES
from crmsnap.tables.pipelines import PIPELINES
from tests.builders.account_state import INGESTED, rows_of

CREATED = "2025-01-07 10:00:00.000"


def pipelines(state, *found: PipelineDocument) -> None:
    state.documents("pipelines", {f"{p.object_type} {p.id}": p for p in found})


def test_a_pipeline_is_a_row(state):
    """The golden row."""
    pipelines(
        state,
        PipelineDocument(
            "0-3", "default", "Sales pipeline", 0, created_at=CREATED, updated_at=CREATED
        ),
    )
    assert rows_of(PIPELINES, state.reader) == [
        ("0-3", "default", "Sales pipeline", 0, False, CREATED, CREATED, INGESTED)
    ]


def test_pipelines_of_several_types_may_share_an_id(state):
    """`default` exists for deals and for tickets; ids are text, also those of digits."""
    pipelines(
        state,
        PipelineDocument("0-5", "default", "Support", 0),
        PipelineDocument("0-3", "default", "Sales", 0),
        PipelineDocument("0-3", "9", "Partners", 1),
        PipelineDocument("0-3", "10", "Renewals", 2),
    )
    assert [row[:2] for row in rows_of(PIPELINES, state.reader)] == [
        ("0-3", "10"),
        ("0-3", "9"),
        ("0-3", "default"),
        ("0-5", "default"),
    ]


def test_a_stage_is_a_row_with_its_meaning_as_json(state):
    """Keys sorted and nothing escaped that need not be, so that equal states give equal bytes."""
    won = StageDocument(
        "closedwon",
        "Closed won",
        5,
        metadata={"probability": "1.0", "isClosed": "true", "note": "für immer"},
        created_at=CREATED,
    )
    pipelines(state, PipelineDocument("0-3", "default", "Sales", 0, stages=[won]))
    assert rows_of(PIPELINE_STAGES, state.reader) == [
        (
            "0-3",
            "default",
            "closedwon",
            "Closed won",
            5,
            '{"isClosed":"true","note":"für immer","probability":"1.0"}',
            False,
            CREATED,
            None,
            INGESTED,
        )
    ]


def test_stages_are_in_the_order_of_their_ids(state):
    """The key orders rows; DISPLAYORDER is a column."""
    stages = [StageDocument("b", "First", 0), StageDocument("a", "Second", 1, archived=True)]
    pipelines(state, PipelineDocument("0-3", "default", "Sales", 0, stages=stages))
    assert [(row[2], row[5], row[6]) for row in rows_of(PIPELINE_STAGES, state.reader)] == [
        ("a", None, True),
        ("b", None, False),
    ]
