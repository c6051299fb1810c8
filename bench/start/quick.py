"""What whoever changes something waits for: the tests that need no engine.

python -m bench.start.quick
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["main"]

_CHECKOUT = Path(__file__).parents[2]


def main() -> None:
    """Run them as `make quick` does, and print; exit 1 where one fails."""
    begun = time.perf_counter()
    done = subprocess.run(
        ["make", "quick"],  # noqa: S607
        cwd=_CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    counted = re.search(r"^=*\s*(\d+ (?:passed|failed).*?)\s*(?:in|=|$)", done.stdout, re.MULTILINE)
    print(f"{os.cpu_count()} processors: {counted[1] if counted else 'no test ran'}")
    print(f"make quick {time.perf_counter() - begun:.0f} s")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
