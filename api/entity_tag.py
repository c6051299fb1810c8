"""Entity tags (RFC 9110, 8.8.3): names of what an answer says, and which of them a request names."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from pydantic import TypeAdapter

__all__ = ["LONGEST", "as_told", "names", "tag_of"]

#: Characters of a header with tags that is read.
LONGEST = 2_000
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ANY: TypeAdapter[Any] = TypeAdapter(Any)
#: Writers of things that are acted on, of which there are few kinds.
_KINDS: dict[type[Any], TypeAdapter[Any]] = {}


def tag_of(*parts: Any) -> str:
    """The tag of whatever these are, quoted; equal parts have equal tags."""
    return f'"{hashlib.sha256(_ANY.dump_json(parts)).hexdigest()[:32]}"'


def as_told(thing: Any) -> str:
    """A thing as it is answered, in JSON."""
    kind = type(thing)
    if kind not in _KINDS:
        _KINDS[kind] = TypeAdapter(kind)
    return _KINDS[kind].dump_json(thing).decode()


def names(header: str, tag: str, *, weakly: bool = False) -> bool:
    """Whether a header (`If-Match`, `If-None-Match`) names a tag, or says `*`.

    Args:
        weakly: whether a weak tag of the same text counts too, as where nothing is changed
            (RFC 9110, 8.8.3.2).
    """
    if header.strip() == "*":
        return True
    told = tag.strip('"')
    return any(
        found[2] == told and (weakly or not found[1]) for found in _TAG.finditer(header[:LONGEST])
    )
