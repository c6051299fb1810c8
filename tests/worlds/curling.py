"""Lines of curl as they are shown, sent to an application: what curl would send of them is sent."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import parse_qsl

from starlette.testclient import TestClient

__all__ = ["sent"]


def sent(client: TestClient, line: str, **variables: str) -> Any:
    """The answer to a line of curl: what curl would send of it is sent."""
    for name, value in {"ADDRESS": "", **variables}.items():
        line = line.replace(f"${name}", value)
    words = shlex.split(line)
    assert words[:2] == ["curl", "-s"], line
    method, headers, data, files, proof, address = "", {}, [], {}, None, ""
    given = iter(words[2:])
    for word in given:
        if word == "-H":
            name, _, value = next(given).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(given)
        elif word == "-d":
            data.append(next(given))
        elif word == "-F":
            name, _, value = next(given).partition("=")
            files[name] = (None, value)
        elif word == "-u":
            proof = tuple(next(given).split(":", 1))
        elif word in ("-o", "-w"):
            next(given)
        else:
            assert not address, (line, word)
            address = word
    asked: dict[str, Any] = {"headers": headers}
    if proof is not None:
        asked["auth"] = proof
    if files:
        asked["files"] = files
    elif headers.get("Content-Type") == "application/json":
        asked["content"] = data[0].encode()
    elif data:
        asked["data"] = dict(parse_qsl("&".join(data)))
    return client.request(method or ("POST" if data or files else "GET"), address, **asked)
