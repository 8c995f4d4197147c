"""What every table of a snapshot must hold, built from a plain reading of the account.

Rows are dictionaries from column to cell, in any order. A column that is missing here is not checked, so
none may be missing: the test compares the headers first.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.oracle.cells import Cell, compact, has_unparsed, kept, moment, plain, typed
from tests.oracle.other_types import OTHER_TYPES, Number, Other, flat, others
from tests.oracle.reading import Reading

Row = dict[str, Cell]

CATEGORIES = {"HUBSPOT_DEFINED": 0, "USER_DEFINED": 1, "INTEGRATOR_DEFINED": 2, "WORK": 3}
ENGAGEMENTS = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")
HISTORY_MAX = {"0-1": 45}


class Expected:
    """The rows of an account's tables, as a run that began at `ingested` must publish them."""

    def __init__(self, reading: Reading, ingested: str, declared: Mapping[str, str]) -> None:
        self.reading = reading
        self.ingested = ingested
        self.declared = declared
        """`<type> <field>` -> the type that the product declared for a field of another API."""

    def table(self, name: str) -> list[Row]:
        """The rows of one of the fixed tables."""
        make: Callable[[], Iterator[Row]] = getattr(self, name.lower())
        return [row | {"INGESTEDAT": self.ingested} for row in make()]

    # Objects: of the types that the generic API serves

    def objects(self) -> Iterator[Row]:
        for object_type, record in self._records():
            yield self._head(object_type, record)
        for object_type in OTHER_TYPES:
            for other in self._others(object_type):
                yield self._other_head(object_type, other)

    def object_with_object_properties(self) -> Iterator[Row]:
        for object_type, record in self._records():
            yield self._head(object_type, record) | {
                "PROPERTIES": compact(self.values(record["of"], record))
            }
        for object_type in OTHER_TYPES:
            for other in self._others(object_type):
                values = self._other_values(object_type, other)
                yield self._other_head(object_type, other) | {"PROPERTIES": compact(values)}

    def object_properties(self) -> Iterator[Row]:
        for object_type, record in self._records(union=False):
            histories = self.histories(object_type, record)
            for name, value in self.values(object_type, record).items():
                newest = histories.get(name, [(None, None)])[0]
                yield {
                    "OBJECTTYPEID": object_type,
                    "OBJECTID": record["id"],
                    "NAME": name,
                    "VALUE": value,
                    "UPDATEDAT": newest[0] if newest[1] == value else None,
                }
        for object_type in OTHER_TYPES:
            for other in self._others(object_type):
                for name, value in self._other_values(object_type, other).items():
                    yield {
                        "OBJECTTYPEID": object_type,
                        "OBJECTID": other.id,
                        "NAME": name,
                        "VALUE": value,
                        "UPDATEDAT": None,
                    }

    def object_properties_history(self) -> Iterator[Row]:
        for object_type, record in self._records(union=False):
            for name, versions in self.histories(object_type, record).items():
                for set_at, value in versions:
                    yield {
                        "OBJECTTYPEID": object_type,
                        "OBJECTID": record["id"],
                        "NAME": name,
                        "VALUE": value,
                        "UPDATEDAT": set_at,
                    }

    def object_properties_history_sources(self) -> Iterator[Row]:
        for object_type, record in self._records(union=False):
            definitions = self.reading.definitions(object_type)
            for name, versions in self.histories(object_type, record).items():
                sources = {}
                for version in record["propertiesWithHistory"][name]:
                    value = version["value"] and kept(version["value"], definitions[name]["type"])
                    sources.setdefault((moment(version["timestamp"]), value), version)
                for set_at, value in versions:
                    source = sources[set_at, value]
                    yield {
                        "OBJECTTYPEID": object_type,
                        "OBJECTID": record["id"],
                        "NAME": name,
                        "VALUE": value,
                        "UPDATEDAT": set_at,
                        "SOURCETYPE": source.get("sourceType"),
                        "SOURCEID": source.get("sourceId"),
                        "SOURCELABEL": source.get("sourceLabel"),
                        "UPDATEDBYUSERID": plain(source.get("updatedByUserId")),
                    }

    def objects_of(self, object_type: str) -> list[Row]:
        """The rows of the type's own table, properties in typed columns."""
        kinds = self.kinds(object_type)
        rows = []
        for found, record in self._records():
            if found != object_type:
                continue
            values = self.values(record["of"], record)
            row = self._head(object_type, record) | {"INGESTEDAT": self.ingested}
            for name, kind in kinds.items():
                text = values.get(name)
                row[f"PROPERTY_{name.upper()}"] = None if text is None else typed(text, kind)
                if has_unparsed(kind):
                    row[f"PROPERTY_UNPARSED_{name.upper()}"] = text
            rows.append(row)
        return rows

    def unparsed_of(self, object_type: str) -> Counter[str]:
        """Column -> how many texts are not of its type; the empty text does not count."""
        kinds = self.kinds(object_type)
        return Counter(
            f"PROPERTY_{name.upper()}"
            for found, record in self._records()
            if found == object_type
            for name, text in self.values(record["of"], record).items()
            if text and typed(text, kinds[name]) is None
        )

    def kinds(self, object_type: str) -> dict[str, str]:
        """The types of a type's open properties, by name."""
        if object_type != "0-4":
            definitions = self.reading.definitions(object_type)
            return {
                name: definitions[name]["type"] for name in self.reading.open_names(object_type)
            }
        kinds: dict[str, set[str]] = defaultdict(set)
        for part in ENGAGEMENTS:
            for name, kind in self.kinds(part).items():
                kinds[name].add(kind)
        closed = {
            name
            for part in ENGAGEMENTS
            for name, definition in self.reading.definitions(part).items()
            if not self.reading.is_open(part, definition)
        }
        return {
            name: found.pop() if len(found) == 1 else "string"
            for name, found in sorted(kinds.items())
            if name not in closed
        }

    def values(self, object_type: str, record: Any) -> dict[str, str]:
        definitions = self.reading.definitions(object_type)
        return {
            name: kept(record["properties"][name], definitions[name]["type"])
            for name in self.reading.open_names(object_type)
            if record["properties"].get(name) is not None
        }

    def histories(self, object_type: str, record: Any) -> dict[str, list[tuple[Cell, Cell]]]:
        """Newest first, as many as the export has of each property."""
        definitions = self.reading.definitions(object_type)
        found: dict[str, list[tuple[Cell, Cell]]] = {}
        for name in self.reading.open_names(object_type):
            versions = [
                (
                    moment(version["timestamp"]),
                    version["value"] and kept(version["value"], definitions[name]["type"]),
                )
                for version in record.get("propertiesWithHistory", {}).get(name, ())
            ]
            newest = sorted(versions, key=lambda version: version[0] or "", reverse=True)
            distinct = list(dict.fromkeys(newest))
            if distinct:
                found[name] = distinct[: HISTORY_MAX.get(object_type, 20)]
        return found

    def _records(self, *, union: bool = True) -> Iterator[tuple[str, Any]]:
        for object_type in self.reading.crm_types():
            if object_type in OTHER_TYPES:
                continue  # both APIs serve it, and its own is the documented one
            for record in self.reading.records(object_type):
                yield object_type, record | {"of": object_type}
                if union and object_type in ENGAGEMENTS:
                    yield "0-4", record | {"of": object_type}

    def others_of(self, object_type: str) -> list[Row]:
        """The rows of the own table of a type with an API of its own, less columns without a value."""
        found = [
            (other, self._other_values(object_type, other)) for other in self._others(object_type)
        ]
        names = sorted({name for _, values in found for name in values})
        rows = []
        for other, values in found:
            row = self._other_head(object_type, other) | {"INGESTEDAT": self.ingested}
            for name in names:
                kind = self.declared.get(f"{object_type} {name}", "string")
                text = values.get(name)
                row[f"PROPERTY_{name.upper()}"] = None if text is None else typed(text, kind)
                if has_unparsed(kind):
                    row[f"PROPERTY_UNPARSED_{name.upper()}"] = text
            rows.append(row)
        return rows

    def _others(self, object_type: str) -> Iterator[Other]:
        """Records with an id of their own: a submission without one is checked elsewhere."""
        return (other for other in others(self.reading, object_type) if other.id)

    def _other_values(self, object_type: str, other: Other) -> dict[str, str]:
        return {
            name: kept(text, self.declared.get(f"{object_type} {name}", "string"))
            for name, text in other.values.items()
        }

    def _other_head(self, object_type: str, other: Other) -> Row:
        updated_at = other.updated_at
        if updated_at is not None and updated_at.isdigit():
            updated_at = typed(updated_at, "datetime")
        else:
            updated_at = moment(updated_at)
        return {"OBJECTTYPEID": object_type, "OBJECTID": other.id, "UPDATEDAT": updated_at}

    def _head(self, object_type: str, record: Any) -> Row:
        return {
            "OBJECTTYPEID": object_type,
            "OBJECTID": record["id"],
            "UPDATEDAT": moment(record["updatedAt"]),
        }

    # Associations

    def association_definitions(self) -> Iterator[Row]:
        for from_type in self.association_types():
            for to_type in self.association_types():
                for label in self.reading.labels(from_type, to_type):
                    yield {
                        "COMBINEDASSOCIATIONTYPEID": _combined(label["category"], label["typeId"]),
                        "ASSOCIATIONCATEGORY": label["category"],
                        "ASSOCIATIONTYPEID": plain(label["typeId"]),
                        "FROMOBJECTTYPEID": from_type,
                        "TOOBJECTTYPEID": to_type,
                        "LABEL": label["label"],
                        "ISMAINASSOCIATIONDEFINITION": plain(_is_main(label)),
                    }

    def associations(self) -> Iterator[Row]:
        for from_type in self.association_types():
            for to_type in self.association_types():
                yield from self.associations_of(from_type, to_type)

    def associations_of(self, from_type: str, to_type: str) -> Iterator[Row]:
        """The rows of one ordered pair, as the table of all pairs has them."""
        labels = self.reading.labels(from_type, to_type)
        if not labels:
            return
        main = {(label["category"], label["typeId"]): _is_main(label) for label in labels}
        for from_id, to_id, category, type_id in self.reading.associations(from_type, to_type):
            yield {
                "COMBINEDASSOCIATIONTYPEID": _combined(category, type_id),
                "ASSOCIATIONCATEGORY": category,
                "ASSOCIATIONTYPEID": plain(type_id),
                "FROMOBJECTTYPEID": from_type,
                "FROMOBJECTID": from_id,
                "TOOBJECTTYPEID": to_type,
                "TOOBJECTID": to_id,
                "ISMAINASSOCIATIONDEFINITION": plain(main.get((category, type_id))),
            }

    def association_types(self) -> tuple[str, ...]:
        return (*self.reading.crm_types(), "0-11")

    # Events

    def events_of(self, event_name: str) -> list[Row]:
        """The occurrences of one type; columns by its definition and by every key that occurs."""
        definition = self.reading.event_definitions().get(event_name, {})
        kinds = {found["name"]: found["type"] for found in definition.get("properties", ())}
        closed = {
            found["name"]
            for found in definition.get("properties", ())
            if found.get("sensitiveDataCategories")
            or found.get("dataSensitivity", "non_sensitive") != "non_sensitive"
        }
        occurrences = self.reading.occurrences(event_name)
        names = {*kinds, *(name for found in occurrences for name in _present(found))} - closed
        rows = []
        for found in occurrences:
            row = {
                "EVENTTYPEID": definition.get("objectTypeId", event_name),
                "ID": found["id"],
                "OBJECTTYPEID": self._type_named(found["objectType"]),
                "OBJECTID": found["objectId"],
                "OCCURREDAT": moment(found["occurredAt"]),
                "INGESTEDAT": self.ingested,
            }
            for name in sorted(names):
                kind = kinds.get(name, "string")
                text = found["properties"].get(name)
                value = typed(text, kind) if text is not None and has_unparsed(kind) else text
                row[f"PROPERTY_{_column(name)}"] = value
                if has_unparsed(kind):
                    row[f"PROPERTY_UNPARSED_{_column(name)}"] = text
            rows.append(row)
        return rows

    def mail_events(self) -> dict[str, list[Row]]:
        """EVENTTYPEID -> the marketing-email events of that type, with every field that one of them has."""
        contacts = self._contacts_by_address()
        found: dict[str, list[tuple[Row, dict[str, str]]]] = defaultdict(list)
        for event in self.reading.email_events(Number):
            type_id = f"email:{event['type']}"
            fields = {
                _mail_property(type_id, name): text
                for name, text in flat(event).items()
                if name not in ("id", "type", "created")
            }
            head = {
                "EVENTTYPEID": type_id,
                "ID": event["id"],
                "OBJECTTYPEID": "0-1",
                "OBJECTID": contacts.get(event["recipient"].lower()),
                "OCCURREDAT": typed(str(event["created"]), "datetime"),
                "INGESTEDAT": self.ingested,
            }
            found[type_id].append((head, fields))
        return {
            type_id: [head | self._mail_cells(type_id, fields, events) for head, fields in events]
            for type_id, events in found.items()
        }

    def _mail_cells(
        self, type_id: str, fields: dict[str, str], events: list[tuple[Row, dict[str, str]]]
    ) -> Row:
        row: Row = {}
        for name in sorted({name for _, sent in events for name in sent}):
            kind = self.declared.get(f"{type_id} {name}", "string")
            text = fields.get(name)
            if has_unparsed(kind):
                row[f"PROPERTY_UNPARSED_{_column(name)}"] = text
                row[f"PROPERTY_{_column(name)}"] = None if text is None else typed(text, kind)
            else:
                row[f"PROPERTY_{_column(name)}"] = text
        return row

    def _contacts_by_address(self) -> dict[str, str]:
        found = {}
        for record in self.reading.records("0-1"):
            values = record["properties"]
            for address in [
                values.get("email"),
                *(values.get("hs_additional_emails") or "").split(";"),
            ]:
                if address and address.strip():
                    found[address.strip().lower()] = record["id"]
        return found

    def _type_named(self, name: str) -> str:
        for schema in self.reading.schemas(archived=False):
            if name in (schema["name"].upper(), schema["fullyQualifiedName"].upper()):
                return str(schema["objectTypeId"])
        return {"CONTACT": "0-1", "COMPANY": "0-2", "DEAL": "0-3", "TICKET": "0-5"}.get(name, name)

    # Lists, owners, pipelines

    def lists(self) -> Iterator[Row]:
        for found in self.reading.lists():
            yield {
                "LISTID": found["listId"],
                "CLASSICLISTID": None,
                "NAME": found["name"],
                "OBJECTTYPEID": found["objectTypeId"],
                "LISTTYPE": found["processingType"],
                "SIZE": found["additionalProperties"].get("hs_list_size"),
                "CREATEDAT": moment(found.get("createdAt")),
                "UPDATEDAT": moment(found.get("updatedAt")),
                "FILTERSUPDATEDAT": moment(found.get("filtersUpdatedAt")),
                "CREATEDBYUSERID": plain(found.get("createdById")),
                "UPDATEDBYUSERID": plain(found.get("updatedById")),
            }

    def list_memberships(self) -> Iterator[Row]:
        for found in self.reading.lists():
            for member in self.reading.members(found["listId"]):
                yield {
                    "OBJECTTYPEID": found["objectTypeId"],
                    "LISTID": found["listId"],
                    "OBJECTID": member["recordId"],
                    "UPDATEDAT": moment(member.get("membershipTimestamp")),
                }

    def owners(self) -> Iterator[Row]:
        for found in self.reading.owners():
            yield {
                "OWNERID": found["id"],
                "USERID": plain(found["userId"]),
                "EMAIL": found.get("email"),
                "FIRSTNAME": found.get("firstName"),
                "LASTNAME": found.get("lastName"),
                "TYPE": found["type"],
                "ARCHIVED": plain(found["archived"]),
                "USERIDINCLUDINGINACTIVE": plain(found.get("userIdIncludingInactive")),
                "CREATEDAT": moment(found["createdAt"]),
                "UPDATEDAT": moment(found["updatedAt"]),
            }

    def owner_team(self) -> Iterator[Row]:
        for found in self.reading.owners():
            for team in found.get("teams", ()):
                yield {
                    "OWNERID": found["id"],
                    "TEAMID": team["id"],
                    "ISPRIMARY": plain(team["primary"]),
                }

    def teams(self) -> Iterator[Row]:
        names = {
            team["id"]: team["name"]
            for owner in self.reading.owners()
            for team in owner.get("teams", ())
        }
        names |= {team["id"]: team["name"] for team in self.reading.teams()}
        for id_, name in names.items():
            yield {"TEAMID": id_, "NAME": name}

    def pipelines(self) -> Iterator[Row]:
        for object_type in self.reading.crm_types():
            for found in self.reading.pipelines(object_type):
                yield {
                    "OBJECTTYPEID": object_type,
                    "PIPELINEID": found["id"],
                    "LABEL": found["label"],
                    "DISPLAYORDER": plain(found["displayOrder"]),
                    "ARCHIVED": plain(found["archived"]),
                    "CREATEDAT": moment(found.get("createdAt")),
                    "UPDATEDAT": moment(found.get("updatedAt")),
                }

    def pipeline_stages(self) -> Iterator[Row]:
        for object_type in self.reading.crm_types():
            for pipeline in self.reading.pipelines(object_type):
                for found in pipeline["stages"]:
                    yield {
                        "OBJECTTYPEID": object_type,
                        "PIPELINEID": pipeline["id"],
                        "STAGEID": found["id"],
                        "LABEL": found["label"],
                        "DISPLAYORDER": plain(found["displayOrder"]),
                        "METADATA": compact(found.get("metadata")),
                        "ARCHIVED": plain(found["archived"]),
                        "CREATEDAT": moment(found.get("createdAt")),
                        "UPDATEDAT": moment(found.get("updatedAt")),
                    }

    # Definitions

    def object_and_event_type_definitions(self) -> Iterator[Row]:
        """Custom types by their schemas, event types by their definitions or names."""
        for archived in (False, True):
            for found in self.reading.schemas(archived):
                yield {
                    "OBJECTTYPEID": found["objectTypeId"],
                    "FULLYQUALIFIEDNAME": found["fullyQualifiedName"],
                    "NAME": found["name"],
                    "SINGULARLABEL": found["labels"]["singular"],
                    "PLURALLABEL": found["labels"]["plural"],
                    "DESCRIPTION": found.get("description"),
                    "METATYPE": "OBJECT",
                    "ARCHIVED": plain(archived),
                    "CREATEDAT": moment(found.get("createdAt")),
                    "UPDATEDAT": moment(found.get("updatedAt")),
                }
        definitions = self.reading.event_definitions()
        for name in {*self.reading.event_names(), *definitions}:
            found = definitions.get(name, {})
            yield {
                "OBJECTTYPEID": found.get("objectTypeId", name),
                "FULLYQUALIFIEDNAME": name,
                "NAME": re.sub(r"^(e|pe[0-9]+)_(?=.)", "", name),
                "SINGULARLABEL": found.get("labels", {}).get("singular"),
                "PLURALLABEL": None,
                "DESCRIPTION": found.get("description"),
                "METATYPE": "EVENT",
                "ARCHIVED": plain(bool(found.get("archived"))),
                "CREATEDAT": moment(found.get("createdAt")),
                "UPDATEDAT": moment(found.get("updatedAt")),
            }

    def association_names(self) -> dict[tuple[str, str, str], str]:
        """(from, to, type id) -> the internal name, as the schemas of custom types tell it."""
        return {
            (one["fromObjectTypeId"], one["toObjectTypeId"], one["id"]): one["name"]
            for found in self.reading.schemas(archived=False)
            for one in found["associations"]
        }

    def property_definitions(self) -> Iterator[Row]:
        for object_type in self.reading.crm_types():
            for definition in self.reading.definitions(object_type).values():
                yield _definition(object_type, definition)
        for event in self.reading.event_definitions().values():
            for definition in event["properties"]:
                yield _definition(event["objectTypeId"], definition)


def _present(occurrence: Any) -> list[str]:
    return [name for name, value in occurrence["properties"].items() if value is not None]


def _column(name: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name).upper()


def _mail_property(type_id: str, field: str) -> str:
    """The share's name where it is known, else HubSpot's prefix before the API's."""
    return "hs_click_original_url" if (type_id, field) == ("email:CLICK", "url") else f"hs_{field}"


def _combined(category: str, type_id: int) -> str:
    return f"{CATEGORIES[category]}-{type_id}"


def _is_main(label: Any) -> bool:
    return label["category"] == "HUBSPOT_DEFINED" and label["label"] is None


def _definition(owner: str, found: Any) -> Row:
    return {
        "OBJECTTYPEID": owner,
        "NAME": found["name"],
        "LABEL": found.get("label"),
        "DESCRIPTION": found.get("description"),
        "GROUPNAME": found.get("groupName"),
        "TYPE": found["type"],
        "FIELDTYPE": found.get("fieldType"),
        "OPTIONS": compact(found.get("options")),
        "CALCULATED": plain(found.get("calculated")),
        "HASUNIQUEVALUE": plain(found.get("hasUniqueValue")),
        "HIDDEN": plain(found.get("hidden")),
        "HUBSPOTDEFINED": plain(found.get("hubspotDefined")),
        "REFERENCEDOBJECTTYPE": found.get("referencedObjectType"),
        "DATASENSITIVITY": found.get("dataSensitivity"),
        "ARCHIVED": plain(bool(found.get("archived"))),
        "CREATEDAT": moment(found.get("createdAt")),
        "UPDATEDAT": moment(found.get("updatedAt")),
    }
