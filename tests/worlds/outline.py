"""A page as a browser and a screen reader meet it: what is wrong with its HTML, and what it says."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
_SVG_LEAVES = frozenset({"line", "polyline", "circle", "rect", "path"})


class Outline(HTMLParser):
    """Reads one page.

    Attributes:
        wrong: what is not well-formed or cannot be reached: tags that do not close in their order,
            ids used twice, fields without a label, cells of a heading without a scope, headings
            that skip a level.
        links, texts, headings: of the page, in order.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._labelled: set[str] = set()
        self._fields: list[str] = []
        if not html.startswith("<!doctype html>"):
            self.wrong.append("no doctype")
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self._open]
        self.wrong += [
            f"no label for {name}" for name in self._fields if name not in self._labelled
        ]
        self.wrong += [f"a link to nowhere: {link}" for link in self.links
                       if link.startswith("#") and link[1:] not in self._ids]  # fmt: skip
        levels = [level for level, _ in self.headings]
        if levels.count(1) != 1 or levels[0] != 1:
            self.wrong.append(f"headings {levels}")
        self.wrong += [f"heading {b} after {a}" for a, b in itertools.pairwise(levels)
                       if b > a + 1]  # fmt: skip

    @property
    def text(self) -> str:
        """Everything that is read, in one line."""
        return " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if (name := told.get("id")) is not None:
            if name in self._ids:
                self.wrong.append(f"id {name} twice")
            self._ids.add(name)
        if tag == "a" and told.get("href"):
            self.links.append(str(told["href"]))
        if tag == "label" and told.get("for"):
            self._labelled.add(str(told["for"]))
        visible = told.get("type") != "hidden"
        if tag in ("input", "select", "textarea") and visible and "label" not in self._open:
            self._fields.append(told.get("id") or f"{tag} {told.get('name')}")
        if tag == "th" and "scope" not in told:
            self.wrong.append("a heading cell without scope")
        if tag == "td" and "th" in self._open:
            self.wrong.append("td inside th")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(tag[1]), ""))
        if tag not in _VOID | _SVG_LEAVES:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self._open[-1:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            return
        self.texts.append(data)
        if self.headings and self._open[-1:] and self._open[-1] in ("h1", "h2", "h3", "h4"):
            level, said = self.headings[-1]
            self.headings[-1] = (level, said + data)
