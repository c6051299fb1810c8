"""Write the client for Python into a file: `python -m api.write_client FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from api.app import create_app
from api.python_client import client_source
from graph.settings import Settings

__all__: list[str] = []

if __name__ == "__main__":
    described = create_app(Settings(data=Path("nowhere"))).openapi()
    Path(sys.argv[1]).write_text(client_source(described), encoding="utf-8")
    print(sys.argv[1])
