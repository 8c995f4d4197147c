"""The page of scopes: which a token needs for what, made from the object types, streams and tables.

HubSpot gives a scope several names over the years, so most things have alternatives. The list to copy
takes, of each, the first whose name says that it only reads.
"""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from crmsnap.hubspot.object_types import STANDARD_TYPES, StandardType
from crmsnap.streams.stream import Stream
from crmsnap.tables.markdown import cell, codes, file_name, table_of
from crmsnap.tables.table import Table, TableFamily

CUSTOM_TYPES = ("crm.objects.custom.read", "crm.schemas.custom.read")
"""The records of custom types, and what they are called."""

_OF_TYPE = "<type>"

WITHOUT = MappingProxyType(
    {
        "teams": "teams that no owner is in: TEAMS then holds those that are named inside owners",
        "event-types": "ids, labels and descriptions of custom event types: their names still come",
        "event-properties": "values of custom events' own properties: nobody knows then which are sensitive",
        "events/<event type>": "tables `EVENTS_<NAME>`, but for those of marketing e-mails",
        "lists": "LISTS",
        "memberships": "LIST_MEMBERSHIPS",
        "owners": "OWNERS and OWNER_TEAM: records still hold the owners' ids",
    }
)
"""What is lost without a stream, by its name, where its description does not say it best."""


def scopes_page(catalogue: Sequence[Table | TableFamily]) -> str:
    """The page as Markdown."""
    streams = list(dict.fromkeys(stream for table in catalogue for stream in table.streams))
    reading, writing = _to_copy(streams)
    return "\n".join(
        [
            _HEAD,
            "```text",
            *reading,
            "```",
            "",
            _WRITERS,
            table_of(("scope", "without it"), [_lost(scope, streams) for scope in writing]),
            "",
            _TYPES,
            table_of(("type", "name", "table", "needs one of", "read from"), _type_rows()),
            "",
            _OTHERS,
            table_of(("what", "needs one of", "without it"), _stream_rows(streams)),
            "",
            "## Tables\n",
            table_of(("table", "needs"), map(_table_row, catalogue)),
            "",
            "## What is lost without each\n",
            table_of(("scope", "without it"), [_lost(scope, streams) for scope in reading]),
            "",
        ]
    )


_HEAD = """\
# Which scopes for what

<!-- Made from src/crmsnap/hubspot/object_types.py and the streams by `make docs`. -->

A token reads what its scopes let it read. A scope that it lacks is no failure: what is missing becomes a gap in the manifest,
named with the scope that closes it, and the run ends with exit code 3. So give it what you want copied, and no more.

`crmsnap tables --scopes acme` prints the fewest scopes for what the connection `acme` selects, and which of them its token lacks. Where one scope that may
do more is needed anyway (`content`), it leaves out those that the same scope covers; this page names them all.

Scopes are those of HubSpot's pages ("Scopes", and "Requirements" of each endpoint), as of November 2026. Some of them exist only in
accounts whose plan has the feature; HubSpot then does not offer them, and there is nothing to read either.

## The scopes that only read

Everything that crmsnap can read with them, for a service key or a private app, one a line:
"""

_WRITERS = """\
Never give it a scope with `sensitive` in its name: crmsnap does not copy
[sensitive values](../explanation/security.md#sensitive-properties), so such a scope can only do harm.

## The scopes that may do more

For these things HubSpot has no scope whose name says that it only reads. Take each of them for a right to write as well, and give it only
if you want what it brings. `crm.dealsplits.read_write` says so itself: HubSpot offers no other for deal splits. crmsnap writes nothing,
whatever it was given.
"""

_TYPES = """\
## Object types

Of several scopes one is enough. The same scope also opens the type's property definitions and pipelines (`crm.schemas.<type>.read` opens only
those) and, with that of the other type, associations. A type that is not listed is read as soon as the account has it and the token may; its
scope is then usually `crm.objects.<type>.read` (inferred from the others).
"""

_OTHERS = """\
The text of one-to-one e-mails may need `sales-email-read` beside the scope of e-mails: HubSpot announced for its older engagements API that it
blanks the text without it ("New scope required to get the content of email engagements"). Whether the objects API does so is unknown. Its
name does not end in `.read`, so it is not in the list above; give it if the texts are missing.

## Everything else

`oauth` is what every token of an OAuth app has; a service key or a private app cannot be given it.
"""


def only_reads(scope: str) -> bool:
    """Whether the name of a scope says that it cannot write."""
    return scope.endswith(".read")


def _to_copy(streams: Iterable[Stream]) -> tuple[list[str], list[str]]:
    """The scopes that only read, and those that may do more, which together open everything."""
    needed = [standard.read_scopes for standard in STANDARD_TYPES]
    needed += [stream.scopes for stream in streams if not _is_of_types(stream)]
    chosen = {_preferred(scopes) for scopes in needed if scopes} | set(CUSTOM_TYPES)
    return sorted(filter(only_reads, chosen)), sorted(s for s in chosen if not only_reads(s))


def _preferred(scopes: Sequence[str]) -> str:
    return next(filter(only_reads, scopes), scopes[0])


def _is_of_types(stream: Stream) -> bool:
    """Whether a stream is opened by the scopes of object types alone."""
    return stream.name.startswith("objects/") or any(_OF_TYPE in one for one in stream.scopes)


def _type_rows() -> Iterator[tuple[str, ...]]:
    for standard in STANDARD_TYPES:
        yield (
            f"`{standard.id}`",
            standard.plural,
            f"`OBJECTS_{standard.table_name}`",
            codes(standard.read_scopes, " or ") or "-",
            _source(standard),
        )
    scopes = " and ".join(f"`{scope}`" for scope in CUSTOM_TYPES)
    yield "`2-<n>`", "Custom objects", "`OBJECTS_<PLURAL>`", scopes, _SOURCES["crm"]


_SOURCES = MappingProxyType(
    {
        "crm": "objects API",
        "other-api": "an API of its own",
        "union": "the objects API",
        "no-api": "[nothing](../explanation/what-hubspot-does-not-give.md)",
    }
)


def _source(standard: StandardType) -> str:
    remark = f": {cell(standard.remark)}" if standard.remark else ""
    return _SOURCES[standard.source] + remark


def _stream_rows(streams: Iterable[Stream]) -> Iterator[tuple[str, ...]]:
    for stream in streams:
        if not _is_of_types(stream):
            scopes = codes(stream.scopes, " or ") if stream.scopes else "any token"
            lost = WITHOUT.get(stream.name, "-") if stream.scopes else "-"
            yield cell(stream.description), scopes, lost


def _table_row(table: Table | TableFamily) -> tuple[str, str]:
    needs = dict.fromkeys(
        "those of the object types" if _is_of_types(stream) else codes(stream.scopes, " or ")
        for stream in table.streams
        if stream.scopes
    )
    return f"[`{table.name}`](tables/{file_name(table.name)})", "; ".join(needs) or "any token"


def _lost(scope: str, streams: Iterable[Stream]) -> tuple[str, str]:
    """What cannot be read without one of the scopes to copy, when all others are there."""
    types = [_plural(one) for one in STANDARD_TYPES if _opened_by(one.read_scopes, scope)]
    if scope in CUSTOM_TYPES:
        types.append(
            "custom objects"
            if "objects" in scope
            else "names and descriptions of custom object types: HubSpot's counts still name them by label"
        )
    others = [
        WITHOUT.get(stream.name) or cell(stream.description).rstrip(".")
        for stream in streams
        if not _is_of_types(stream) and _opened_by(stream.scopes, scope)
    ]
    return f"`{scope}`", "; ".join(filter(None, [", ".join(types), *others]))


def _plural(standard: StandardType) -> str:
    return standard.plural[0].lower() + standard.plural[1:]


def _opened_by(scopes: Sequence[str], scope: str) -> bool:
    return bool(scopes) and _preferred(scopes) == scope
