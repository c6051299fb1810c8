"""Every setting, from the settings' own declarations."""

from __future__ import annotations

from pydantic_core import PydanticUndefined

from api.manual import table
from graph.settings import Settings

__all__ = ["TITLE", "render"]

TITLE = "设置 / Settings"


def render() -> str:
    """Variables of the environment with meaning and default."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            shown = "见含义 / as said"  # made from the home folder of whoever runs it
        else:
            shown = "—" if default is None else f"`{default}`"
        rows.append((f"`XINNONG_{name.upper()}`", field.description, shown))
    return table(["变量", "含义", "默认"], rows)
