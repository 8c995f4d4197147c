"""From settings to the parts of a run: the only place that knows every class."""

from crmsnap.bootstrap.aws_target import aws_target
from crmsnap.bootstrap.checking import check_aws, check_subject
from crmsnap.bootstrap.clock import RunClock, stoppable, utc_now
from crmsnap.bootstrap.connections import Known, known_connections, registry_url
from crmsnap.bootstrap.destination import destination_of, jitter
from crmsnap.bootstrap.erasing import erase_from_state, held_in_state, left_of, open_erasing
from crmsnap.bootstrap.executor import INLINE_ROWS, InlineExecutor, open_executor
from crmsnap.bootstrap.pruning import (
    begun_prunes,
    last_destination,
    no_later_than,
    open_pruning,
    our_days,
)
from crmsnap.bootstrap.tokens import (
    forget_secrets,
    keep_token,
    kept_secrets,
    rotate_secrets,
    token_of,
)
from crmsnap.bootstrap.tools import (
    new_run_id,
    open_client,
    open_tools,
    request_of,
    selection_of,
)
from crmsnap.bootstrap.upkeep import held_state

__all__ = [
    "INLINE_ROWS",
    "InlineExecutor",
    "Known",
    "RunClock",
    "aws_target",
    "begun_prunes",
    "check_aws",
    "check_subject",
    "destination_of",
    "erase_from_state",
    "forget_secrets",
    "held_in_state",
    "held_state",
    "jitter",
    "keep_token",
    "kept_secrets",
    "known_connections",
    "last_destination",
    "left_of",
    "new_run_id",
    "no_later_than",
    "open_client",
    "open_erasing",
    "open_executor",
    "open_pruning",
    "open_tools",
    "our_days",
    "registry_url",
    "request_of",
    "rotate_secrets",
    "selection_of",
    "stoppable",
    "token_of",
    "utc_now",
]
