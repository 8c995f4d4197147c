"""The templates make what the documents say: read back, their policies are the same."""

import json
import re
from typing import Any

import hcl2
import pytest
import yaml
from cfnlint.api import lint_all

from crmsnap.connection.agreement import Agreement
from crmsnap.connection.cloudformation import cloudformation
from crmsnap.connection.terraform import terraform
from tests.unit.connection.agreements import EVERY_FORM, ID, KEY, agreement

FORMS = pytest.mark.parametrize("form", EVERY_FORM)


class Stack(yaml.SafeLoader):
    """Reads the tags of CloudFormation as `{tag: value}`."""


def _tagged(loader: Stack, tag: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.SequenceNode():
            return {tag: loader.construct_sequence(node, deep=True)}
        case yaml.ScalarNode():
            return {tag: loader.construct_scalar(node)}
    raise AssertionError(f"{tag} of a mapping")


Stack.add_multi_constructor("!", _tagged)


def made(template: dict[str, Any], partition: str) -> dict[str, Any]:
    """The properties of the role that a stack with the defaults has."""
    named = {name: one["Default"] for name, one in template["Parameters"].items()}
    named["AWS::Partition"] = partition

    def value(node: Any) -> Any:
        match node:
            case {"Ref": "AWS::NoValue"}:
                return None
            case {"Ref": name}:
                return named[name]
            case {"Sub": text}:
                return re.sub(r"\$\{([\w:]+)\}", lambda found: named[found[1]], text)
            case {"If": [condition, then, otherwise]}:
                return value(then if value(template["Conditions"][condition]) else otherwise)
            case {"Equals": [one, other]}:
                return value(one) == value(other)
            case {"Not": [one]}:
                return not value(one)
            case dict():
                return {key: value(inner) for key, inner in node.items()}
            case list():
                return [one for one in map(value, node) if one is not None]
        return node

    properties: dict[str, Any] = value(template["Resources"]["Role"]["Properties"])
    return properties


def stack(agreement: Agreement) -> dict[str, Any]:
    """The role that the template makes."""
    template = yaml.load(cloudformation(agreement), Stack)  # noqa: S506 - it is a safe loader
    return made(template, agreement.role.partition)


def found_by_cfn_lint(text: str) -> list[str]:
    """Errors and warnings, as the program shows them; it keeps mere information to itself."""
    return [str(one) for one in lint_all(text) if one.rule.severity in ("error", "warning")]


@pytest.mark.full
@FORMS
def test_cfn_lint_finds_nothing(form: str) -> None:
    """It knows AWS's own schema of every property, and whether defaults fit their patterns."""
    assert found_by_cfn_lint(cloudformation(EVERY_FORM[form])) == []


@pytest.mark.full
def test_cfn_lint_would_find_a_wrong_default() -> None:
    """A linter that is not asked rightly finds nothing, ever."""
    wrong = cloudformation(agreement()).replace(f'Default: "{ID}"', 'Default: "no id"')
    assert found_by_cfn_lint(wrong)


@FORMS
def test_cloudformation_makes_what_the_documents_say(form: str) -> None:
    """Role, trust and rights; the template writes the partition itself."""
    expected, role = EVERY_FORM[form], stack(EVERY_FORM[form])
    assert (role["RoleName"], role["Path"]) == (expected.role.name, f"/{expected.role.path}")
    assert role["MaxSessionDuration"] == 3600
    (policy,) = role["Policies"]
    assert policy["PolicyDocument"] == expected.permissions
    (trust,) = expected.trust["Statement"]
    del trust["Sid"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [trust]


@pytest.mark.parametrize(
    ("parameter", "refused"),
    [
        ("RoleName", "a role"),
        ("RolePath", "service"),
        ("UserArn", "arn:aws:iam::111111111111:root"),
        ("UserArn", "svc"),
        ("ExternalId", "0"),
        ("ExternalId", "id with spaces"),
        ("Bucket", "s3://acme-lake"),
        ("Prefix", "/hs"),
        ("Prefix", "hs/"),
        ("Prefix", "h*s"),
        ("KeyArn", "alias/lake"),
    ],
)
def test_a_slip_in_a_parameter_is_refused_by_its_pattern(parameter: str, refused: str) -> None:
    """Before the stack is made, rather than as a 403 later."""
    template = yaml.load(cloudformation(agreement(kms_key=KEY)), Stack)  # noqa: S506 - it is a safe loader
    declared = template["Parameters"][parameter]
    assert re.search(declared["AllowedPattern"], declared["Default"])
    assert not re.search(declared["AllowedPattern"], refused)


@FORMS
def test_terraform_makes_what_the_documents_say(form: str) -> None:
    """The file is HCL, and what it encodes are the policies."""
    expected, text = EVERY_FORM[form], terraform(EVERY_FORM[form])
    resources = {name: body for one in hcl2.loads(text)["resource"] for name, body in one.items()}
    role = resources['"aws_iam_role"']['"crmsnap"']
    assert role["name"] == json.dumps(expected.role.name)
    assert role["max_session_duration"] == 3600
    assert ("path" in role) == bool(expected.role.path)
    # `terraform console` gave the same for these objects, with its own `jsonencode`.
    trust, permissions = (
        json.loads(body) for body in re.findall(r"jsonencode\((\{.*?\n  \})\)", text, re.DOTALL)
    )
    assert trust == expected.trust
    assert permissions == expected.permissions


def test_terraform_takes_no_text_for_an_expression() -> None:
    """`${` in a name would run what stands in it."""
    text = terraform(agreement("s3://acme-lake/a%{b}"))
    assert "a%%{b}" in text
    assert "${" not in text.replace("$${", "")
