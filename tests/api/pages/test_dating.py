"""A field of days is of one form, whatever language a browser speaks."""

from __future__ import annotations

import re
from pathlib import Path

import api.pages
from api.pages.dating import DAY_FIELD, Dating
from api.pages.rendering import environment

TEMPLATES = Path(api.pages.__file__).parent / "templates"


def test_a_field_of_days_says_how_they_are_written() -> None:
    made = environment("zh").from_string('<input name="on" type="date" max="{{ day }}" required>')
    assert made.render(day="2026-11-29") == f'<input name="on" {DAY_FIELD} required>'
    pattern = re.search(r'pattern="([^"]+)"', DAY_FIELD)
    assert pattern is not None
    assert re.fullmatch(pattern[1], "2026-05-04")
    assert not re.fullmatch(pattern[1], "05/04/2026")


def test_no_page_leaves_a_day_to_the_language_of_a_browser() -> None:
    filling = environment("zh")
    assert Dating.identifier in filling.extensions
    for path in TEMPLATES.glob("*.html"):
        loaded = filling.preprocess(path.read_text(encoding="utf-8"))
        assert 'type="date"' not in loaded and "type='date'" not in loaded, path.name
        for field in re.findall(r"<input[^>]*placeholder=\"2026-01-31\"[^>]*>", loaded):
            bare = re.sub(r"{%.*?%}", "", field)
            assert bare.count("maxlength=") == 1 or "{%" in field, (path.name, field)
