"""Which properties each object type has: its own, and those that every type shares."""

from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.other_types import OTHER_PROPERTIES
from crmsnap.sandbox.account.properties_activities import ACTIVITY_PROPERTIES, SALES_PROPERTIES
from crmsnap.sandbox.account.properties_contacts import CONTACT_PROPERTIES
from crmsnap.sandbox.account.properties_crm import STANDARD_PROPERTIES
from crmsnap.sandbox.account.property import Property, parse

OWN_PROPERTIES = (
    {"0-1": CONTACT_PROPERTIES} | STANDARD_PROPERTIES | ACTIVITY_PROPERTIES | SALES_PROPERTIES
)

SHARED = """
    hs_object_id                        number/number          derived:id               100 unique
    {created}                           datetime/date          derived:created          100
    {modified}                          datetime/date          derived:updated          100
    hs_merged_object_ids                enumeration/checkbox   derived:merged_ids         1
    hs_created_by_user_id               number/number          user                      60
    hs_updated_by_user_id               number/number          user                      60
    hs_object_source                    enumeration/select     enum:IMPORT,CRM_UI,INTEGRATION 95
    hs_object_source_id                 string/text            guid                      60
    hs_user_ids_of_all_owners           enumeration/checkbox   user                      60 hidden
    hs_all_owner_ids                    enumeration/checkbox   owners                    60 hidden
    hubspot_owner_id                    enumeration/select     owner                     60 ref=OWNER
    hubspot_owner_assigneddate          datetime/date          iso                       60
    hs_unique_creation_key              string/text            guid                       5 hidden
    hs_was_imported                     bool/booleancheckbox   bool                      20
    hs_read_only                        bool/booleancheckbox   bool                       0
"""

CUSTOM_TYPE = parse("custom_object_information", """
    title                               string/text            in_turn:texts             97 custom
    status                              enumeration/select     enum:new,active,gone      90 custom tracked
    weight                              number/number          in_turn:numbers           90 custom
    born_on                             date/date              day                       60 custom
    checked_at                          datetime/date          in_turn:times             90 custom
    friendly                            bool/booleancheckbox   bool                      50 custom
    remarks                             string/textarea        paragraph                 40 custom
    chip_number                         string/text            secret                    60 custom sensitive
    renew__y_n__                        string/text            enum:y,n                  40 custom
    withheld_note                       string/textarea        secret                    60 custom tracked unclassified
""")  # fmt: skip


def properties_of(object_type: ObjectType) -> tuple[Property, ...]:
    """The properties of a type, readable, sensitive and archived ones, in the order of their names."""
    if object_type.id in OTHER_PROPERTIES:
        return OTHER_PROPERTIES[object_type.id]
    own = CUSTOM_TYPE if object_type.custom else OWN_PROPERTIES.get(object_type.id, ())
    if object_type.id == "0-1":
        shared: tuple[Property, ...] = ()
    else:
        names = {"created": object_type.created_property, "modified": object_type.modified_property}
        shared = parse("hs_system", SHARED.format(**names))
    by_name = {found.name: found for found in shared + own}
    return tuple(by_name[name] for name in sorted(by_name))
