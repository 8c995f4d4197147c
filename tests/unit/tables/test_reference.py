"""The reference page: what people read about a table."""

from crmsnap.tables.reference import reference_page
from crmsnap.tables.table import Column, Table


def test_a_sign_of_markdown_in_a_description_does_not_break_its_table():
    """A bare `|` would start a new cell."""
    table = Table(
        name="PLANETS",
        grain="one planet | star",
        columns=(Column("ID", "ID", "Either `a` | `b`.", nullable=True),),
        key=("ID",),
        streams=(),
        spans=lambda _: iter(()),
        rows=lambda _, __: iter(()),
    )
    page = reference_page([table])
    assert "| [`PLANETS`](#planets) | one planet \\| star |" in page
    assert "| `ID` | ID | null | ours | Either `a` \\| `b`. |" in page
