"""Lists as records (0-45), which HubSpot's pages call segments.

The table LISTS has what its columns need; a record has all that a search tells. Both are one call for
five hundred lists. Neither brings filters. Where HubSpot's data share is known to have another name, that name stands here.
"""

from types import MappingProxyType

import msgspec

from crmsnap.hubspot.endpoints.list_records import list_records
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import flat, members_of, plain
from crmsnap.streams.other_types.keeping import Found, required
from crmsnap.streams.other_types.other_type import First, Listed, OtherType

NAMES_OF_THE_SHARE = MappingProxyType(
    {"name": "hs_list_name", "created_by_id": "hs_created_by_user_id"}
)

LIST_FIELDS = fields("""
    list_id                       string       Id of the list
    hs_list_name                  string       Name
    object_type_id                string       Type of its members
    processing_type               enumeration  MANUAL, DYNAMIC or SNAPSHOT
    processing_status             enumeration  Whether its members are settled
    list_version                  number       How often its filters were changed
    created_at                    datetime     When it was made
    updated_at                    datetime     When it was last changed
    filters_updated_at            datetime     When its filters were last changed
    deleted_at                    datetime     When it was deleted
    hs_created_by_user_id         string       User who made it
    updated_by_id                 string       User who last changed it
    size                          number       How many members it has
    filter_branch                 secret       Filters, which may quote a sensitive value
    list_permissions              string       Who may edit it, JSON
    membership_settings           string       What else becomes a member, JSON
    hs_list_size                  number       How many members it has
    hs_last_record_added_at       datetime     When somebody last joined
    hs_last_record_removed_at     datetime     When somebody last left
    hs_folder_name                string       Folder
    hs_list_reference_count       number       How many things use it
    hs_is_public                  bool         Whether all users see it
    hs_is_read_only               bool         Whether it cannot be edited
""")


def record(item: msgspec.Raw) -> Found | None:
    """The record of a list; None for a deleted one."""
    own = {NAMES_OF_THE_SHARE.get(name, name): text for name, text in flat(item).items()}
    if "deleted_at" in own:
        return None
    own.pop("additional_properties", None)
    members = members_of(item)
    more = plain(members["additionalProperties"]) if "additionalProperties" in members else {}
    return Found(required(own, "list_id"), own.get("updated_at"), {**more, **own})


LISTS = OtherType(
    id="0-45",
    description="Lists (segments) as records.",
    endpoint="POST /crm/lists/{version}/search",
    fields=LIST_FIELDS,
    read=Listed(list_records, record),
    probe=First(list_records),
    says_total=True,
)
