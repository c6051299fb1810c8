"""The text that is put before a subject: what it must be told before it agrees (个人信息保护法
第十七条、第二十三条、第三十条; 征信业管理条例 第十四条、第十八条).

Editions are files (`texts/`), and a text that was agreed to is kept whole: what it says can be shown
after its edition was replaced.  Nobody's name or number stands in it, so that all who agreed to the
same agreed to one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from graph.information import InformationClass
from graph.operations.consent import Mode
from queries.consent.purposes import Purpose, consent_rules, is_written

__all__ = ["EDITION", "ConsentText", "consent_text"]

#: The edition that new consents are given to.
EDITION = "2026-11"
_NOBODY = "（待填写）"


@dataclass(frozen=True)
class ConsentText:
    """A text with its edition and its hash."""

    version: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text as bytes of UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def consent_text(
    *,
    institution: str,
    purpose: Purpose,
    items: Iterable[InformationClass],
    mode: Mode,
    frequency: str,
    from_on: date,
    to_on: date,
    personal: bool,
    contact: str = "",
    office_contact: str = "",
) -> ConsentText:
    """The text of one consent.

    Args:
        institution: its name.
        contact: how the institution, and `office_contact` how the keeper, is reached.
        personal: whether the separate ticks of natural persons stand in it.
    """
    asked = sorted(items)
    sensitive = [item for item in asked if item in consent_rules().sensitive.classes]
    written = [item for item in asked if is_written(item)]
    ticks = []
    if personal:
        ticks.append(
            f"□ 单独同意：由平台的管理单位把上述信息提供给{institution}（个人信息保护法 第二十三条）。"
        )
        if sensitive:
            ticks.append(
                f"□ 单独同意：处理其中的敏感个人信息（{_terms(sensitive)}）。这些信息一旦泄露，可能使人格尊严"
                "受到侵害或者人身、财产安全受到危害；只用于评估还款能力和防范风险（个人信息保护法 第二十八条至"
                "第三十条）。"
            )
    told = _edition(EDITION).format(
        institution=institution,
        purpose=purpose.term,
        items="\n".join(f"{number}. {item.term}" for number, item in enumerate(asked, 1)),
        contact=contact or _NOBODY,
        office_contact=office_contact or _NOBODY,
        from_on=_day(from_on),
        to_on=_day(to_on),
        mode=mode.term,
        frequency=frequency,
        ticks="\n".join(ticks) or "无。",
        written=f"已明确告知提供{_terms(written)}信息可能产生的不利后果，本授权为书面同意（征信业管理条例 第十四条）。"
        if personal and written
        else "",
    )
    return ConsentText(EDITION, told.rstrip() + "\n")


def _terms(items: Iterable[InformationClass]) -> str:
    return "、".join(item.term for item in items)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _edition(version: str) -> str:
    return (files(__package__) / "texts" / f"{version}.txt").read_text(encoding="utf-8")
