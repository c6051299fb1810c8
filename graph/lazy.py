"""A package whose public names are looked up when they are used.

A question over the command line must not wait for pandas because it may be asked of the package
that also reads spreadsheets.  The package names its public names once, for readers and type
checkers, under `TYPE_CHECKING`; where each lives is read from there.  A name that a module of the
package has as well is imported as ever: looked up later it would be that module.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["attribute_of", "homes"]


def attribute_of(package: str, file: str) -> Callable[[str], Any]:
    """The `__getattr__` (PEP 562) of a package: imports a name's module when it is asked for."""
    found: dict[str, tuple[str, str]] = {}

    def attribute(name: str) -> Any:
        if not found:
            found.update(homes(file))
        if name not in found:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, own = found[name]
        value = getattr(import_module(module), own)
        setattr(import_module(package), name, value)
        return value

    return attribute


def homes(file: str) -> dict[str, tuple[str, str]]:
    """By public name, the module that it is imported from under `if TYPE_CHECKING:`, and its name there."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    blocks = [item for item in tree.body if isinstance(item, ast.If)]
    return {
        alias.asname or alias.name: (item.module, alias.name)
        for block in blocks
        for item in block.body
        if isinstance(item, ast.ImportFrom) and item.module
        for alias in item.names
    }
