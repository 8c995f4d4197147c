"""The documents as files to hand over, and everything as one JSON document."""

import json
from pathlib import Path
from typing import Any

from crmsnap.cli.connect.proof import Proven
from crmsnap.connection.agreement import Agreement
from crmsnap.connection.as_published import NOT_GRANTED, as_published
from crmsnap.connection.cloudformation import cloudformation
from crmsnap.connection.policies import as_json
from crmsnap.connection.terraform import terraform
from crmsnap.connection.trust import placeholder_trust_policy
from crmsnap.errors import ConfigError, UsageError


def write(folder: Path, agreement: Agreement, *, published: bool, force: bool) -> None:
    """Write policy, trust and both templates.

    Raise `UsageError` for a file that holds something else, before any is written, unless `force`.
    """
    texts = {
        folder / "policy.json": _permissions(agreement, published=published) + "\n",
        folder / "trust.json": as_json(agreement.trust) + "\n",
        folder / "cloudformation.yaml": cloudformation(agreement),
        folder / "terraform.tf": terraform(agreement),
    }
    try:
        for file, text in texts.items():
            if not force and file.exists() and file.read_bytes() != text.encode():
                raise UsageError(
                    f"{file} exists and holds something else",
                    cause="a file is not replaced unasked",
                    remedy="choose another folder, or replace it with --force",
                )
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
    except OSError as refused:
        raise ConfigError(
            f"the documents cannot be written: {refused.strerror}",
            cause=str(refused.filename),
            remedy="give another folder with --write",
        ) from refused


def as_text(proven: Proven, *, published: bool) -> str:
    """Everything about it as one JSON document."""
    connecting = proven.connecting
    agreement, link = connecting.agreement, connecting.link
    policies: dict[str, Any] = {
        "permissions": agreement.permissions,
        "placeholder_trust": placeholder_trust_policy(agreement.role),
        "trust": agreement.trust,
    }
    if published:
        policies["as_published"] = json.loads(as_published(agreement.grant))
        policies["as_published_does_not_grant"] = NOT_GRANTED
    document = {
        "connection": link.connection,
        "to": connecting.known.settings.to,
        "role_arn": str(agreement.role),
        "user_arn": agreement.user_arn,
        "external_id": link.external_id,
        "next_external_id": link.next_external_id,
        "policies": policies,
        "cloudformation": cloudformation(agreement),
        "terraform": terraform(agreement),
        "checks": [check.as_dict() for check in proven.checks],
        "connected": proven.connected_at is not None,
        "connected_at": proven.connected_at,
    }
    return json.dumps(document, indent=2)


def _permissions(agreement: Agreement, *, published: bool) -> str:
    return as_published(agreement.grant) if published else as_json(agreement.permissions)
