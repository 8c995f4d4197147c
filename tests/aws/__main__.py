"""The strict AWS by hand: `python -m tests.aws` prints an endpoint, keys, a role and a bucket.

It serves until it is interrupted; everything is forgotten then.
"""

import signal
import sys
import tempfile
from pathlib import Path
from threading import Event

from tests.aws.lake import EXTERNAL_ID, PREFIX, make_lake
from tests.aws.server import aws_server


def main() -> None:
    """Serve a lake until ctrl-c."""
    # What a shell starts in the background inherits that SIGINT is ignored, and Python leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, aws_server(Path(folder) / "aws.log") as aws:
        lake = make_lake(aws)
        lines = (
            f"export AWS_ENDPOINT_URL={aws.url}",
            f"export AWS_DEFAULT_REGION={aws.region}",
            f"export AWS_ACCESS_KEY_ID={lake.keys.access_key_id}",
            f"export AWS_SECRET_ACCESS_KEY={lake.keys.secret_access_key}",
            f"# {lake.keys.arn} may assume {lake.role}",
            f"# with the external id {EXTERNAL_ID}, for s3://{lake.bucket}/{PREFIX}/",
            "# ctrl-c ends it",
        )
        try:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
            Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
