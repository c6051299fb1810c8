"""A template is put into English as it is loaded; filling it costs what it costs in Chinese.

Nothing is marked in a template: its Chinese is the key.  A message without English stays as it is,
and a test says so.
"""

from __future__ import annotations

from pathlib import PurePath

from jinja2.ext import Extension

from api.pages.english.cutting import translated
from api.pages.english.words import words_of_template

__all__ = ["Translating"]


class Translating(Extension):
    """Jinja extension: the words of templates are English."""

    #: After those that write fields: they say how a day is written.
    priority = 200

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its words in English."""
        words = words_of_template(PurePath(name or filename or "").stem)
        return translated(source, lambda message: words.get(message, message))
