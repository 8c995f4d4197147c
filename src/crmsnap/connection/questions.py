"""Every question of `crmsnap check`, in the order in which they are asked.

The documentation, the terminal and `--json` take their words from here.
"""

from crmsnap.connection.check import Question

TOKEN = Question(
    "hubspot-token",
    "Does HubSpot accept the token?",
    "The token is wrong, was revoked, or is not set. Make a new service key or private app in HubSpot"
    " (Settings > Integrations) and set it where the connection looks for it.",
)
ACCOUNT = Question(
    "hubspot-account",
    "Is it the account that was copied before?",
    "The token belongs to another account than the one whose state is kept under this name. Use the"
    " right token, or give the other account a connection of its own.",
)
SCOPES = Question(
    "hubspot-scopes",
    "Which tables can be read completely?",
    "The token lacks scopes. Tables that need them are published with a declared gap, or not at all."
    " Add the named scopes to the key or app in HubSpot.",
)
HUBSPOT_QUESTIONS = (TOKEN, ACCOUNT, SCOPES)

OWN_KEYS = Question(
    "aws-keys",
    "Are there AWS keys to ask with?",
    "No keys were found, or AWS does not know them. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
    " a profile, or run on a machine with a role. It has nothing to do with the customer's role.",
)
WITHOUT_ID = Question(
    "assume-role-without-id",
    "Is the role closed to those who give no external id?",
    "Whoever may ask with our keys gets into the role without the external id, so another customer's"
    " connection could be pointed at it (the confused deputy). In the role's trust policy, give the"
    " statement the condition `StringEquals` with `sts:ExternalId`; not `StringEqualsIfExists`.",
)
WRONG_ID = Question(
    "assume-role-with-wrong-id",
    "Is the role closed to those who give another external id?",
    "The trust policy's condition takes more than our external id, such as a pattern. Name exactly one"
    " id, with `StringEquals`.",
)
RIGHT_ID = Question(
    "assume-role",
    "Can the role be assumed with our external id?",
    "The trust policy does not name our user as `Principal`, or does not have our external id in its"
    " `Condition`. If it still names the customer's own account or the placeholder `0000`, step 5 of"
    " connecting was not done. Or there is no such role, or our own user may not call `sts:AssumeRole`. A change takes up to a minute until AWS follows it.",
)
REGION = Question(
    "region",
    "Is the bucket there, and in which region?",
    "There is no bucket of that name, or the region that is set is not the bucket's. Check the name,"
    " or remove the region: it is found out by itself.",
)
LOCATION = Question(
    "bucket-location",
    "May the bucket's region be asked for with GetBucketLocation?",
    "Only a warning, since nothing depends on it. In statements that allow `s3:GetBucketLocation`"
    " under a condition on `s3:prefix` it is never granted, because that call has no prefix.",
)
LIST = Question(
    "list-bucket",
    "May the files below the path be listed?",
    "Statement `List` lacks `s3:ListBucket` on the bucket (without `/*`), or its condition on"
    " `s3:prefix` names another path.",
)
OWNER = Question(
    "bucket-owner",
    "Does the bucket belong to the expected account?",
    "The bucket belongs to another AWS account than the role: it may have been deleted and made again"
    " by somebody else. Nothing is written. If it is meant, set `bucket_owner`.",
)
PUT = Question(
    "put-object",
    "May files be written?",
    "Statement `Objects` lacks `s3:PutObject` on the path with `/*`, or something else denies it: a"
    " bucket policy, a service control policy. The store's own words tell which.",
)
ENCRYPTION = Question(
    "encryption",
    "Are files encrypted as they should be?",
    "The bucket encrypts with a KMS key that the role may not use: statement `Key` lacks"
    " `kms:GenerateDataKey` or `kms:Decrypt`, or the key's own policy does not admit the role.",
)
GET = Question(
    "get-object",
    "May files be read?",
    "Statement `Objects` lacks `s3:GetObject` on the path with `/*`.",
)
GET_VERSION = Question(
    "get-object-version",
    "May earlier versions be read?",
    "Only a warning: a narrow policy leaves `s3:GetObjectVersion` out, and a sync does without.",
)
CREATE_ONLY = Question(
    "create-only",
    "Does the store refuse to overwrite when asked to?",
    "The store ignores or does not know `If-None-Match`, so two runs could overwrite each other. Use"
    " another store, or set `unsafe_single_writer` and never run two at once.",
)
REPLACE = Question(
    "replace-if-unchanged",
    "Does the store replace a file only if nobody else did?",
    "Only a warning, since a sync replaces no file: the store ignores `If-Match`, or takes its own tags"
    " only without quotes or not at all. For these, set `if_match` to what the advice says.",
)
CHECKSUMS = Question(
    "checksums",
    "Does the store compare what arrives with its SHA-256?",
    "Only a warning: the store took content that does not fit its checksum. A run then compares the tag"
    " that the store answers with, and `crmsnap verify` reads every file.",
)
COPY = Question(
    "copy-object",
    "May files be copied within the path?",
    "A copy needs `s3:GetObject` and `s3:PutObject`, which statement `Objects` has. Something else"
    " denies it, or the store cannot copy; a file is then written anew.",
)
DELETE = Question(
    "delete-object",
    "May files be removed?",
    "Statement `Objects` lacks `s3:DeleteObject`: `prune`, and the clearing of files that a crash left"
    " behind, cannot work. The check's own file stays behind and is named. A warning names what an"
    " earlier check left.",
)
DELETE_VERSION = Question(
    "delete-object-version",
    "May earlier versions be removed?",
    "Only a warning: a narrow policy leaves `s3:DeleteObjectVersion` out. In a bucket with versions,"
    " what is removed stays as an earlier version.",
)
CLOCK = Question(
    "clock",
    "Is this machine's clock right?",
    "It differs from the store's. Beyond 15 minutes AWS refuses every request. Set the clock, best by"
    " NTP.",
)
AWS_QUESTIONS = (
    OWN_KEYS,
    WITHOUT_ID,
    WRONG_ID,
    RIGHT_ID,
    REGION,
    LOCATION,
    LIST,
    OWNER,
    PUT,
    ENCRYPTION,
    GET,
    GET_VERSION,
    CREATE_ONLY,
    REPLACE,
    CHECKSUMS,
    COPY,
    DELETE,
    DELETE_VERSION,
    CLOCK,
)

PLACE = Question(
    "destination",
    "Is it clear where snapshots go?",
    "`to` is not set or cannot be understood, or a connection with a role has no external id yet: run"
    " `crmsnap connect aws` first.",
)
FREE_SPACE = Question(
    "free-space",
    "Is there room in the folder?",
    "The disk is nearly full. Make room, or choose another folder; the days that are there stay whole.",
)
WRITE = Question(
    "write",
    "May files be written?",
    "The folder or bucket cannot be written with the rights of the user or the keys that run crmsnap.",
)
READ = Question(
    "read",
    "May files be read?",
    "What was written cannot be read again, so that no snapshot could be proven there.",
)
LIST_FILES = Question(
    "list",
    "May files be listed?",
    "The folder or bucket cannot be listed, so that crmsnap does not see which days there are.",
)
REMOVE = Question(
    "delete",
    "May files be removed?",
    "`prune`, and the clearing of files that a crash left behind, cannot work. The check's own file"
    " stays behind and is named.",
)
DESTINATION_QUESTIONS = (FREE_SPACE, WRITE, READ, LIST_FILES, CREATE_ONLY, REPLACE, REMOVE)
