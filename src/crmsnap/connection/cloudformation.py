"""A CloudFormation template that makes the role and its policies; its parameters are filled in already.

Every parameter that is pasted has a pattern, because a slip in one of them shows itself much later, as
a 403 without a reason. The partition is not written down: the template says `AWS::Partition`.
"""

import json
import textwrap

from crmsnap.connection.agreement import Agreement
from crmsnap.connection.policies import VERSION, object_actions
from crmsnap.connection.role import SESSION_SECONDS

_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: >-
  The role through which crmsnap writes snapshots of HubSpot into one place in S3. Made by `crmsnap
  connect aws`; make a stack of it in the account that shall own the role.
"""

_RESOURCES = """\
Conditions:
  IsWholeBucket: !Equals [!Ref Prefix, ""]
  HasKey: !Not [!Equals [!Ref KeyArn, ""]]
  HasNextExternalId: !Not [!Equals [!Ref NextExternalId, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Path: !Ref RolePath
      MaxSessionDuration: {seconds}
      AssumeRolePolicyDocument:
        Version: "{version}"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Ref UserArn
            Action: sts:AssumeRole
            Condition:
              StringEquals:
                sts:ExternalId: !If
                  - HasNextExternalId
                  - [!Ref ExternalId, !Ref NextExternalId]
                  - !Ref ExternalId
      Policies:
        - PolicyName: crmsnap
          PolicyDocument:
            Version: "{version}"
            Statement:
              - Sid: Objects
                Effect: Allow
                Action:
{actions}
                Resource: !If
                  - IsWholeBucket
                  - !Sub arn:${{AWS::Partition}}:s3:::${{Bucket}}/*
                  - !Sub arn:${{AWS::Partition}}:s3:::${{Bucket}}/${{Prefix}}/*
              - Sid: List
                Effect: Allow
                Action: s3:ListBucket
                Resource: !Sub arn:${{AWS::Partition}}:s3:::${{Bucket}}
                Condition:
                  StringLike:
                    s3:prefix:
                      - !If [IsWholeBucket, "*", !Sub "${{Prefix}}/*"]
              - Sid: Location
                Effect: Allow
                Action: s3:GetBucketLocation
                Resource: !Sub arn:${{AWS::Partition}}:s3:::${{Bucket}}
              - !If
                - HasKey
                - Sid: Key
                  Effect: Allow
                  Action:
                    - kms:GenerateDataKey
                    - kms:Decrypt
                  Resource: !Ref KeyArn
                - !Ref AWS::NoValue
Outputs:
  RoleArn:
    Description: The IAM role to enter in crmsnap.
    Value: !GetAtt Role.Arn
"""

_PARTITION = "arn:aws(-[a-z]+)*"
_ID = r"^[\w+=,.@:/-]{2,1224}$"


def cloudformation(agreement: Agreement) -> str:
    """The text of the template."""
    resources = _RESOURCES.format(
        seconds=SESSION_SECONDS,
        version=VERSION,
        actions=textwrap.indent(
            "\n".join(f"- {action}" for action in object_actions(agreement.grant)), " " * 18
        ),
    )
    return f"{_HEAD}Parameters:\n{_parameters(agreement)}{resources}"


def _parameters(agreement: Agreement) -> str:
    role, grant = agreement.role, agreement.grant
    first, *rest = agreement.external_ids
    return "".join(
        [
            _parameter("RoleName", "Name of the role.", role.name, r"^[\w+=,.@-]{1,64}$"),
            _parameter("RolePath", "Folder of the role.", f"/{role.path}", r"^/([!-~]+/)?$"),
            _parameter(
                "UserArn",
                "STORAGE_AWS_IAM_USER_ARN, from crmsnap.",
                agreement.user_arn,
                rf"^{_PARTITION}:iam::[0-9]{{12}}:(user|role)/.+$",
            ),
            _parameter("ExternalId", "STORAGE_AWS_EXTERNAL_ID, from crmsnap.", first, _ID),
            _parameter(
                "NextExternalId",
                "The id that takes its place, only while it is changed.",
                rest[0] if rest else "",
                rf"^$|{_ID}",
            ),
            _parameter(
                "Bucket",
                "Name of the bucket.",
                grant.bucket,
                "^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$",
            ),
            _parameter(
                "Prefix",
                "Folder in the bucket, without slashes at its ends; nothing for the whole bucket.",
                grant.prefix,
                r"^$|^[^/*?$]([^*?$]*[^/*?$])?$",
            ),
            _parameter(
                "KeyArn",
                "KMS key of the bucket, if it has one of its own. If the key belongs to another account,"
                " its key policy has to allow the role too.",
                grant.kms_key or "",
                rf"^$|^{_PARTITION}:kms:[a-z0-9-]+:[0-9]{{12}}:key/[0-9a-z-]+$",
            ),
        ]
    )


def _parameter(name: str, description: str, default: str, pattern: str) -> str:
    # A text of JSON is a text of YAML 1.2 in double quotes.
    return f"""\
  {name}:
    Type: String
    Description: {json.dumps(description)}
    Default: {json.dumps(default, ensure_ascii=False)}
    AllowedPattern: {json.dumps(pattern)}
"""
