"""5: what we publish. One file per table, declared; `CATALOGUE` lists them."""

from crmsnap.tables.association_definitions import ASSOCIATION_DEFINITIONS
from crmsnap.tables.associations import ASSOCIATIONS
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.deleted_objects import DELETED_OBJECTS
from crmsnap.tables.events import EVENTS
from crmsnap.tables.list_memberships import LIST_MEMBERSHIPS
from crmsnap.tables.lists import LISTS
from crmsnap.tables.object_and_event_type_definitions import OBJECT_AND_EVENT_TYPE_DEFINITIONS
from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_properties_history import OBJECT_PROPERTIES_HISTORY
from crmsnap.tables.object_properties_history_sources import OBJECT_PROPERTIES_HISTORY_SOURCES
from crmsnap.tables.object_with_object_properties import OBJECT_WITH_OBJECT_PROPERTIES
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.objects_of_type import OBJECTS_OF_TYPE
from crmsnap.tables.owner_team import OWNER_TEAM
from crmsnap.tables.owners import OWNERS
from crmsnap.tables.pipeline_stages import PIPELINE_STAGES
from crmsnap.tables.pipelines import PIPELINES
from crmsnap.tables.property_definitions import PROPERTY_DEFINITIONS
from crmsnap.tables.table import Table, TableFamily
from crmsnap.tables.teams import TEAMS

CATALOGUE: tuple[Table | TableFamily, ...] = (
    ASSOCIATIONS,
    ASSOCIATIONS_OF_PAIR,
    ASSOCIATION_DEFINITIONS,
    DELETED_OBJECTS,
    EVENTS,
    LISTS,
    LIST_MEMBERSHIPS,
    OBJECTS,
    OBJECTS_OF_TYPE,
    OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    OBJECT_PROPERTIES,
    OBJECT_PROPERTIES_HISTORY,
    OBJECT_PROPERTIES_HISTORY_SOURCES,
    OBJECT_WITH_OBJECT_PROPERTIES,
    OWNERS,
    OWNER_TEAM,
    PIPELINES,
    PIPELINE_STAGES,
    PROPERTY_DEFINITIONS,
    TEAMS,
)

__all__ = ["CATALOGUE"]
