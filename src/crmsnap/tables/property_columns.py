"""Property values as typed columns: `PROPERTY_<NAME>`, and its raw text beside it.

A value that is not of its property's type would be lost in a typed column alone; `PROPERTY_UNPARSED_<NAME>`
holds every value's text, directly after.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from crmsnap.tables.naming import ColumnNames, column_names, is_as_wished
from crmsnap.tables.table import UNPARSED, Column, Kind, Value
from crmsnap.tables.typed import PARSERS, boolean


def property_columns(
    kinds: Mapping[str, Kind], given: Mapping[str, ColumnNames] = MappingProxyType({})
) -> tuple[Column, ...]:
    """The columns for these properties, by internal name in code point order; `given`: names to keep."""
    names = column_names({name: kind in PARSERS for name, kind in kinds.items()}, given)
    columns: list[Column] = []
    for name, (value, raw) in names.items():
        columns.append(
            Column(
                value,
                kinds[name],
                f"Value of the property `{name}`.",
                nullable=True,
                certainty="published",
                property=name,
            )
        )
        if raw is not None:
            columns.append(
                Column(
                    raw,
                    "VARCHAR",
                    f"HubSpot's own text of the property `{name}`.",
                    nullable=True,
                    property=name,
                )
            )
    return tuple(columns)


def names_to_keep(columns: Sequence[Column]) -> dict[str, ColumnNames]:
    """The names among these columns that another day's properties could take: property -> its names."""
    found: dict[str, ColumnNames] = {}
    for column in columns:
        if (name := column.property) is not None:
            first = found.get(name)
            found[name] = ColumnNames(first.value if first else column.name, first and column.name)
    return {name: names for name, names in found.items() if not is_as_wished(name, names)}


def cells_of(columns: Sequence[Column]) -> Callable[[Mapping[str, str]], list[Value]]:
    """A function from values by property name to the cells of these property columns."""
    return partial(_cells, [(column.property or "", PARSE.get(column.kind)) for column in columns])


def present_cells_of(
    columns: Sequence[Column],
) -> Callable[[Mapping[str, str]], list[tuple[int, Value]]]:
    """A function from values, names ascending, to the cells of a `Sparse` row of these columns.

    A value without a column is left out.
    """
    plan: dict[str, _Place] = {}
    for position, column in enumerate(columns):
        if (name := column.property) is None:
            continue
        if name in plan:
            plan[name] = plan[name]._replace(raw=position)
        else:
            plan[name] = _Place(position, PARSE.get(column.kind), None)
    return partial(_present_cells, plan)


Parse = Callable[[str], str | bool | None]

PARSE: Mapping[Kind, Parse] = MappingProxyType({**PARSERS, "BOOLEAN": boolean})
"""How a property's text becomes its column's kind; a kind that is not here takes the text as it is."""


class _Place(NamedTuple):
    """Where a property's value goes."""

    position: int
    parse: Parse | None
    raw: int | None


def _cells(plan: Sequence[tuple[str, Parse | None]], values: Mapping[str, str]) -> list[Value]:
    return [
        text if parse is None or text is None else _typed(parse, text)
        for name, parse in plan
        for text in (values.get(name),)
    ]


def _present_cells(
    plan: Mapping[str, _Place], values: Mapping[str, str]
) -> list[tuple[int, Value]]:
    cells: list[tuple[int, Value]] = []
    for name, text in values.items():
        place = plan.get(name)
        if place is None:
            continue
        position, parse, raw = place
        if parse is None:
            cells.append((position, text))
            continue
        if text:
            cells.append((position, _typed(parse, text)))
        if raw is not None:
            cells.append((raw, text))
    return cells


def _typed(parse: Parse, text: str) -> Value:
    if not text:
        return None  # nothing is there that could fail to parse
    value = parse(text)
    return UNPARSED if value is None else value
