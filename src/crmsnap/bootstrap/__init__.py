"""From settings to the parts of a run: the only place that knows every class."""

from crmsnap.bootstrap.checking import aws_target, check_aws
from crmsnap.bootstrap.clock import RunClock, stoppable
from crmsnap.bootstrap.connections import Known, known_connections, registry_url
from crmsnap.bootstrap.destination import destination_of, jitter
from crmsnap.bootstrap.executor import INLINE_ROWS, InlineExecutor, open_executor
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

__all__ = [
    "INLINE_ROWS",
    "InlineExecutor",
    "Known",
    "RunClock",
    "aws_target",
    "check_aws",
    "destination_of",
    "forget_secrets",
    "jitter",
    "keep_token",
    "kept_secrets",
    "known_connections",
    "new_run_id",
    "open_client",
    "open_executor",
    "open_tools",
    "registry_url",
    "request_of",
    "rotate_secrets",
    "selection_of",
    "stoppable",
    "token_of",
]
