"""The strict AWS: other partitions, TLS, roles out of a template, and services beside S3 and STS."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.lake import Lake, make_lake
from tests.aws.policies import corrected, document, statement, trust
from tests.aws.refused import refused
from tests.aws.server import ROOT, SERVICE, AwsServer, aws_server
from tests.builders.authority import Authority

TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "from-template",
                "AssumeRolePolicyDocument": None,
                "Policies": [{"PolicyName": "crmsnap", "PolicyDocument": None}],
            },
        }
    }
}


def test_a_bucket_for_tls_only_opens_over_tls(tmp_path: Path) -> None:
    """P25, the other side: the same bucket policy, the same role, and a certificate.

    Over TLS boto3 sends its body in chunks with the checksum behind it.
    """
    authority = Authority(tmp_path)
    server = Path(authority.good().file)
    with aws_server(tmp_path / "aws.log", tls=(server, server), authority=authority.file) as aws:
        lake = make_lake(aws)
        deny = statement(
            "Deny",
            "s3:*",
            Principal="*",
            Resource=["arn:aws:s3:::tls-only/*"],
            Condition={"Bool": {"aws:SecureTransport": "false"}},
        )
        bucket = aws.bucket("tls-only", policy=document(deny))
        s3 = lake.client(lake.make_role(policy=corrected(bucket, "hs")))
        s3.put_object(Bucket=bucket, Key="hs/a", Body=b"forty-two")
        assert s3.get_object(Bucket=bucket, Key="hs/a")["Body"].read() == b"forty-two"


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")]
)
def test_other_partitions_have_roles_and_buckets_of_their_own(
    aws: AwsServer, partition: str, region: str
) -> None:
    """A17: ARNs begin otherwise there, and nothing reaches from one partition into another."""
    keys = aws.user(f"svc-{partition}", partition=partition)
    bucket = aws.bucket(f"lake-{partition}", region=region)
    policy = json.loads(
        json.dumps(corrected(bucket, "hs")).replace("arn:aws:", f"arn:{partition}:")
    )
    role = aws.role(
        f"hubspot-{partition}",
        trust=trust(keys.arn, "ext-123"),
        policy=policy,
        partition=partition,
    )
    assert role == f"arn:{partition}:iam::222222222222:role/hubspot-{partition}"
    given = {"RoleArn": role, "RoleSessionName": "probe", "ExternalId": "ext-123"}
    sts = aws.client(keys.access_key_id, keys.secret_access_key, service="sts", region=region)
    found = sts.assume_role(**given)["Credentials"]
    secrets = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    s3 = aws.client(*secrets, region=region)
    s3.put_object(Bucket=bucket, Key="hs/a", Body=b"x")
    with refused(403, "AccessDenied"):
        s3.put_object(Bucket=bucket, Key="zz/a", Body=b"x")
    everything = document(statement("Allow", "s3:*", Resource="*"))
    here = aws.user(f"here-{partition}", "222222222222", policy=everything)
    with refused(404, "NoSuchBucket"):
        aws.client(here.access_key_id, here.secret_access_key, region=region).list_objects_v2(
            Bucket=bucket
        )
    aws.change_role(role, trust=trust(SERVICE, "ext-123"))
    commercial = aws.user(f"commercial-{partition}")
    sts = aws.client(commercial.access_key_id, commercial.secret_access_key, service="sts")
    with refused(403, "AccessDenied"):
        sts.assume_role(**given)


def test_a_role_out_of_a_template_is_judged_like_any_other(lake: Lake) -> None:
    """moto carries CloudFormation out, so a template can be tried and not only read."""
    template: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    properties = template["Resources"]["Role"]["Properties"]
    properties["AssumeRolePolicyDocument"] = trust(lake.keys.arn, "ext-123")
    properties["Policies"][0]["PolicyDocument"] = corrected(lake.bucket, "hs")
    lake.aws.admin(service="cloudformation").create_stack(
        StackName="crmsnap",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    role = "arn:aws:iam::222222222222:role/from-template"
    lake.client(role).put_object(Bucket=lake.bucket, Key="hs/a", Body=b"x")
    with refused(403, "AccessDenied"):
        lake.session(role, ExternalId="wrong")


@pytest.fixture
def secret(aws: AwsServer) -> str:
    """A secret of our own account."""
    client = aws.admin(SERVICE, "secretsmanager")
    return str(client.create_secret(Name="hubspot/acme", SecretString="pat-1")["Name"])


def test_a_secret_is_read_with_its_own_right_alone(aws: AwsServer, secret: str) -> None:
    """Secrets Manager stands behind the same judgement, with the denial in its own form."""
    arn = f"arn:aws:secretsmanager:eu-central-1:{SERVICE}:secret:{secret}-??????"
    right = document(statement("Allow", "secretsmanager:GetSecretValue", Resource=arn))
    reader, stranger = aws.user("reader", policy=right), aws.user("stranger-to-secrets")
    clients = [
        aws.client(one.access_key_id, one.secret_access_key, service="secretsmanager")
        for one in (reader, stranger)
    ]
    assert clients[0].get_secret_value(SecretId=secret)["SecretString"] == "pat-1"
    with refused(400, "AccessDeniedException") as answer:
        clients[1].get_secret_value(SecretId=secret)
    assert "secretsmanager:GetSecretValue" in answer.message


def test_the_server_can_be_started_by_hand() -> None:
    """Its lines can be given to a shell, and ctrl-c ends it quietly."""
    command = [sys.executable, "-m", "tests.aws"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [line.strip() for line in iter(process.stdout.readline, "# ctrl-c ends it\n")]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    exports = dict(line.removeprefix("export ").split("=") for line in lines if "=" in line)
    assert exports["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert exports["AWS_ACCESS_KEY_ID"].startswith("AKIA")
    assert lines[-1].endswith("s3://acme-lake/hs/")
