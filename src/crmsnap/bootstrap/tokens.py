"""The token of a connection, from the one place that has it.

In this order: what the settings name (`token`, `token_env`, `token_file` or `token_secret`), the registry,
HUBSPOT_TOKEN. A connection whose settings and registry both have one is refused: nobody could tell which
account it copies.
"""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from crmsnap import config
from crmsnap.bootstrap.clock import utc_now
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import route_of
from crmsnap.bootstrap.endpoints import secrets_endpoint
from crmsnap.config import s3_of, secret_keys, token_source
from crmsnap.errors import ConfigError, UsageError
from crmsnap.registry.address import is_there

if TYPE_CHECKING:
    from crmsnap.registry.secret_keys import Encrypted


def token_of(known: Known) -> SecretStr:
    """The connection's token; from here on the redactor has been told it.

    Raise `ConfigError` when there is none or it cannot be used, `AccessDenied` when AWS keeps it.
    """
    token = _found(known)
    known.redactor.learn(token.get_secret_value())
    return token


def keep_token(known: Known, text: str) -> str:
    """Keep a connection's token in the registry, encrypted; the id of the key.

    Raise `ConfigError` without a good key or for a text that is no token, `UsageError` when the settings
    say that the token is elsewhere.
    """
    from crmsnap.registry.opening import open_registry
    from crmsnap.registry.secret_keys import SecretKeys
    from crmsnap.registry.secrets import TOKEN, set_secret

    source = token_source(known.settings, f"connection {known.name}")
    if known.name is None or known.registry is None:
        raise UsageError("a token is kept for a connection that has a name")
    if source is not None:
        raise UsageError(
            f"connection {known.name} has {source}",
            cause="it is not clear which token would be meant",
            remedy=f"remove {source} from its settings first",
        )
    known.redactor.learn(text.strip())
    token = config.checked_token(text, "what was entered").get_secret_value()
    keys = SecretKeys(secret_keys())
    with open_registry(known.registry) as registry:
        set_secret(registry, keys.encrypted(known.name, TOKEN, token, now=utc_now()))
    return keys.current


def kept_secrets(registry_url: str) -> "tuple[Encrypted, ...]":
    """Whatever the registry keeps, still encrypted; asked without any key."""
    if not is_there(registry_url):
        return ()
    from crmsnap.registry.opening import open_registry
    from crmsnap.registry.secrets import secrets

    with open_registry(registry_url) as registry:
        return secrets(registry)


def forget_secrets(registry_url: str, connection: str) -> int:
    """Remove what the registry keeps of a connection; how many secrets that were."""
    if not is_there(registry_url):
        return 0
    from crmsnap.registry.opening import open_registry
    from crmsnap.registry.secrets import remove_secrets

    with open_registry(registry_url) as registry:
        return remove_secrets(registry, connection)


def rotate_secrets(registry_url: str) -> tuple[int, str]:
    """Encrypt every secret of the registry with the first key; how many that changed, and its id."""
    from crmsnap.registry.secret_keys import SecretKeys

    keys = SecretKeys(secret_keys())
    if not is_there(registry_url):
        return 0, keys.current
    from crmsnap.registry import secrets
    from crmsnap.registry.opening import open_registry

    with open_registry(registry_url) as registry:
        return secrets.rotate_secrets(registry, keys, now=utc_now()), keys.current


def _found(known: Known) -> SecretStr:
    source = token_source(known.settings, f"connection {known.name or ''}".strip())
    stored = _in_registry(known)
    if stored is not None and source is not None:
        raise ConfigError(
            f"connection {known.name} has {source}, and a token in the registry",
            cause="it is not clear which token is meant",
            remedy=f"crmsnap secrets remove {known.name}, or remove {source} from its settings",
        )
    if stored is not None:
        from crmsnap.registry.secret_keys import SecretKeys

        return config.checked_token(SecretKeys(secret_keys()).decrypted(stored), "the registry")
    if source == "token_secret":
        return config.checked_token(_in_aws(known), "the secret in AWS Secrets Manager")
    return config.token_of(known.settings)


def _in_registry(known: Known) -> "Encrypted | None":
    if known.name is None or known.registry is None:
        return None
    if not is_there(known.registry):
        return None
    from crmsnap.registry.opening import open_registry
    from crmsnap.registry.secrets import TOKEN, find_secret

    with open_registry(known.registry) as registry:
        return find_secret(registry, known.name, TOKEN)


def _in_aws(known: Known) -> str:
    from crmsnap.connection.aws_secret import secret_value

    s3 = s3_of(known.settings)
    return secret_value(
        known.settings.token_secret or "",
        region=s3.region,
        profile=s3.profile,
        endpoint_url=secrets_endpoint(s3),
        route=route_of(known.settings),
    )
