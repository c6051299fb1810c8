"""`python -m api`: the `xinnong` command where no script of that name is installed."""

from __future__ import annotations

from api.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
