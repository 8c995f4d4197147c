"""A Terraform file that makes the role and its policies; OpenTofu reads it too.

Policies stand in it as the JSON that the other documents hold: an object of HCL may be written with
colons (Terraform language, "Types and Values"), and `jsonencode` gives it back. It was parsed by
Terraform and evaluated, but never applied to an AWS account.
"""

import json
import textwrap

from crmsnap.connection.agreement import Agreement
from crmsnap.connection.policies import Policy
from crmsnap.connection.role import SESSION_SECONDS


def terraform(agreement: Agreement) -> str:
    """The text of the file."""
    role = agreement.role
    path = f"\n  path                 = {_quoted(f'/{role.path}')}" if role.path else ""
    return f"""\
# The role through which crmsnap writes snapshots of HubSpot into s3://{_plain(agreement)}.
# Made by `crmsnap connect aws`. Untested: it was never applied to an AWS account. Apply it with the
# provider of account {role.account}.

terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }}
  }}
}}

resource "aws_iam_role" "crmsnap" {{
  name                 = {_quoted(role.name)}{path}
  max_session_duration = {SESSION_SECONDS}

  assume_role_policy = {_encoded(agreement.trust)}
}}

resource "aws_iam_role_policy" "crmsnap" {{
  name = "crmsnap"
  role = aws_iam_role.crmsnap.id

  policy = {_encoded(agreement.permissions)}
}}

output "role_arn" {{
  description = "The IAM role to enter in crmsnap."
  value       = aws_iam_role.crmsnap.arn
}}
"""


def _encoded(policy: Policy) -> str:
    # Spaces before the colons, as `terraform fmt` sets them.
    body = json.dumps(policy, indent=2, separators=(",", " : "), ensure_ascii=False)
    return f"jsonencode({textwrap.indent(_literal(body), '  ').lstrip()})"


def _quoted(text: str) -> str:
    return _literal(json.dumps(text, ensure_ascii=False))


def _literal(text: str) -> str:
    """Texts of JSON are texts of HCL, but for the marks that begin an expression in them."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _plain(agreement: Agreement) -> str:
    grant = agreement.grant
    return f"{grant.bucket}/{grant.prefix}" if grant.prefix else grant.bucket
