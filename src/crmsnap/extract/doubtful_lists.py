"""Lists whose members are in doubt when everything else was read: they are read whole.

Members are read beside the records. Who was deleted for privacy is missed only when HubSpot's counts of
records are compared with ours, behind that, and goes from every list (`left_behind.py`). Where that does not leave
as many members as HubSpot counts, others have left or come that the list's marks did not tell of.
"""

from crmsnap.extract.read import Reading, read_tasks
from crmsnap.streams.memberships import late_task
from crmsnap.streams.stream import Scope


def read_doubtful_lists(scope: Scope, reading: Reading) -> None:
    """Read the lists whose members are still in doubt; to be done behind `clear_left_behind`."""
    task = late_task(scope)
    if task is not None:
        read_tasks([task], reading, again=True)
