"""The parts of a firm's name: region, core (字号), trade, form (企业名称登记管理规定 第六条)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from graph.names.writing import simplified

__all__ = ["core_name"]

_LEAST = 2  # what is left over is a core only with two characters or more


@cache
def _parts() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    text = (files("ingest.identity") / "firm_names.yaml").read_text(encoding="utf-8")
    stated = yaml.safe_load(text)
    trades = sorted(stated["trades"], key=len, reverse=True)
    return (
        re.compile(f"^(?:{'|'.join(stated['region'])})"),
        re.compile(f"(?:{'|'.join(stated['form'])})$"),
        re.compile(f"(?:{'|'.join(trades)})$"),
    )


@lru_cache(maxsize=1 << 17)
def core_name(name: str) -> str:
    """What is left of a firm's name without region, form and trade; the whole where nothing is.

    >>> core_name("宝鸡市凤翔区丰硕果业有限责任公司"), core_name("凤翔县丰硕苹果种植农民专业合作社")
    ('丰硕', '丰硕')
    """
    region, form, trade = _parts()
    text = re.sub(r"[()\s]", "", simplified(name))
    core = _without(region, _without(form, text, once=True))
    core = _without(trade, core)
    return core if len(core) >= _LEAST else text


def _without(part: re.Pattern[str], text: str, *, once: bool = False) -> str:
    """The text without the part, as often as it is found and enough is left over."""
    while len(shorter := part.sub("", text, count=1)) >= _LEAST and shorter != text:
        text = shorter
        if once:
            break
    return text
