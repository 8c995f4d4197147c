"""A HubSpot admin and an AWS admin connect a bucket: each in their own words, and every slip is named."""

import json
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from crmsnap.registry.aws_links import aws_link
from crmsnap.registry.opening import open_registry
from tests.acceptance.aws.conftest import Customer, Service
from tests.aws.server import AwsServer
from tests.builders.command import assert_refused
from tests.builders.sandbox_process import DAY, SandboxAccount

KEY = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-4333-8444-555555555555"


def crosses(document: dict[str, object]) -> set[str]:
    """The names of the questions that failed."""
    return verdicts(document, "failed")


def verdicts(document: dict[str, object], verdict: str) -> set[str]:
    """The names of the questions that were answered so."""
    checks = document["checks"]
    assert isinstance(checks, list)
    return {check["name"] for check in checks if check["verdict"] == verdict}


def test_two_calls_and_what_they_print_are_enough(
    crmsnap_service: Service, customer: Customer
) -> None:
    """The first gives what to paste, the second proves that it was pasted."""
    first = crmsnap_service.connect("acme", *customer.flags)
    assert (first["connected"], first["checks"]) == (False, [])
    assert first["user_arn"] == "arn:aws:iam::111111111111:user/svc"
    policies = first["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    second = crmsnap_service.connect("acme")
    assert not crosses(second), second["checks"]
    assert second["connected"]
    assert second["external_id"] == first["external_id"]


def test_the_articles_policy_connects_with_one_warning(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Who followed the article has done nothing wrong."""
    first = crmsnap_service.connect("acme", *customer.flags, "--as-published")
    published = first["policies"]["as_published"]
    customer.make_role(trust=first["policies"]["trust"], policy=published)
    second = crmsnap_service.connect("acme")
    assert second["connected"]
    assert verdicts(second, "warning") == {"bucket-location"}


def test_the_narrow_policy_connects(crmsnap_service: Service, customer: Customer) -> None:
    """Reading, writing and listing are all that a sync needs."""
    first = crmsnap_service.connect("acme", *customer.flags, "--narrow")
    (objects, *_) = first["policies"]["permissions"]["Statement"]
    assert objects["Action"] == ["s3:PutObject", "s3:GetObject"]
    customer.make_role(trust=first["policies"]["trust"], policy=first["policies"]["permissions"])
    second = crmsnap_service.connect("acme", "--narrow")
    assert not crosses(second), second["checks"]
    assert second["connected"]


@pytest.mark.parametrize("condition", ["none", "if exists", "a pattern"])
def test_a_role_that_others_could_use_is_refused(
    crmsnap_service: Service, customer: Customer, condition: str
) -> None:
    """Everything else is right, and still nothing is marked: somebody could point at this role."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    (statement,) = policies["trust"]["Statement"]
    the_id = statement["Condition"].pop("StringEquals")
    if condition == "if exists":
        statement["Condition"] = {"StringEqualsIfExists": the_id}
    elif condition == "a pattern":
        statement["Condition"] = {"StringLike": {"sts:ExternalId": "*"}}
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    ended = crmsnap_service("connect", "aws", "acme", "--json")
    assert ended.exit_code == 5
    assert crosses(ended.json) & {"assume-role-without-id", "assume-role-with-wrong-id"}
    assert not ended.json["connected"]
    statement["Condition"] = {"StringEquals": the_id}
    customer.change(trust=policies["trust"])
    assert crmsnap_service.connect("acme")["connected"]


def test_a_placeholder_that_was_left_is_found(crmsnap_service: Service, customer: Customer) -> None:
    """Step 5 was forgotten: the most frequent slip."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["placeholder_trust"], policy=policies["permissions"])
    ended = crmsnap_service("connect", "aws", "acme")
    assert_refused(ended, "connect", 5, "acme is not connected")
    assert "assume-role" in ended.stdout
    assert "sts:ExternalId" in ended.stdout


def test_keys_of_a_session_show_their_role(
    crmsnap_service: Service, customer: Customer, aws: AwsServer
) -> None:
    """A service on a machine of AWS has no user: the trust policy names its role."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111111111111:user/svc"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    policy = {"Version": "2012-10-17", "Statement": []}
    role = aws.role("on-a-machine", "111111111111", trust=trust, policy=policy)
    sts = aws.client(
        crmsnap_service.variables["AWS_ACCESS_KEY_ID"],
        crmsnap_service.variables["AWS_SECRET_ACCESS_KEY"],
        service="sts",
    )
    keys = sts.assume_role(RoleArn=role, RoleSessionName="i-0abc")["Credentials"]
    sts.close()
    crmsnap_service.variables |= {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
    document = crmsnap_service.connect("acme", *customer.flags)
    assert document["user_arn"] == "arn:aws:iam::111111111111:role/on-a-machine"


def test_without_keys_the_user_is_given_or_set(
    crmsnap_service: Service, customer: Customer
) -> None:
    """The one who prepares the papers need not be the machine that syncs."""
    keys = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    crmsnap_service.variables |= keys
    flags = ("connect", "aws", "acme", *customer.flags, "--json")
    assert_refused(crmsnap_service(*flags), "destination-access-denied", 5, "--user-arn")
    ours = "arn:aws:iam::111111111111:role/path/crmsnap"
    assert crmsnap_service(*flags, "--user-arn", ours).json["user_arn"] == ours
    crmsnap_service.write_config(f'user_arn = "{ours}-2"\n')
    assert crmsnap_service(*flags).json["user_arn"] == f"{ours}-2"


def test_keys_that_aws_does_not_know_are_named_as_the_cause(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Not the role, which nobody has asked yet."""
    crmsnap_service.variables["AWS_ACCESS_KEY_ID"] = "AKIANOBODY"
    ended = crmsnap_service("connect", "aws", "acme", *customer.flags)
    assert_refused(ended, "destination-access-denied", 5, "our own keys", "InvalidClientTokenId")
    assert crmsnap_service.variables["AWS_SECRET_ACCESS_KEY"] not in ended.stderr


def test_people_read_the_five_steps_and_copy_two_lines(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Both values stand alone on their lines, under the names that both sides use."""
    ended = crmsnap_service("connect", "aws", "acme", *customer.flags)
    assert ended.exit_code == 0, ended.stderr
    document = crmsnap_service.connect("acme", "--no-check")
    lines = ended.stdout.splitlines()
    steps = [line[0] for line in lines if re.match(r"[0-9]\. [A-Z]", line)]
    assert steps == ["1", "2", "3", "4", "5"]
    for name, value in (
        ("STORAGE_AWS_IAM_USER_ARN", document["user_arn"]),
        ("STORAGE_AWS_EXTERNAL_ID", document["external_id"]),
    ):
        (at,) = [number for number, line in enumerate(lines) if name in line]
        assert lines[at + 1] == value
    pasted = "\n".join(lines)
    for policy in ("permissions", "placeholder_trust", "trust"):
        assert json.dumps(document["policies"][policy], indent=2) in pasted


def test_documents_are_written_as_files(crmsnap_service: Service, customer: Customer) -> None:
    """To hand over; what somebody changed in them is not lost."""
    flags = ("connect", "aws", "acme", *customer.flags, "--no-check", "--write", "papers")
    assert crmsnap_service(*flags).exit_code == 0
    folder = crmsnap_service.folder / "papers"
    names = {"policy.json", "trust.json", "cloudformation.yaml", "terraform.tf"}
    assert {file.name for file in folder.iterdir()} == names
    document = crmsnap_service.connect("acme", "--no-check")
    assert json.loads((folder / "trust.json").read_text()) == document["policies"]["trust"]
    assert crmsnap_service(*flags).exit_code == 0
    (folder / "policy.json").write_text("{}")
    assert_refused(crmsnap_service(*flags), "usage", 2, "policy.json", "--force")
    assert crmsnap_service(*flags, "--force").exit_code == 0
    assert (folder / "policy.json").read_text() != "{}"


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        ((), "CONNECTION"),
        (("acme",), "--to"),
        (("acme", "--to", "s3://acme-lake/hs"), "--role"),
    ],
)
def test_what_is_missing_is_named_where_nobody_can_answer(
    crmsnap_service: Service, flags: tuple[str, ...], missing: str
) -> None:
    """In a script a question would wait for ever."""
    assert_refused(crmsnap_service("connect", "aws", *flags), "usage", 2, f"{missing} is missing")


def test_a_name_of_a_role_needs_its_account(crmsnap_service: Service) -> None:
    """HubSpot's page asks for a name only."""
    ended = crmsnap_service("connect", "aws", "acme", "--to", "s3://acme-lake/hs", "--role", "hs")
    assert_refused(ended, "connect", 5, "in which AWS account", "account id")


@pytest.fixture
def in_the_file(crmsnap_service: Service, customer: Customer) -> Path:
    """A configuration file with the connection, complete."""
    crmsnap_service.write_config(
        f'[connections.acme]\nto = "{customer.place}"\n'
        f'[connections.acme.s3]\nrole_arn = "{customer.role_arn}"\n'
    )
    return crmsnap_service.folder / "crmsnap.toml"


def test_a_connection_of_the_file_is_connected_as_it_stands_there(
    crmsnap_service: Service, customer: Customer, in_the_file: Path
) -> None:
    """Nothing is written into the file."""
    before = in_the_file.read_bytes()
    policies = crmsnap_service.connect("acme")["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    assert crmsnap_service.connect("acme")["connected"]
    assert in_the_file.read_bytes() == before


def test_what_the_file_says_otherwise_is_shown_as_lines_to_write(
    crmsnap_service: Service, customer: Customer, in_the_file: Path
) -> None:
    """Commands do not write into the file of a person."""
    other = "arn:aws:iam::222222222222:role/other"
    ended = crmsnap_service("connect", "aws", "acme", "--role", other)
    assert_refused(ended, "configuration", 4, f'role_arn = "{other}"', "[connections.acme.s3]")
    in_the_file.write_text(f'[connections.acme]\nto = "{customer.place}"\n')
    ended = crmsnap_service("connect", "aws", "acme", "--role", customer.role_arn)
    assert_refused(ended, "configuration", 4, f'role_arn = "{customer.role_arn}"')


def test_a_connected_account_is_copied_through_the_role(
    crmsnap_service: Service, customer: Customer, account: SandboxAccount
) -> None:
    """The session is narrowed, the day is complete, and nothing of the check is left."""
    crmsnap_service.write_config(
        f'[connections.acme]\nto = "{customer.place}"\nbase_url = "{account.url}"\nallow_other_host = true\n'
        f'tables = ["OWNERS"]\n[connections.acme.s3]\nrole_arn = "{customer.role_arn}"\n'
        f'endpoint_url = "{customer.aws.url}"\n'
    )
    crmsnap_service.variables["HUBSPOT_TOKEN"] = account.token
    policies = crmsnap_service.connect("acme")["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    assert crmsnap_service.connect("acme")["connected"]
    for command in (("sync", "acme"), ("verify", "acme")):
        ended = crmsnap_service(*command)
        assert ended.exit_code == 0, ended.stderr
    keys = customer.keys()
    assert f"hs/{DAY}/_MANIFEST.json" in keys
    assert all(key.startswith(f"hs/{DAY}/") for key in keys)


def test_a_key_is_granted_and_asked_for(crmsnap_service: Service, customer: Customer) -> None:
    """In the policy, in both templates, and with every file from then on."""
    document = crmsnap_service.connect("acme", *customer.flags, "--kms-key", KEY)
    statements = {one["Sid"]: one for one in document["policies"]["permissions"]["Statement"]}
    assert statements["Key"]["Resource"] == KEY
    assert KEY in document["cloudformation"]
    assert KEY in document["terraform"]
    (shown,) = crmsnap_service("connections", "list", "--json").json
    shown = crmsnap_service("connections", "show", shown["name"], "--json").json
    s3 = shown["settings"]["s3"]
    assert (s3["encryption"], s3["kms_key"]) == ("aws:kms", KEY)


def test_keys_of_another_partition_are_refused(
    crmsnap_service: Service, customer: Customer
) -> None:
    """STS would answer that there is no such role."""
    role = customer.role_arn.replace("arn:aws:", "arn:aws-us-gov:")
    ended = crmsnap_service("connect", "aws", "acme", "--to", customer.place, "--role", role)
    assert_refused(ended, "connect", 5, "the role is in aws-us-gov", "keys of a GovCloud account")


@pytest.mark.parametrize("looks", [True, False])
def test_an_owner_is_kept_where_the_store_looks_at_it(
    crmsnap_service: Service, customer: Customer, *, looks: bool
) -> None:
    """What was not seen must not stand in the registry as if it had been."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    with ExitStack() as store:
        if not looks:
            store.enter_context(customer.aws.fault("ignore_owner", bucket=customer.bucket))
        assert crmsnap_service.connect("acme")["connected"]
    file = crmsnap_service.folder / "home" / "registry.sqlite"
    with open_registry(f"sqlite:///{file}") as registry:
        link = aws_link(registry, "acme")
    assert link is not None
    assert link.bucket_owner == ("222222222222" if looks else None)


def test_a_bucket_that_is_gone_is_no_missing_right(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Whoever reads the exit code changes a setting, and searches no policy: 4, as `check` ends."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    customer.aws.remove_bucket(customer.bucket)
    ended = crmsnap_service("connect", "aws", "acme")
    assert_refused(ended, "configuration", 4, "acme is not connected", "1 question failed")
    assert crmsnap_service("connect", "aws", "acme", "--json").exit_code == 4


def test_a_store_in_trouble_is_no_missing_right(
    crmsnap_service: Service, customer: Customer
) -> None:
    """The same command may work in a moment: 1."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    with customer.aws.fault("internal_error", operation="PutObject", bucket=customer.bucket):
        ended = crmsnap_service("connect", "aws", "acme")
    assert_refused(ended, "destination", 1, "acme is not connected")
