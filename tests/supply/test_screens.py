"""Pictures of pages that look otherwise than before are shown first, beside what they were."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import screens
from screens import WIDTHS, Screen


def test_what_looks_otherwise_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "ROOT", tmp_path / "screens")
    monkeypatch.setattr(screens, "BEFORE", tmp_path / "screens.before")
    same, new, other = (
        Screen(f"/{name}", f"/{name}", name) for name in ("same", "new<er>", "other")
    )
    for screen, now, before in ((same, b"1", b"1"), (new, b"1", b""), (other, b"2", b"1")):
        for width in WIDTHS:
            for folder, told in ((screens.ROOT, now), (screens.BEFORE, before)):
                picture = screen.picture(folder, width)
                picture.parent.mkdir(parents=True, exist_ok=True)
                if told:
                    picture.write_bytes(told)
    assert [one.looks_otherwise for one in (same, new, other)] == [False, False, True]
    page = screens.index([same, new, other])
    assert re.findall("<h2>(.+?)</h2>", page) == ["/other", "/same", "/new&lt;er&gt;"]
    shown = re.findall('src="(.+?)"', page)
    assert shown[:4] == [
        "../screens.before/1366/other.png", "../screens.before/390/other.png",
        "../screens/1366/other.png", "../screens/390/other.png",
    ] and len(shown) == 8  # fmt: skip
