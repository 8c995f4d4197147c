"""What the user has set: the only reader of configuration files, token files and the environment."""

from crmsnap.config.environment import (
    aws_keys,
    aws_secrets_url,
    foreign_encryption,
    home_folder,
    proxy_of,
    s3_of,
)
from crmsnap.config.known_secrets import known_secrets
from crmsnap.config.load import changed, find_file, load, parse
from crmsnap.config.refusal import near
from crmsnap.config.settings import (
    ConnectionSettings,
    RefreshSettings,
    S3Settings,
    Settings,
    json_schema,
)
from crmsnap.config.stored import check_known, kept, put, stored, told
from crmsnap.config.tokens import checked_token, secret_keys, token_of, token_source

__all__ = [
    "ConnectionSettings",
    "RefreshSettings",
    "S3Settings",
    "Settings",
    "aws_keys",
    "aws_secrets_url",
    "changed",
    "check_known",
    "checked_token",
    "find_file",
    "foreign_encryption",
    "home_folder",
    "json_schema",
    "kept",
    "known_secrets",
    "load",
    "near",
    "parse",
    "proxy_of",
    "put",
    "s3_of",
    "secret_keys",
    "stored",
    "token_of",
    "token_source",
    "told",
]
