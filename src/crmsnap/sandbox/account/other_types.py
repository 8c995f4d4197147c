"""Object types that the generic objects API refuses: conversations, and ads unless a knob is turned.

Threads of conversations live as all records do, in the account's journal and in its associations.
What other records know as properties is here only what `conversations.py` makes threads of. Whether
some token may read ads by their type id nobody has published: a reader that tries must find both.
"""

from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.property import Property, parse

THREAD = "0-11"

OTHER_TYPES: tuple[ObjectType, ...] = (
    ObjectType(
        id=THREAD,
        name="conversations",
        singular="conversation",
        fully_qualified_name="CONVERSATION",
        singular_label="Conversation",
        plural_label="Conversations",
        scopes=frozenset({"conversations.read"}),
        per_contact=0.1,
        at_least=24,
        first_id=110_000_000_000,
    ),
)

ADS: tuple[ObjectType, ...] = (
    ObjectType(
        id="0-30",
        name="ad_accounts",
        singular="ad_account",
        fully_qualified_name="AD_ACCOUNT",
        singular_label="Ad account",
        plural_label="Ad accounts",
        scopes=frozenset({"ads_read"}),
        per_contact=0.0,
        at_least=7,
        first_id=300_000_000_000,
    ),
)
"""Served by the generic objects API as long as `Knobs.serves_ads` says so."""

OTHER_PROPERTIES: dict[str, tuple[Property, ...]] = {
    THREAD: parse("conversation", """
        assignedTo                      string/text            user                      60
        inboxId                         string/text            int:5601..5604            100
        originalChannelAccountId        string/text            int:77001..77006          100
        originalChannelId               string/text            enum:1000,1001,1002,1003  100
        spam                            bool/booleancheckbox   enum:false,false,false,false,true 100
        status                          enumeration/select     enum:OPEN,CLOSED          100
    """),
}  # fmt: skip
