"""What the pages about AWS show to be pasted is what the command prints."""

import json

from crmsnap.connection.arn import check_key_arn
from crmsnap.connection.policies import Grant, permission_policy
from tests.house.markdown import fences
from tests.house.repository import ROOT, text_of

HOW_TO = ROOT / "docs" / "how-to"
PLACE = Grant("acme-lake", "hubspot")


def actions(grant: Grant) -> set[str]:
    """Everything that a policy allows."""
    found: set[str] = set()
    for statement in permission_policy(grant)["Statement"]:
        one_or_more = statement["Action"]
        found |= {one_or_more} if isinstance(one_or_more, str) else {*one_or_more}
    return found


def test_the_policy_on_the_page_is_ours() -> None:
    """Somebody will paste it from there."""
    (shown,) = [one for one in fences(HOW_TO / "connect-a-bucket.md") if one.language == "json"]
    assert json.loads(shown.text) == permission_policy(PLACE)


def test_every_right_that_we_ask_for_is_explained() -> None:
    """The table names what our widest policy grants, and nothing that it does not."""
    said = text_of(ROOT / "docs" / "explanation" / "least-privilege.md")
    key = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-4333-8444-555555555555"
    assert key in text_of(HOW_TO / "use-a-kms-key.md")
    check_key_arn(key)
    rows = [line for line in said.splitlines() if line.startswith("| `")]
    explained = {word for row in rows for word in row.split("|")[1].split("`") if ":" in word}
    assert explained == actions(Grant("b", "p", kms_key=key))
