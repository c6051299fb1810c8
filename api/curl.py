"""A way of the interface as a line that can be pasted into a terminal (curl)."""

from __future__ import annotations

import json
import re
from typing import Any

from api.examples import example_of

__all__ = ["curl_of"]

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
#: Where it is asked, and with what: variables of the shell, set once.
_ADDRESS, _TOKEN, _PROOF = "$ADDRESS", "Authorization: Bearer $TOKEN", "$CLIENT:$SECRET"
#: Parameters that are shown though nobody has to send them.
_SHOWN = ("limit",)


def curl_of(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    """One way, with an example of everything that it needs.

    The token stands in `$TOKEN`, the address in `$ADDRESS`; of the token itself `$CLIENT:$SECRET`.
    """
    query = []
    for each in operation.get("parameters", ()):
        value = example_of(each["schema"], schemas)
        if each["in"] == "path":
            path = path.replace("{" + each["name"] + "}", _in_address(value))
        elif each["in"] == "query" and (each.get("required") or each["name"] in _SHOWN):
            query.append(f"{each['name']}={_in_address(value)}")
    address = path + (f"?{'&'.join(query)}" if query else "")
    parts = ["curl -s"]
    security = operation.get("security", [])
    if any("client_secret" in one for one in security):
        parts.append(f'-u "{_PROOF}"')
    elif security:
        parts.append(f'-H "{_TOKEN}"')
    if method.upper() not in ("GET", "POST"):
        parts.append(f"-X {method.upper()}")
    parts += _body(operation.get("requestBody", {}).get("content", {}), schemas, method)
    return " ".join([*parts, f'"{_ADDRESS}{address}"'])


def _body(content: dict[str, Any], schemas: dict[str, Any], method: str) -> list[str]:
    if _JSON in content:
        told = json.dumps(example_of(content[_JSON]["schema"], schemas), ensure_ascii=False)
        return [f'-H "Content-Type: {_JSON}"', f"-d {_quoted(told)}"]
    if content:
        media, told = next(iter(content.items()))
        shape = told["schema"]
        shape = schemas.get(str(shape.get("$ref", "")).rpartition("/")[2], shape)
        option = "-d" if media == _FORM else "-F"
        return [
            f"{option} {_quoted(f'{name}={example_of(part, schemas)}')}"
            for name, part in shape.get("properties", {}).items()
            if name in shape.get("required", ())
        ]
    return ["-X POST"] if method.upper() == "POST" else []


def _quoted(text: str) -> str:
    """One word of the shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _in_address(value: Any) -> str:
    return re.sub(r"[^\w.:\-]", "", str(value), flags=re.ASCII) or "x"
