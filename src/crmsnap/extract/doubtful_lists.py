"""Lists of which more members are known than HubSpot counts: read whole, where no record is known to have gone.

Members are read beside the records. Who was deleted for privacy is missed only when HubSpot's counts of
records are compared with ours, behind that; then it explains who has left which list.
"""

from crmsnap.extract.read import Reading, read_tasks
from crmsnap.streams.memberships import open_task
from crmsnap.streams.stream import Scope


def read_doubtful_lists(scope: Scope, reading: Reading) -> None:
    """Read the lists whose members are still in doubt; to be done behind `reconcile`."""
    task = open_task(scope)
    if task is not None:
        read_tasks([task], reading, again=True)
