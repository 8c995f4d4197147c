"""What was asked and how it was answered, per family: what tests and benchmarks judge a reader by."""

from collections import defaultdict


class Stats:
    """Counts of answered requests by family and status; control requests are never counted."""

    def __init__(self) -> None:
        self._requests: defaultdict[str, defaultdict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )

    def count(self, family: str, status: int) -> None:
        """Count one request; status 0 is a request that never got an answer."""
        self._requests[family][str(status)] += 1

    def reset(self) -> None:
        """Start again from nothing."""
        self._requests.clear()

    def as_dict(self) -> dict[str, dict[str, dict[str, int]]]:
        """`{"requests": {"objects": {"200": 17, "429": 1}}}`, names and statuses in order."""
        return {
            "requests": {
                family: dict(sorted(statuses.items()))
                for family, statuses in sorted(self._requests.items())
            }
        }
