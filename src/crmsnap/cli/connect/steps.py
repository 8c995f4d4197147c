"""The five steps of HubSpot's article, with the words of both sides: its own, and those of the AWS console."""

from collections.abc import Iterator
from pathlib import Path

from crmsnap.bootstrap.connecting import Connecting
from crmsnap.cli.text import escaped
from crmsnap.connection.agreement import Agreement
from crmsnap.connection.as_published import NOT_GRANTED, as_published
from crmsnap.connection.policies import as_json
from crmsnap.connection.trust import PLACEHOLDER_ID, placeholder_trust_policy


def print_steps(connecting: Connecting, *, published: bool, folder: Path | None) -> None:
    """Say what to do in AWS, and what to paste; what is to be copied stands on lines of its own."""
    name, agreement = connecting.link.connection, connecting.agreement
    role, place = agreement.role, _place(agreement)
    print(
        f"Connecting {name} with {place}, through the role {role.name} of AWS account {role.account}."
    )
    print(
        "Steps 1 to 3 and 5 are done in the AWS console of that account, or at once with a template:"
    )
    if folder is None:
        print(f"{connecting.again} --no-check --write FOLDER")
    else:
        print(f"cloudformation.yaml or terraform.tf in {escaped(str(folder))}")
    print()
    print("\n".join(_steps(agreement, published=published)), flush=True)


def print_values(connecting: Connecting) -> None:
    """Say what the role has to agree with: the fourth step alone."""
    print(f"Connecting {connecting.link.connection}. All steps: {connecting.again} --no-check")
    print("\n".join(_values(connecting.agreement)), flush=True)


def print_trust(agreement: Agreement) -> None:
    """The fifth step alone: who may assume the role."""
    print("\n".join(_trust(agreement)))


def _steps(agreement: Agreement, *, published: bool) -> Iterator[str]:
    role, place = agreement.role, _place(agreement)
    yield "1. Configure access permissions for the S3 bucket"
    yield f"   crmsnap needs these in {place}, and nothing anywhere else:"
    for action in _actions(agreement):
        yield f"   - {action}"
    yield ""
    yield "2. Create an IAM policy"
    yield "   IAM > Account settings > Security Token Service (STS): activate the region of the bucket."
    yield "   IAM > Policies > Create policy > JSON: paste this. Next; give it a name; Create policy."
    yield ""
    yield as_published(agreement.grant) if published else as_json(agreement.permissions)
    yield ""
    if published:
        yield "   This is the text of HubSpot's article. It does not grant:"
        yield from (f"   - {reason}" for reason in NOT_GRANTED)
        yield ""
    yield "3. Create the IAM role in AWS"
    yield f"   IAM > Roles > Create role > AWS account > Another AWS account: {role.account}."
    yield f"   Require external ID: {PLACEHOLDER_ID}, which only holds the place. Next; choose the policy of"
    yield f"   step 2; Next; role name: {role.name}; Create role. Its trust policy now is:"
    yield ""
    yield as_json(placeholder_trust_policy(role))
    yield ""
    yield "4. Connect HubSpot and AWS S3"
    yield from _values(agreement)
    yield "5. Grant the IAM user permissions to access bucket objects"
    yield from _trust(agreement)


def _values(agreement: Agreement) -> Iterator[str]:
    yield f"   IAM role:    {agreement.role}"
    yield f"   S3 URL path: {_place(agreement)}"
    yield ""
    yield "   AWS IAM User (STORAGE_AWS_IAM_USER_ARN)"
    yield agreement.user_arn
    yield ""
    yield "   AWS External ID (STORAGE_AWS_EXTERNAL_ID)"
    yield agreement.external_ids[-1]
    yield ""


def _trust(agreement: Agreement) -> Iterator[str]:
    yield f"   IAM > Roles > {agreement.role.name} > Trust relationships > Edit trust policy: replace all of it"
    yield "   with this. Update policy."
    if len(agreement.external_ids) > 1:
        yield "   It names the external id in use and the one that takes its place."
    yield ""
    yield as_json(agreement.trust)


def _actions(agreement: Agreement) -> list[str]:
    return [
        action
        for statement in agreement.permissions["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    ]


def _place(agreement: Agreement) -> str:
    grant = agreement.grant
    return escaped(f"s3://{grant.bucket}/{grant.prefix}".rstrip("/"))
