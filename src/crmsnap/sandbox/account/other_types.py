"""Object types that the generic objects API refuses and an API of their own serves: conversations.

Their records live as all others do, in the account's journal and in its associations. What other
records know as properties is here only what `conversations.py` makes threads of.
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
