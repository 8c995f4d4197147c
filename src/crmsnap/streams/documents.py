"""What the documents of the state say: written by streams, read by tables.

Small things that are read whole are kept as one JSON document each. Times are as published
(`YYYY-MM-DD HH:MM:SS.mmm`), ids are text. A field that is added later needs a default.
"""

from typing import Any

import msgspec


class TypeDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `types`, key = id: an object type of the account."""

    id: str
    name: str
    fully_qualified_name: str | None = None
    singular_label: str | None = None
    plural_label: str | None = None
    description: str | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None
    custom: bool = False
    source: str = "crm"
    """`crm`: the generic objects API; `other-api`: one of its own; `union`: the records of other types;
    `no-api`: no public one."""
    readable: bool = True
    """Whether its source has its records, as far as is known before they are read."""
    unreadable_because: str = ""
    """If not: one sentence for people."""
    allows_sensitive: bool = False
    """Whether its properties may be sensitive: then one without a classification counts as such."""
    count: int | None = None
    """How many records HubSpot says there are; None where it does not say."""
    associable: bool = True
    """Whether its records can be asked for their associations: not where an API of its own may have other ids."""
    association_names: dict[str, str] = {}
    """Internal names of associations that a custom type takes part in, by `<from> <to> <type id>`."""


class TableNameDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `table-names`, key = `<family> <id>`: the names that a type's or a pair's table was given once."""

    family: str
    """`OBJECTS_<PLURAL>`."""
    id: str
    """Type id, event type id, or `<from>__<to>`."""
    wanted: str
    """The name that its label asked for: another one had it when the given name differs."""
    name: str
    former: list[str] = []
    """Names that it had on earlier days: they are nobody else's."""
    columns: dict[str, tuple[str, str | None]] = {}
    """Property -> its column and that of its raw text, where another property could want their names."""


class EventTypeDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `event-types`, key = name: an event type of the account, whether or not it has occurred."""

    name: str
    """The API's name: `e_visited_page`, `pe123_login`."""
    readable: bool = True
    """Whether its occurrences may be asked for: not those of an archived definition."""
    id: str | None = None
    """`6-12031101` where a definition gives one."""
    label: str | None = None
    description: str | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class PropertyDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Streams `properties/<type>` and `event-properties`, key = name (events: `<event name> <name>`)."""

    owner: str
    """The object type's id, or the event type's name."""
    name: str
    type: str
    field_type: str | None = None
    label: str | None = None
    description: str | None = None
    group_name: str | None = None
    options: list[Any] | None = None
    calculated: bool | None = None
    has_unique_value: bool | None = None
    hidden: bool | None = None
    hubspot_defined: bool | None = None
    referenced_object_type: str | None = None
    data_sensitivity: str | None = None
    sensitive_categories: list[str] = []
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class EventDefinitionDocument(msgspec.Struct, frozen=True):
    """Stream `event-definitions`, key = name: a custom event type and its properties, of one answer."""

    event_type: EventTypeDocument
    """As far as its definition tells it: HubSpot's list says whether its occurrences are readable."""
    properties: list[PropertyDocument]


class LabelDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `association-labels/<type>`, key = `<to> <category> <type id>`: a type of association from one type."""

    from_type: str
    to_type: str
    category: str
    type_id: int
    label: str | None = None
    name: str | None = None
    listed: bool = True
    """Whether HubSpot listed it; if not, it was only seen on a record, and its label is unknown."""


class StageDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stage, inside its pipeline."""

    id: str
    label: str
    display_order: int
    metadata: dict[str, str] | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class PipelineDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `pipelines`, key = `<type> <id>`."""

    object_type: str
    id: str
    label: str
    display_order: int
    stages: list[StageDocument] = []
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class OwnerTeam(msgspec.Struct, frozen=True):
    """A team that an owner is in."""

    id: str
    name: str
    primary: bool = False


class OwnerDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `owners`, key = id."""

    id: str
    type: str
    created_at: str
    updated_at: str
    archived: bool = False
    user_id: int | None = None
    user_id_including_inactive: int | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    teams: list[OwnerTeam] = []


class TeamDocument(msgspec.Struct, frozen=True):
    """Stream `teams`, key = id."""

    id: str
    name: str


class ListDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stream `lists`, key = id."""

    id: str
    name: str
    object_type: str
    processing_type: str
    size: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    filters_updated_at: str | None = None
    created_by_user_id: int | None = None
    updated_by_user_id: int | None = None
