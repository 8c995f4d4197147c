"""Statements that make the tables of snapshots readable elsewhere: one file per engine.

They follow from the columns of the catalogue or of a manifest alone. `ENGINES` lists who is served.
"""

from collections.abc import Mapping
from types import MappingProxyType

from crmsnap.tables.ddl.athena import ATHENA
from crmsnap.tables.ddl.clickhouse import CLICKHOUSE
from crmsnap.tables.ddl.described import Engine
from crmsnap.tables.ddl.duckdb import DUCKDB
from crmsnap.tables.ddl.redshift import REDSHIFT
from crmsnap.tables.ddl.snowflake import SNOWFLAKE

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {engine.name: engine for engine in (DUCKDB, ATHENA, SNOWFLAKE, REDSHIFT, CLICKHOUSE)}
)

__all__ = ["ENGINES"]
