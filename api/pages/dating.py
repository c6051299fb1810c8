"""Days in forms are written as we write them everywhere, whatever language a browser speaks.

A browser shows a field of days in the order of its own language (`mm/dd/yyyy` on an English one), and
an officer reads the fourth of May for the fifth of April.  A template writes `type="date"` as ever; as
it is loaded that becomes a field of text in ISO form, with an example in it, a pattern that the browser
holds without script, and digits on a phone's keyboard.
"""

from __future__ import annotations

import re
from typing import Final

from jinja2.ext import Extension

__all__ = ["DAY_FIELD", "Dating"]

_DAYS = re.compile(r'type="date"(?: max="[^"]*")?')
#: What stands in the place of `type="date"`.
DAY_FIELD: Final = (
    'inputmode="numeric" pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}" placeholder="2026-01-31" '
    'title="年-月-日，如 2026-01-31" maxlength="10" size="11"'
)


class Dating(Extension):
    """Jinja extension: fields of days are of one form."""

    def preprocess(  # Jinja calls it with all of them
        self,
        source: str,
        name: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        """The template with its fields of days as fields of text."""
        return _DAYS.sub(lambda _: DAY_FIELD, source)
