"""The settings themselves: every key with its type, its default and the sentence that explains it.

The reference page, the JSON Schema and the file that `crmsnap init` writes follow from these classes.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from crmsnap.addresses import is_hubspot

FILE_NAME = "crmsnap.toml"
TOKEN_VARIABLE = "HUBSPOT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
PREFIX = "CRMSNAP_"


def _words(value: object) -> object:
    """Lists come from TOML as lists and from variables as `a,b`."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


def _name(value: str) -> str:
    """A connection's name becomes the name of a folder and part of a variable."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        raise PydanticCustomError("connection_name", "no name for a connection")
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
ConnectionName = Annotated[str, AfterValidator(_name)]


def _executor(value: str) -> str:
    if re.fullmatch(r"local|(dask|tls)://[^/@\s]+:\d+", value) is None:
        raise PydanticCustomError("executor", "say local, or dask://host:port, or tls://host:port")
    return value


Executor = Annotated[str, AfterValidator(_executor)]


class S3Settings(BaseModel):
    """How the bucket of a connection is reached; keys come from the usual AWS chain."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    endpoint_url: str | None = Field(
        default=None,
        description="Server of an S3-compatible store; unset: AWS, or AWS_ENDPOINT_URL_S3.",
    )
    region: str | None = Field(default=None, description="Region of the bucket; unset: AWS_REGION.")
    profile: str | None = Field(
        default=None, description="Profile of the AWS configuration to use."
    )
    addressing_style: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="Where the bucket's name stands in an address."
    )
    allow_http: bool = Field(
        default=False,
        description="Allow servers of AWS or a store without TLS: endpoint_url, sts_endpoint_url.",
    )
    role_arn: str | None = Field(
        default=None,
        description="Role of the bucket's owner to assume, with the external id of `crmsnap connect aws`.",
        examples=["arn:aws:iam::222222222222:role/crmsnap"],
    )
    sts_endpoint_url: str | None = Field(
        default=None,
        description="Where roles are assumed; unset: the store of endpoint_url, or AWS in the bucket's region.",
    )
    bucket_owner: str | None = Field(
        default=None,
        pattern=r"^\d{12}$",
        description="Account that the bucket must belong to; unset: the role's account.",
    )
    encryption: Literal["AES256", "aws:kms"] | None = Field(
        default=None,
        description="Encryption to ask for with each file; unset: the bucket's own default.",
    )
    kms_key: str | None = Field(
        default=None, description="ARN of the KMS key, where `encryption` is `aws:kms`."
    )
    if_match: Literal["as-given", "unquoted", "none"] = Field(
        default="as-given",
        description="How the store takes its own e-tags when a file is replaced: `crmsnap check` says it.",
    )
    deletes: bool = Field(
        default=True,
        description="Whether files may be removed; false with a narrow policy, without s3:DeleteObject: then strays and old days stay.",
    )
    unsafe_open_role: bool = Field(
        default=False,
        description="Copy though the role opens without our external id; never for a customer's role.",
    )
    unsafe_single_writer: bool = Field(
        default=False,
        description="Write to a store without conditional writes; never from two machines at once.",
    )


class RefreshSettings(BaseModel):
    """How a copy is kept fresh from day to day: what is read of what did not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    sweep_days: int = Field(
        default=7,
        ge=1,
        le=3_650,
        description="Within so many days the ids of each type are read whole, each type on a day of its own:"
        " that finds what no count shows.",
    )
    overlap_minutes: int = Field(
        default=1440,
        ge=5,
        le=525_600,
        description="How far before the last run's start changes are searched, as HubSpot's search lags.",
    )
    associations: Literal["auto", "all", "rotate"] = Field(
        default="auto",
        description="`all` reads every association each day, `rotate` those of changed records and the others"
        " in turn, `auto` all while that fits `association_share`.",
    )
    association_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of the calls that a day may use within which `auto` reads all associations.",
    )
    association_days: int = Field(
        default=7, ge=1, le=3_650, description="Days within which `rotate` comes to every record."
    )
    late_event_hours: int = Field(
        default=48,
        ge=1,
        le=87_600,
        description="How late events may arrive and still be found each day.",
    )


class ConnectionSettings(BaseModel):
    """One HubSpot account and where its snapshots go."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    to: str | None = Field(
        default=None,
        description="Destination: a folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.",
        examples=["./snapshots"],
    )
    state_url: str | None = Field(
        default=None,
        description="Where the state is kept between runs, for machines whose disk does not stay: a folder,"
        " s3://bucket/prefix, gs://bucket/prefix or az://container/prefix of your own; it holds the whole"
        " account.",
    )
    token_env: str | None = Field(
        default=None, description=f"Variable that holds the token; unset: {TOKEN_VARIABLE}."
    )
    token_file: Path | None = Field(
        default=None, description="File that holds the token, readable by its owner alone."
    )
    token: SecretStr | None = Field(
        default=None,
        description="The token itself; the file must then be readable by its owner alone.",
    )
    token_secret: str | None = Field(
        default=None,
        description="Name or ARN of the token in AWS Secrets Manager; `name#key` for one key of JSON.",
    )
    enabled: bool = Field(default=True, description="Whether `sync --all` copies it.")
    keep_days: int | None = Field(
        default=None,
        ge=1,
        description="Remove complete days older than so many after each sync; unset: keep all.",
    )
    keep_monthly: int = Field(
        default=0,
        ge=0,
        description="Of so many months before them, keep the first complete day.",
    )
    types: Words = Field(
        default=(),
        description="Object types to copy, by id, name, label or pattern: `deals`, `0-1`, `p*`; empty: all.",
    )
    exclude_types: Words = Field(default=(), description="Object types to leave out.")
    tables: Words = Field(
        default=(),
        description="Tables to publish, by name or pattern: `OWNERS`, `OBJECTS_*`; empty: all that are not"
        " optional.",
    )
    exclude_tables: Words = Field(default=(), description="Tables to leave out.")
    properties: Words = Field(
        default=(),
        description="Properties to copy, by internal name or pattern, of every type or of one: `amount`,"
        " `hs_*`, `deals.amount`; empty: all.",
    )
    exclude_properties: Words = Field(
        default=(), description="Properties to leave out; their values are not even requested."
    )
    events: Words = Field(
        default=(),
        description="Events to copy, by name, label or pattern: `visited_page`, `e_*`; empty: all.",
    )
    exclude_events: Words = Field(default=(), description="Events to leave out.")
    history_types: Words = Field(
        default=(), description="Object types whose property histories are copied; empty: all."
    )
    exclude_history_types: Words = Field(
        default=(), description="Object types whose property histories are left out."
    )
    calculated_histories: bool = Field(
        default=True,
        description="Copy the histories of properties that HubSpot calculates, too.",
    )
    allow_gaps: bool = Field(
        default=False, description="Publish although something became unreadable during the run."
    )
    allow_differences: bool = Field(
        default=False,
        description="Publish although HubSpot counts other records than were copied, and nothing explains it.",
    )
    iso_dates: bool = Field(
        default=False,
        description="Date values as HubSpot's API gives them, not as epoch milliseconds.",
    )
    compression: Literal["fast", "small"] = Field(
        default="fast",
        description="`small`: a quarter smaller, for five times the CPU of compressing.",
    )
    executor: Executor = Field(
        default="local",
        description="What writes parts: the cores of this machine, or the Dask cluster of a scheduler:"
        " `dask://host:8786`, `tls://host:8786`.",
    )
    workers: int = Field(default=16, ge=1, le=64, description="How many streams are read at once.")
    daily_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Share of the account's daily API calls that may be used.",
    )
    base_url: str = Field(
        default="https://api.hubapi.com",
        pattern=r"^https?://[^/]+",
        description="Where HubSpot's API is.",
    )
    allow_other_host: bool = Field(
        default=False,
        description="Allow a base_url that is not HubSpot's, such as a sandbox; it is sent the token.",
    )
    api_version: str = Field(
        default="2026-09",
        pattern=r"^\d{4}-\d{2}$",
        description="Version of HubSpot's API to ask first.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of the authority that your proxy or server uses.",
    )
    proxy: SecretStr | None = Field(
        default=None,
        description="Proxy to HubSpot and the bucket; unset: HTTPS_PROXY and NO_PROXY.",
    )
    refresh: RefreshSettings = Field(
        default=RefreshSettings(), description="How the copy is kept fresh from day to day."
    )
    s3: S3Settings = Field(default=S3Settings(), description="How the bucket is reached.")

    @model_validator(mode="after")
    def _refuse_other_host(self) -> Self:
        if "@" in self.base_url:
            raise PydanticCustomError(
                "user_in_url",
                "base_url holds a user or a password, which would be shown; HubSpot takes a token alone",
            )
        if not self.allow_other_host and not is_hubspot(self.base_url):
            raise PydanticCustomError(
                "other_host",
                "base_url is no host of HubSpot, https://*.hubapi.com, and any other would be sent the"
                " token; allow_other_host = true allows it",
            )
        return self


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # the input may be a secret
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        title="crmsnap.toml",
    )

    connections: dict[ConnectionName, ConnectionSettings] = Field(
        default_factory=dict, description="The connections, by name."
    )
    registry: SecretStr | None = Field(
        default=None,
        description="Database of connections and runs: postgresql://...; unset: a file in the home folder.",
    )
    user_arn: str | None = Field(
        default=None,
        description="STORAGE_AWS_IAM_USER_ARN to show to customers; unset: who the AWS keys belong to.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables before what `load` read from the file, and nothing else."""
        return _Variables(settings_cls, init_settings), init_settings


class _Variables(EnvSettingsSource):
    """Variables whose connection may be named with `_` where the file has `-`."""

    def __init__(self, settings_cls: type[BaseSettings], file: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._file = file

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        of_file, connections = self._file().get("connections"), found.get("connections")
        if isinstance(of_file, dict) and isinstance(connections, dict):
            names = {name.replace("-", "_"): name for name in of_file}
            found["connections"] = {
                names.get(key, key): value for key, value in connections.items()
            }
        return found


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file, for editors."""
    return Settings.model_json_schema()
