"""How a name is written: one form for what differs only in script, width and spacing."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from opencc import OpenCC

from graph.names.sound import variants
from graph.plain_yaml import read_yaml

__all__ = ["MIDDLE_DOTS", "common_writing", "plain", "simplified"]

#: What stands between the parts of a name from Xinjiang: GB/T 15834 wants U+00B7, keyboards and
#: registers give any of these (U+FF65 and U+0387 are led here by NFKC).
MIDDLE_DOTS = "\u00b7\u2022\u30fb\u2027\u2219\u22c5\u16eb\u25cf."


@lru_cache(maxsize=1 << 18)
def plain(name: str) -> str:
    """Half-width, without spaces and the dots of a name; the script is left as it is."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in text if not each.isspace() and each not in MIDDLE_DOTS)


@lru_cache(maxsize=1 << 18)
def simplified(name: str) -> str:
    """`plain`, in simplified characters (張國華 -> 张国华), variants (`characters.yaml`) with them."""
    text = plain(name)
    if text.isascii():
        return text
    return str(_converter().convert(text)).translate(_variant_characters())


@lru_cache(maxsize=1 << 18)
def common_writing(name: str) -> str:
    """`simplified`, with a surname that is written two ways (付, 傅) in one of them."""
    text = simplified(name)
    return variants().get(text[:1], text[:1]) + text[1:]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _variant_characters() -> dict[int, str]:
    text = (files("graph.names") / "characters.yaml").read_text(encoding="utf-8")
    return {ord(told[0]): told[1] for told in read_yaml(text)["variants"].split()}
