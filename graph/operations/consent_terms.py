"""What is agreed to with a consent, by which way, and what became of it: values, kept by `consent`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from graph import time
from graph.termed import Termed
from graph.time import day_of

__all__ = [
    "BEGUN",
    "CONFIRMED",
    "Channel",
    "Consent",
    "ConsentAct",
    "ConsentTerms",
    "Ending",
    "Mode",
]


#: Acts that do not end a consent: a second person looked at its paper; its one use began.
CONFIRMED, BEGUN = "confirmed", "begun"


class Mode(Termed):
    """How often a consent may be used."""

    ONCE = "once", "一次使用"
    CONTINUOUS = "continuous", "有效期内持续使用"


class Channel(Termed):
    """By which way it was given: at a window to an officer, by the subject online, or on paper that
    somebody brought later."""

    WINDOW = "window", "窗口办理"
    ONLINE = "online", "线上办理"
    PAPER = "paper", "纸质补录"


class Ending(Termed):
    """How a consent ended before its last day."""

    REVOKED = "revoked", "已撤回"
    REPLACED = "replaced", "已由新授权替代"
    USED = "used", "已使用"


@dataclass(frozen=True)
class ConsentTerms:
    """What is agreed to.

    Attributes:
        subject: key of the party whose information it is.
        institution: key of the institution that may see it.
        purpose: code of the purpose (`queries.consent`).
        items: codes of the classes of information, sorted.
        frequency: how often it is looked at, in words, as the text says it.
        from_on, to_on: first and last day, in China.
        text_version, text_sha256: of the text that was put before the subject; it is kept.
        evidence_sha256: of the scan; None where there is no paper.
        sensitive_tick: ticked apart for sensitive information (个人信息保护法 第二十九条).
        onward_tick: ticked apart that who holds it provides it to the institution (第二十三条).
        guardian: who agreed for somebody under 14 (第三十一条).
    """

    subject: str
    institution: str
    purpose: str
    items: tuple[str, ...]
    mode: Mode
    frequency: str
    from_on: date
    to_on: date
    text_version: str
    text_sha256: str
    channel: Channel
    evidence_sha256: str | None = None
    sensitive_tick: bool = False
    onward_tick: bool = False
    guardian: str | None = None


@dataclass(frozen=True)
class ConsentAct:
    """What was done with a consent: `confirmed`, `begun`, or a member of `Ending`; how, why, by whom."""

    act: str
    how: str
    reason: str
    by: str
    at: time.Instant


@dataclass(frozen=True)
class Consent:
    """A consent and everything that was done with it, the oldest first."""

    number: int
    terms: ConsentTerms
    replaces: int | None
    registered_by: str
    registered_at: time.Instant
    acts: tuple[ConsentAct, ...] = ()

    def ending(self, at: datetime) -> ConsentAct | None:
        """What ended it by an instant, whatever its days say; None where nothing did."""
        ends = (act for act in self.acts if act.act not in (CONFIRMED, BEGUN) and act.at <= at)
        return next(ends, None) or self._used(at)

    def first_use(self) -> ConsentAct | None:
        """When the use of one that is for once began; None where it did not."""
        return next((act for act in self.acts if act.act == BEGUN), None)

    def _used(self, at: datetime) -> ConsentAct | None:
        """One use is one day's: at its end what is for once is used up, and nobody need say so."""
        begun = self.first_use()
        if begun is None or day_of(begun.at) >= day_of(at):
            return None
        return replace(begun, act=Ending.USED.value)

    def is_confirmed(self, at: datetime) -> bool:
        """Whether it stands by an instant: a paper brought later needs a second person."""
        return self.terms.channel != Channel.PAPER or any(
            act.act == CONFIRMED and act.at <= at for act in self.acts
        )
