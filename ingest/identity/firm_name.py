"""The parts of a firm's name: region, core (字号), trade, form (企业名称登记管理规定 第六条)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from graph.names.writing import simplified
from graph.plain_yaml import read_yaml

__all__ = ["core_name", "is_full_name"]

_LEAST = 2  # what is left over is a core only with two characters or more


@cache
def _parts() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    text = (files("ingest.identity") / "firm_names.yaml").read_text(encoding="utf-8")
    stated = read_yaml(text)
    trades = sorted(stated["trades"], key=len, reverse=True)
    return (
        re.compile(f"^(?:{'|'.join(stated['region'])})"),
        re.compile(f"(?:{'|'.join(stated['form'])})$"),
        re.compile(f"(?:{'|'.join(trades)})$"),
        re.compile(f"(?:{stated['unique']})$"),
    )


@lru_cache(maxsize=1 << 17)
def core_name(name: str) -> str:
    """What is left of a firm's name without region, form and trade; the whole where nothing is.

    >>> core_name("宝鸡市凤翔区丰硕果业有限责任公司"), core_name("凤翔县丰硕苹果种植农民专业合作社")
    ('丰硕', '丰硕')
    """
    region, form, trade, _ = _parts()
    text = re.sub(r"[()\s]", "", simplified(name))
    core = _without(region, _without(form, text, once=True))
    core = _without(trade, core)
    return core if len(core) >= _LEAST else text


@lru_cache(maxsize=1 << 17)
def is_full_name(name: str) -> bool:
    """Whether a name has all its parts, as it stands in a register: region, core, trade, form.

    Within a registrar's area no two firms of a trade may have one (企业名称登记管理规定 第十七条); shops
    and other individual businesses may.

    >>> is_full_name("宝鸡市凤翔区丰硕果业有限责任公司"), is_full_name("丰硕果业"), is_full_name("便民超市")
    (True, False, False)
    """
    region, *_, unique = _parts()
    text = re.sub(r"[()\s]", "", simplified(name))
    rest = region.sub("", text, count=1)
    return rest != text and bool(unique.search(rest)) and len(core_name(name)) < len(rest)


def _without(part: re.Pattern[str], text: str, *, once: bool = False) -> str:
    """The text without the part, as often as it is found and enough is left over."""
    while len(shorter := part.sub("", text, count=1)) >= _LEAST and shorter != text:
        text = shorter
        if once:
            break
    return text
