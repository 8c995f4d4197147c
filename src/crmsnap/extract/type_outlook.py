"""Every object type of HubSpot's export and of the account: where it comes from, and whether it is copied."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmsnap.extract.outlook import Outlook
from crmsnap.hubspot.object_types import STANDARD_TYPES, StandardType
from crmsnap.model import Gap
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import all_types
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.tables.naming import id_order
from crmsnap.tables.type_names import object_table_names

SOURCES: Mapping[str, str] = {
    "crm": "objects API",
    "other-api": "own API",
    "union": "union of other types",
    "no-api": "none",
}


@dataclass(frozen=True, slots=True)
class TypeOutlook:
    """One object type."""

    id: str
    name: str
    """HubSpot's internal name."""
    plural: str
    """What people call many of them."""
    table: str | None
    """The table of its records; None where nothing would be published of it."""
    source: str
    """`objects API`, `own API: GET /...`, `union of other types` or `none`."""
    scopes: tuple[str, ...]
    """Any one of these lets a token read it."""
    state: str
    """`read`, `gap: <reason>` or `excluded`; without an account as far as it is known."""
    detail: str = ""
    """One sentence about a gap."""


def types_of(found: Outlook) -> list[TypeOutlook]:
    """A row for every type, by id, as this account and token have it."""
    scope = found.plan.scope
    gaps = {gap.stream: gap for gap in found.gaps}
    tables = object_table_names(scope.reader)
    return sorted(
        (
            _row(
                known,
                tables[known.id].name if known.id in tables else None,
                _state(known, gaps.get(f"objects/{known.id}"), wanted=scope.wants(known.id)),
            )
            for known in all_types(scope)
        ),
        key=lambda row: id_order(row.id),
    )


def standard_types() -> list[TypeOutlook]:
    """The same without an account: the types that every one may have, as far as they are known."""
    rows = []
    for known, standard in zip(standard_documents(), STANDARD_TYPES, strict=True):
        state = "gap: not-available" if standard.source == "no-api" else "read"
        rows.append(_row(known, f"OBJECTS_{standard.table_name}", (state, _remark(known))))
    return rows


def standard_documents() -> list[TypeDocument]:
    """The standard types as documents."""
    return [
        TypeDocument(
            standard.id, standard.name, plural_label=standard.plural, source=standard.source
        )
        for standard in STANDARD_TYPES
    ]


def read_scopes(known: TypeDocument) -> tuple[str, ...]:
    """Any one of these lets a token read a type's records; none where nobody knows."""
    if known.custom:
        return ("crm.objects.custom.read",)
    standard = _STANDARD.get(known.id)
    return standard.read_scopes if standard else ()


def _row(known: TypeDocument, table: str | None, state: tuple[str, str]) -> TypeOutlook:
    return TypeOutlook(
        id=known.id,
        name=known.name,
        plural=known.plural_label or known.singular_label or known.name,
        table=table,
        source=_source(known),
        scopes=read_scopes(known),
        state=state[0],
        detail=state[1],
    )


def _state(known: TypeDocument, gap: Gap | None, *, wanted: bool) -> tuple[str, str]:
    if known.archived:
        return "archived", "the type is archived in HubSpot, and its records with it"
    if not wanted:
        return "excluded", ""
    if gap is not None:
        return f"gap: {gap.reason}", gap.detail
    return "read", _remark(known)


def _remark(known: TypeDocument) -> str:
    standard = _STANDARD.get(known.id)
    return standard.remark if standard else ""


def _source(known: TypeDocument) -> str:
    endpoint = _ENDPOINTS.get(f"objects/{known.id}")
    return f"{SOURCES[known.source]}{f': {endpoint}' if endpoint else ''}"


_STANDARD: Mapping[str, StandardType] = {standard.id: standard for standard in STANDARD_TYPES}
_ENDPOINTS: Mapping[str, str] = {stream.name: stream.endpoint for stream in RECORD_STREAMS}
