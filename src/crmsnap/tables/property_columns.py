"""Property values as typed columns: `PROPERTY_<NAME>`, and its raw text beside it.

A value that is not of its property's type would be lost in a typed column alone; `PROPERTY_UNPARSED_<NAME>`
holds every value's text, directly after.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from crmsnap.tables.naming import unparsed_columns, value_columns
from crmsnap.tables.table import Column, Kind, Value
from crmsnap.tables.typed import PARSERS


def property_columns(kinds: Mapping[str, Kind]) -> tuple[Column, ...]:
    """The columns for these properties, by internal name in code point order."""
    values = value_columns(kinds)
    unparsed = unparsed_columns(
        [name for name, kind in kinds.items() if kind in PARSERS], taken=frozenset(values.values())
    )
    columns: list[Column] = []
    for name, column in values.items():
        columns.append(
            Column(
                column,
                kinds[name],
                f"Value of the property `{name}`.",
                nullable=True,
                certainty="published",
                property=name,
            )
        )
        if name in unparsed:
            columns.append(
                Column(
                    unparsed[name],
                    "VARCHAR",
                    f"HubSpot's own text of the property `{name}`.",
                    nullable=True,
                    property=name,
                )
            )
    return tuple(columns)


def cells_of(columns: Sequence[Column]) -> Callable[[Mapping[str, str]], list[Value]]:
    """A function from values by property name to the cells of these property columns."""
    return partial(
        _cells, [(column.property or "", PARSERS.get(column.kind)) for column in columns]
    )


def _cells(
    plan: Sequence[tuple[str, Callable[[str], str | None] | None]], values: Mapping[str, str]
) -> list[Value]:
    return [
        text if parse is None or text is None else parse(text)
        for name, parse in plan
        for text in (values.get(name),)
    ]
