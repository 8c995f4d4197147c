"""An example row and a query for every table, written by hand for its reference page.

They stand here and not in the declarations because most queries speak of several tables. The tests read
the rows back by their kinds, and run the queries on a real snapshot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Example:
    """What a reader sees of a table beside its columns."""

    table: str
    """Its name; of a family one table that an account may have."""
    row: str
    """A row as it stands in a part."""
    question: str
    """What the query answers."""
    query: str
    """DuckDB's SQL, with a view for every table."""
    columns: tuple[str, ...] = ()
    """The header of the row, for a table of a family."""


_ALL = (
    Example(
        table="ASSOCIATIONS",
        row='"0-4","HUBSPOT_DEFINED",4,"0-1",151,"0-3",9001,true,2026-11-22 02:00:00.000',
        question="How contacts and deals belong together, by label. A pair with a label is also a row"
        " without one, so count pairs and not rows:",
        query="""\
select definitions.LABEL, count(distinct (links.FROMOBJECTID, links.TOOBJECTID)) as pairs
from ASSOCIATIONS links
join ASSOCIATION_DEFINITIONS definitions
    using (FROMOBJECTTYPEID, TOOBJECTTYPEID, COMBINEDASSOCIATIONTYPEID)
where links.FROMOBJECTTYPEID = '0-1' and links.TOOBJECTTYPEID = '0-3'
group by all
order by pairs desc;""",
    ),
    Example(
        table="ASSOCIATIONS_CONTACTS_TO_DEALS",
        columns=(
            "COMBINEDASSOCIATIONTYPEID",
            "ASSOCIATIONCATEGORY",
            "ASSOCIATIONTYPEID",
            "CONTACT_OBJECTID",
            "DEAL_OBJECTID",
            "ISMAINASSOCIATIONDEFINITION",
            "INGESTEDAT",
        ),
        row='"0-4","HUBSPOT_DEFINED",4,151,9001,true,2026-11-22 02:00:00.000',
        question="The contacts with the most deals:",
        query="""\
select links.CONTACT_OBJECTID, contacts.PROPERTIES ->> 'email' as email,
       count(distinct links.DEAL_OBJECTID) as deals
from ASSOCIATIONS_CONTACTS_TO_DEALS links
join OBJECT_WITH_OBJECT_PROPERTIES contacts
    on contacts.OBJECTTYPEID = '0-1' and contacts.OBJECTID = links.CONTACT_OBJECTID
group by all
order by deals desc, links.CONTACT_OBJECTID
limit 10;""",
    ),
    Example(
        table="ASSOCIATION_DEFINITIONS",
        row='"0-4","HUBSPOT_DEFINED",4,"0-1","0-3","contact_to_deal",,true,2026-11-22 02:00:00.000',
        question="The labels that people of this account made, with the names of their types:",
        query="""\
select definitions.LABEL, sources.SINGULARLABEL as from_type, targets.SINGULARLABEL as to_type
from ASSOCIATION_DEFINITIONS definitions
join OBJECT_AND_EVENT_TYPE_DEFINITIONS sources on sources.OBJECTTYPEID = definitions.FROMOBJECTTYPEID
join OBJECT_AND_EVENT_TYPE_DEFINITIONS targets on targets.OBJECTTYPEID = definitions.TOOBJECTTYPEID
where definitions.ASSOCIATIONCATEGORY = 'USER_DEFINED'
order by all;""",
    ),
    Example(
        table="EVENTS_VISITED_PAGE",
        columns=(
            "EVENTTYPEID",
            "ID",
            "OBJECTTYPEID",
            "OBJECTID",
            "OCCURREDAT",
            "INGESTEDAT",
            "PROPERTY_HS_URL",
            "PROPERTY_HS_VISIT_COUNT",
        ),
        row='"e_visited_page","c43a9e52-1cf9-4bd1-829f-c72c491bdf03","0-1",151,2026-11-20 08:15:30.123,'
        '2026-11-22 02:00:00.000,"https://example.com/pricing","17"',
        question="The last visit of each contact:",
        query="""\
select visits.OBJECTID, contacts.PROPERTIES ->> 'email' as email, max(visits.OCCURREDAT) as last_visit
from EVENTS_VISITED_PAGE visits
left join OBJECT_WITH_OBJECT_PROPERTIES contacts using (OBJECTTYPEID, OBJECTID)
where visits.OBJECTTYPEID = '0-1'
group by all
order by last_visit desc
limit 10;""",
    ),
    Example(
        table="DELETED_OBJECTS",
        row='"0-1",151,2026-11-21 16:40:02.517,"MERGED",9583,2026-11-22 02:00:00.000',
        question="How many records of each type are live, how many went, and when the newest did:",
        query="""\
select OBJECTTYPEID, live.records, count(gone.OBJECTID) as gone, max(gone.DELETEDAT) as newest
from (select OBJECTTYPEID, count(*) as records from OBJECTS group by all) live
left join DELETED_OBJECTS gone using (OBJECTTYPEID)
group by all
order by gone desc, live.records desc;""",
    ),
    Example(
        table="LISTS",
        row='7935,,"Beta users","0-1","SNAPSHOT",97,2026-05-01 12:00:00.000,2026-05-02 09:30:00.000,,'
        "880011,880011,2026-11-22 02:00:00.000",
        question="Lists with their makers, and HubSpot's count of members beside the members copied:",
        query="""\
select lists.NAME, owners.EMAIL as made_by, lists.SIZE as counted, count(members.OBJECTID) as copied
from LISTS lists
left join OWNERS owners on owners.USERIDINCLUDINGINACTIVE = lists.CREATEDBYUSERID
left join LIST_MEMBERSHIPS members using (LISTID)
group by all
order by copied desc;""",
    ),
    Example(
        table="LIST_MEMBERSHIPS",
        row='"0-1",7935,151,2026-05-01 12:01:00.000,2026-11-22 02:00:00.000',
        question="Who is in which list, by name and e-mail address:",
        query="""\
select lists.NAME, contacts.PROPERTIES ->> 'email' as email, members.UPDATEDAT as joined_at
from LIST_MEMBERSHIPS members
join LISTS lists using (LISTID)
join OBJECT_WITH_OBJECT_PROPERTIES contacts
    on contacts.OBJECTTYPEID = members.OBJECTTYPEID and contacts.OBJECTID = members.OBJECTID
where members.OBJECTTYPEID = '0-1'
order by lists.NAME, email
limit 10;""",
    ),
    Example(
        table="OBJECTS",
        row='"0-1",151,2026-11-20 08:15:30.123,2026-11-22 02:00:00.000',
        question="How many records of each type there are, and when one was last changed:",
        query="""\
select types.PLURALLABEL, count(*) as records, max(objects.UPDATEDAT) as last_change
from OBJECTS objects
join OBJECT_AND_EVENT_TYPE_DEFINITIONS types using (OBJECTTYPEID)
group by all
order by records desc;""",
    ),
    Example(
        table="OBJECTS_DEALS",
        columns=(
            "OBJECTTYPEID",
            "OBJECTID",
            "UPDATEDAT",
            "INGESTEDAT",
            "PROPERTY_AMOUNT",
            "PROPERTY_UNPARSED_AMOUNT",
            "PROPERTY_DEALNAME",
            "PROPERTY_DEALSTAGE",
            "PROPERTY_PIPELINE",
        ),
        row='"0-3",9001,2026-11-20 08:15:30.123,2026-11-22 02:00:00.000,1500.50,"1500.50",'
        '"Acme renewal","closedwon","default"',
        question="Deals with the labels of their pipelines and stages:",
        query="""\
select deals.PROPERTY_DEALNAME, pipelines.LABEL as pipeline, stages.LABEL as stage,
       deals.PROPERTY_AMOUNT::decimal(38, 2) as amount
from OBJECTS_DEALS deals
left join PIPELINES pipelines
    on pipelines.OBJECTTYPEID = deals.OBJECTTYPEID and pipelines.PIPELINEID = deals.PROPERTY_PIPELINE
left join PIPELINE_STAGES stages
    on stages.OBJECTTYPEID = deals.OBJECTTYPEID and stages.PIPELINEID = deals.PROPERTY_PIPELINE
    and stages.STAGEID = deals.PROPERTY_DEALSTAGE
order by amount desc
limit 10;""",
    ),
    Example(
        table="OBJECT_AND_EVENT_TYPE_DEFINITIONS",
        row='"2-12345","p123_pets","pets","Pet","Pets",,"OBJECT",false,2025-01-07 10:00:00.000,,'
        "2026-11-22 02:00:00.000",
        question="The custom object types with their properties:",
        query="""\
select types.PLURALLABEL, properties.NAME, properties.TYPE
from OBJECT_AND_EVENT_TYPE_DEFINITIONS types
join PROPERTY_DEFINITIONS properties using (OBJECTTYPEID)
where types.METATYPE = 'OBJECT' and types.OBJECTTYPEID like '2-%'
    and properties.HUBSPOTDEFINED is distinct from 'true'
order by all;""",
    ),
    Example(
        table="OBJECT_PROPERTIES",
        row='"0-1",151,"createdate","1767225600123",2026-01-01 00:00:00.123,2026-11-22 02:00:00.000',
        question="How much each owner's deals are worth. `hubspot_owner_id` holds an OWNERID, never a"
        " user id:",
        query="""\
select owners.EMAIL, count(*) as deals, sum(try_cast(amounts.VALUE as decimal(38, 2))) as amount
from OBJECT_PROPERTIES holders
join OWNERS owners on owners.OWNERID = holders.VALUE
left join OBJECT_PROPERTIES amounts
    on amounts.OBJECTTYPEID = holders.OBJECTTYPEID and amounts.OBJECTID = holders.OBJECTID
    and amounts.NAME = 'amount'
where holders.OBJECTTYPEID = '0-3' and holders.NAME = 'hubspot_owner_id'
group by all
order by amount desc;""",
    ),
    Example(
        table="OBJECT_PROPERTIES_HISTORY",
        row='"0-3",9001,"dealstage","closedwon",2026-11-19 16:40:02.511,2026-11-22 02:00:00.000',
        question="How many days deals stayed in each stage that they have left:",
        query="""\
with stays as (
    select VALUE as stage, UPDATEDAT::timestamp as entered,
           lead(UPDATEDAT::timestamp) over (partition by OBJECTID order by UPDATEDAT) as left_at
    from OBJECT_PROPERTIES_HISTORY
    where OBJECTTYPEID = '0-3' and NAME = 'dealstage'
), stages as (
    select STAGEID, any_value(LABEL) as LABEL from PIPELINE_STAGES where OBJECTTYPEID = '0-3' group by all
)
select stages.LABEL, count(*) as stays, round(avg(date_diff('hour', entered, left_at)) / 24, 1) as days
from stays
join stages on stages.STAGEID = stays.stage
where left_at is not null
group by all
order by days desc;""",
    ),
    Example(
        table="OBJECT_PROPERTIES_HISTORY_SOURCES",
        row='"0-3",9001,"dealstage","closedwon",2026-11-19 16:40:02.511,"CRM_UI","userId:880011",'
        '"Ada Byron",880011,2026-11-22 02:00:00.000',
        question="Who or what moves deals from stage to stage:",
        query="""\
select changes.SOURCETYPE, coalesce(owners.EMAIL, changes.SOURCELABEL) as who, count(*) as moves
from OBJECT_PROPERTIES_HISTORY_SOURCES changes
left join OWNERS owners on owners.USERID = changes.UPDATEDBYUSERID
where changes.OBJECTTYPEID = '0-3' and changes.NAME = 'dealstage'
group by all
order by moves desc;""",
    ),
    Example(
        table="OBJECT_WITH_OBJECT_PROPERTIES",
        row='"0-1",151,"{""createdate"":""1767225600123"",""email"":""ada@example.com"",'
        '""hs_lead_status"":""""}",2026-11-20 08:15:30.123,2026-11-22 02:00:00.000',
        question="Deals with owner and stage, times made readable. A stage's id is unique within its"
        " pipeline only:",
        query="""\
select deals.PROPERTIES ->> 'dealname' as deal, owners.EMAIL as owner, stages.LABEL as stage,
       make_timestamp((deals.PROPERTIES ->> 'createdate')::bigint * 1000) as created_at
from OBJECT_WITH_OBJECT_PROPERTIES deals
left join OWNERS owners on owners.OWNERID = deals.PROPERTIES ->> 'hubspot_owner_id'
left join PIPELINE_STAGES stages
    on stages.OBJECTTYPEID = deals.OBJECTTYPEID
    and stages.PIPELINEID = deals.PROPERTIES ->> 'pipeline'
    and stages.STAGEID = deals.PROPERTIES ->> 'dealstage'
where deals.OBJECTTYPEID = '0-3'
order by created_at desc
limit 10;""",
    ),
    Example(
        table="OWNERS",
        row='4711,880011,"ada@example.com","Ada","Byron","PERSON",false,880011,2025-01-07 10:00:00.000,'
        "2026-02-01 10:00:00.000,2026-11-22 02:00:00.000",
        question="How many contacts each owner has, those of people who left included:",
        query="""\
select owners.EMAIL, owners.ARCHIVED as has_left, count(*) as contacts
from OBJECT_PROPERTIES holders
join OWNERS owners on owners.OWNERID = holders.VALUE
where holders.OBJECTTYPEID = '0-1' and holders.NAME = 'hubspot_owner_id'
group by all
order by contacts desc;""",
    ),
    Example(
        table="OWNER_TEAM",
        row="4711,22,true,2026-11-22 02:00:00.000",
        question="The members of each team, those whose main team it is first:",
        query="""\
select teams.NAME as team, owners.EMAIL, memberships.ISPRIMARY
from OWNER_TEAM memberships
join TEAMS teams using (TEAMID)
join OWNERS owners using (OWNERID)
order by team, memberships.ISPRIMARY desc, owners.EMAIL;""",
    ),
    Example(
        table="PIPELINES",
        row='"0-3","default","Sales pipeline",0,false,2025-01-07 10:00:00.000,2025-01-07 10:00:00.000,'
        "2026-11-22 02:00:00.000",
        question="How many deals are in each pipeline. Its id is unique within an object type only:",
        query="""\
select pipelines.LABEL, count(*) as deals
from OBJECT_PROPERTIES chosen
join PIPELINES pipelines
    on pipelines.OBJECTTYPEID = chosen.OBJECTTYPEID and pipelines.PIPELINEID = chosen.VALUE
where chosen.OBJECTTYPEID = '0-3' and chosen.NAME = 'pipeline'
group by all
order by deals desc;""",
    ),
    Example(
        table="PIPELINE_STAGES",
        row='"0-3","default","closedwon","Closed won",5,"{""isClosed"":""true"",""probability"":""1.0""}",'
        "false,2025-01-07 10:00:00.000,,2026-11-22 02:00:00.000",
        question="The stages of the deal pipelines in their order, with their probability:",
        query="""\
select pipelines.LABEL as pipeline, stages.LABEL as stage,
       (stages.METADATA ->> 'probability')::double as probability
from PIPELINE_STAGES stages
join PIPELINES pipelines using (OBJECTTYPEID, PIPELINEID)
where stages.OBJECTTYPEID = '0-3'
order by pipelines.DISPLAYORDER::int, stages.DISPLAYORDER::int;""",
    ),
    Example(
        table="PROPERTY_DEFINITIONS",
        row='"0-3","amount","Amount",,"dealinformation","number","number","[]",false,false,false,true,,'
        '"non_sensitive",false,,,2026-11-22 02:00:00.000',
        question="The labels of a chosen value, which records hold by its internal name:",
        query="""\
with options as (
    select OBJECTTYPEID, NAME, unnest(OPTIONS::json[]) as option
    from PROPERTY_DEFINITIONS
    where OBJECTTYPEID = '0-1' and NAME = 'lifecyclestage'
)
select options.option ->> 'label' as stage, count(*) as contacts
from OBJECT_PROPERTIES chosen
join options
    on options.OBJECTTYPEID = chosen.OBJECTTYPEID and options.NAME = chosen.NAME
    and options.option ->> 'value' = chosen.VALUE
group by all
order by contacts desc;""",
    ),
    Example(
        table="TEAMS",
        row='22,"EMEA sales",2026-11-22 02:00:00.000',
        question="How many active owners each team has:",
        query="""\
select teams.NAME, count(owners.OWNERID) as owners
from TEAMS teams
left join OWNER_TEAM memberships using (TEAMID)
left join OWNERS owners on owners.OWNERID = memberships.OWNERID and not owners.ARCHIVED::boolean
group by all
order by owners desc;""",
    ),
)

_FAMILIES = {
    "ASSOCIATIONS_CONTACTS_TO_DEALS": "ASSOCIATIONS_<X>_TO_<Y>",
    "EVENTS_VISITED_PAGE": "EVENTS_<NAME>",
    "OBJECTS_DEALS": "OBJECTS_<PLURAL>",
}

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {_FAMILIES.get(example.table, example.table): example for example in _ALL}
)
"""By the name of the declared table or family."""
