"""What somebody may type who wants it to be run, and how a page looks in which it was.

Each text is one of a kind: a query, a script, a template, a formula, a path, a line of a log, a header,
or characters that show themselves as others.  A page is read as a browser reads it: what counts is not
that a text stands in it, but that it stands there as text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO

__all__ = ["CANARY", "EVALUATED", "KINDS", "Form", "forms_of", "formulas_of", "run_in"]

#: Names the handlers, elements and headers of ours: nothing else is called so.
CANARY = "zqx"
#: What two numbers come to where a template or a formula was evaluated.
EVALUATED = str(7919 * 7907)
KINDS = {
    "cypher": "zq' OR 1=1}) DETACH DELETE n // ` \" WITH 1 AS x MATCH (n) DETACH DELETE n RETURN 1 //",
    "sql": "zq'; DROP TABLE users; DELETE FROM audit_entries WHERE ''='",
    "html": f"\"'></textarea></title><script>{CANARY}()</script><img src=x onerror={CANARY}()>",
    "attribute": f"\" onmouseover=\"{CANARY}()\" x=\"' onfocus='{CANARY}()",
    "address": f"javascript:{CANARY}()",
    "template": "{{7919*7907}}{% print(7919*7907) %}${7919*7907}#{7919*7907}<%= 7919*7907 %>",
    "format": "{0.__class__.__init__.__globals__}%(x)s%n%s$(id)`id`",
    "formula": "=7919*7907+cmd|' /C calc'!A0",
    "formula at": "@SUM(7919*7907)",
    "path": "../../../../../../etc/passwd",
    "path of another system": "..\\..\\..\\windows\\win.ini",
    "path in percents": "%2e%2e%2f%2e%2e%2fetc%2fpasswd%00.csv",
    "log": f"zq\r\n{{\"event\":\"{CANARY}\",\"level\":\"critical\"}}\n{CANARY} critical",
    "terminal": f"zq\x1b]0;{CANARY}\x07\x1b[31m\x9b31m",
    "header": f"zq\r\nX-{CANARY}: 1\r\n\r\n<script>{CANARY}()</script>",
    "reversed": "\u202e\u2066gpj.exe\u2069\u202c",
    "nothing": "a\x00b",
    "alike": "\u0430dmin\u200b\ufeff\u2060",
    "joined": "z" + "\u0300" * 300,
}  # fmt: skip

_RUNS = re.compile(r"^\s*(javascript|vbscript|data)\s*:", re.IGNORECASE)
_LEADS = ("href", "src", "action", "formaction", "data", "xlink:href")


@dataclass
class Form:
    """A form as a browser would send it.

    Attributes:
        fields: name -> what stands there.  typed: names that take text, hidden ones as well.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    has_file: bool = False


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, told: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in told}
        if tag == CANARY or (tag == "script" and "src" not in attributes):
            self.ran.append(f"<{tag}>")
        self.ran += [
            f"{tag} {name}={value}"
            for name, value in attributes.items()
            if name.startswith("on") or (name in _LEADS and _RUNS.match(value))
            or (tag == "img" and value == "x") or (name == "style" and CANARY in value)
        ]  # fmt: skip
        if tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None and "name" in attributes:
            self._field(tag, attributes)
        chosen = self._select and self._form and self._form.fields
        if tag == "option" and chosen and ("selected" in attributes or not chosen[self._select]):
            chosen[self._select] = attributes.get("value", "")

    def _field(self, tag: str, told: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = told["name"], told.get("type", "text")
        if tag == "select":
            self._select = name
            self._form.fields[name] = ""
        elif tag == "textarea" or (
            tag == "input" and kind in ("text", "search", "password", "hidden")
        ):
            self._form.fields[name] = told.get("value", "")
            self._form.typed.append(name)
        elif tag == "input" and kind == "file":
            self._form.has_file = True
        elif tag == "input" and kind in ("checkbox", "radio"):
            self._form.fields.setdefault(name, told.get("value", "on"))
        elif tag == "input":
            whole = {"date": "2026-01-01", "number": "1", "month": "2026-01", "time": "08:00"}
            self._form.fields[name] = told.get("value") or whole.get(kind, "1")
        elif tag == "button" and told.get("value"):
            self._form.fields.setdefault(name, told["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


def _read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    return page


def run_in(text: str) -> list[str]:
    """What a browser would run of a page, that no page of ours brings; nothing, in a sound one."""
    return _read(text).ran


def forms_of(text: str) -> list[Form]:
    """Every form of a page."""
    return _read(text).forms


def formulas_of(workbook: bytes) -> Iterator[str]:
    """Every formula of a workbook; what is text is none, whatever it begins with."""
    with zipfile.ZipFile(BytesIO(workbook)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/"):
                yield from re.findall(r"<f>(.*?)</f>", parts.read(name).decode("utf-8"))
