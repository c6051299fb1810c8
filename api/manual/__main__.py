"""Write the generated pages: `python -m api.manual FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from api.manual import write

__all__: list[str] = []

for path in write(Path(sys.argv[1])):
    print(path)
