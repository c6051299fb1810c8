"""What axe says against a page as a browser shows it (WCAG 2.1 A and AA, and its best practices)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from chromium import Chromium

__all__ = ["barriers"]

#: A rule, and each place of the page that breaks it.
_ASK = """
axe.run(document, {resultTypes: ["violations"]}).then(told => told.violations.map(one =>
  `${one.id} (${one.impact}): ` + one.nodes.map(node => node.html.slice(0, 160)
    + " " + node.any.concat(node.all, node.none).map(why => why.message).join("; ")).slice(0, 4)
    .join(" | ")))
"""


@cache
def _axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


def barriers(browser: Chromium) -> list[str]:
    """One line for each rule that the open page breaks, with where."""
    browser.tell(f"{_axe()}; true")
    return list(browser.awaited(_ASK))
