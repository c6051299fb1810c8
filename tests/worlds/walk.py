"""A walk over the pages: from home along the links, to a few of each shape."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterator

from httpx import Response
from starlette.testclient import TestClient

__all__ = ["shape", "walk"]

#: Whose last part is a name of a file or a way, and not of a page.
_NAMED = re.compile(r"(/templates|/corrections|/docs/ways)/.+")


def shape(path: str) -> str:
    """A path with what names a thing left out: pages of one shape come from one template."""
    path = _NAMED.sub(r"\1/…", path.split("?")[0].split("#")[0])
    return "/".join(
        "…" if re.search(r"[\d%:]", part) and not re.fullmatch(r"v\d", part) else part
        for part in path.split("/")
    )


def walk(
    browser: TestClient, *, most: int, seen: Counter[str] | None = None
) -> Iterator[tuple[str, Response]]:
    """Each page with what came, as often as `most` for one shape.

    Args:
        seen: counts what was come by, by shape.
    """
    seen = Counter() if seen is None else seen
    known, ahead = {"/"}, deque(["/"])
    while ahead:
        path = ahead.popleft()
        answer = browser.get(path)
        yield path, answer
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        for link in re.findall(r'<a\b[^>]*\bhref="(/[^"#]*)', answer.text):
            onward = html.unescape(link)
            if onward not in known and seen[shape(onward)] < most:
                seen[shape(onward)] += 1
                known.add(onward)
                ahead.append(onward)
