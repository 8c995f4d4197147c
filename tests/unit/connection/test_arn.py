"""ARNs that people paste: roles, users, sessions, keys, and what only looks like them."""

import pytest

from crmsnap.connection.arn import check_key_arn, principal_of, read_role
from crmsnap.errors import ConfigError, ConnectError
from tests.unit.connection.agreements import KEY

US, ACCOUNT = "arn:aws:iam::222222222222", "222222222222"


@pytest.mark.parametrize(
    ("text", "account", "meant"),
    [
        (f"{US}:role/hubspot", None, f"{US}:role/hubspot"),
        (f"{US}:role/hubspot", ACCOUNT, f"{US}:role/hubspot"),
        (f"{US}:role/a/b/hubspot", None, f"{US}:role/a/b/hubspot"),
        (
            "arn:aws-us-gov:iam::222222222222:role/r",
            None,
            "arn:aws-us-gov:iam::222222222222:role/r",
        ),
        ("arn:aws-cn:iam::222222222222:role/r", None, "arn:aws-cn:iam::222222222222:role/r"),
        ("hubspot", ACCOUNT, f"{US}:role/hubspot"),
        ("h.u_b+s=p,o@t-1", ACCOUNT, f"{US}:role/h.u_b+s=p,o@t-1"),
    ],
)
def test_a_role_is_read_in_every_form(text: str, account: str | None, meant: str) -> None:
    """HubSpot's page asks for a name, AWS's page shows the ARN."""
    assert str(read_role(text, account=account, partition="aws")) == meant


@pytest.mark.parametrize(
    ("text", "account", "why"),
    [
        ("hubspot", None, "a name alone does not say in which AWS account"),
        ("hubspot", "2222", "12 digits"),
        (f"{US}:role/hubspot", "333333333333", "its account is not 333333333333"),
        (f"{US}:user/hubspot", None, "neither the ARN nor the name of a role"),
        (f"{US}:role/", None, "neither the ARN nor the name of a role"),
        (f"{US}:role/hubspot ", None, "neither the ARN nor the name of a role"),
        ("arn:aws:iam::22222:role/hubspot", None, "neither the ARN nor the name of a role"),
        ("arn:aws:sts::222222222222:assumed-role/r/s", None, "neither the ARN nor the name"),
        ("x" * 65, ACCOUNT, "neither the ARN nor the name of a role"),
        ("", ACCOUNT, "neither the ARN nor the name of a role"),
        ("Rolle für uns", ACCOUNT, "neither the ARN nor the name of a role"),
    ],
)
def test_what_is_no_role_is_refused_with_the_reason(
    text: str, account: str | None, why: str
) -> None:
    """Guessing would ask STS for somebody else's role."""
    with pytest.raises(ConfigError) as refused:
        read_role(text, account=account, partition="aws")
    assert why in refused.value.cause


@pytest.mark.parametrize(
    ("caller", "principal"),
    [
        ("arn:aws:iam::111111111111:user/svc", "arn:aws:iam::111111111111:user/svc"),
        ("arn:aws:iam::111111111111:user/team/svc", "arn:aws:iam::111111111111:user/team/svc"),
        (
            "arn:aws:sts::111111111111:assumed-role/crmsnap/i-0abc",
            "arn:aws:iam::111111111111:role/crmsnap",
        ),
        (
            "arn:aws-cn:sts::111111111111:assumed-role/crmsnap/x",
            "arn:aws-cn:iam::111111111111:role/crmsnap",
        ),
        ("arn:aws:iam::111111111111:role/a/crmsnap", "arn:aws:iam::111111111111:role/a/crmsnap"),
    ],
)
def test_a_caller_is_named_as_a_trust_policy_can_name_it(caller: str, principal: str) -> None:
    """A session is another one in an hour; its role stays."""
    assert principal_of(caller) == principal


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        ("arn:aws:iam::111111111111:root", "the root user of an account may not assume roles"),
        ("arn:aws:sts::111111111111:federated-user/x", "neither a user nor a role"),
        ("arn:aws:iam::111111111111:group/x", "neither a user nor a role"),
        ("svc", "neither a user nor a role"),
        (
            "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jane",
            "the ARN of a single sign-on role has a path",
        ),
    ],
)
def test_a_caller_that_can_assume_no_role_is_refused(caller: str, why: str) -> None:
    """Its ARN in a trust policy would be an error of AWS, or trust nobody."""
    with pytest.raises(ConnectError) as refused:
        principal_of(caller)
    assert why in refused.value.cause


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("arn:aws:kms:eu-central-1:222222222222:alias/lake", "by its alias"),
        ("alias/lake", "by its alias"),
        ("11111111-2222-4333-8444-555555555555", "not the ARN of a KMS key"),
    ],
)
def test_a_key_that_no_policy_can_name_is_refused(text: str, why: str) -> None:
    """S3 takes an alias, a policy ignores it: every file would be refused later."""
    with pytest.raises(ConfigError) as refused:
        check_key_arn(text)
    assert why in refused.value.cause


def test_keys_of_one_and_of_several_regions_are_taken() -> None:
    """The id of a multi-Region key begins with `mrk-` and has no hyphens after it."""
    check_key_arn(KEY)
    check_key_arn(f"arn:aws:kms:eu-central-1:222222222222:key/mrk-{'0123456789abcdef' * 2}")
