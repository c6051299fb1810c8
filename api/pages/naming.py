"""Forms ask who acts only where nobody is logged in: else it is known, and said by nobody else.

A template writes its field for it as ever, `<label>办理人 <input name="by" …></label>`; as it is
loaded, the field is put under the condition, so that no page can forget it.
"""

from __future__ import annotations

import re

from jinja2.ext import Extension

from api.security.acting import ACTORS
from api.security.shown_to import shown_to

__all__ = ["Naming", "asks_who_acts"]

_ACTOR = "|".join(ACTORS)
_FIELD = re.compile(rf'<label>[^<>]*<input name="(?:{_ACTOR})"[^>]*></label>')
_CALLED = re.compile(rf'\{{\{{ field\("(?:{_ACTOR})"[^}}]*\}}\}}')


def asks_who_acts() -> bool:
    """Whether a form has to ask: where nobody is logged in."""
    asker = shown_to()
    return asker is None or asker.is_local


class Naming(Extension):
    """Jinja extension: fields for who acts stand under that condition."""

    def __init__(self, environment: object) -> None:
        super().__init__(environment)  # type: ignore[arg-type]
        self.environment.globals |= {"asks_who_acts": asks_who_acts}

    def preprocess(  # Jinja calls it with all of them
        self,
        source: str,
        name: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        """The template with its fields for who acts under the condition."""

        def asked(found: re.Match[str]) -> str:
            return "{% if asks_who_acts() %}" + found[0] + "{% endif %}"

        return _CALLED.sub(asked, _FIELD.sub(asked, source))
