"""The order of a deletion: of whom, of what, by which right, by which two persons.

It lies in the data folder while it is carried out: whoever is killed in the middle leaves it, and the
next one finishes it first.  It goes with the last step, since it says what nobody may keep.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.information import InformationClass
from graph.operations.responsible import responsible
from graph.plain_yaml import read_yaml
from graph.private import write_private
from graph.secrets import load_secrets
from graph.settings import Settings

__all__ = ["BY_CONSENT", "Ground", "Order", "digests", "grounds", "order_of"]

_FILE = "erasing.json"
_LONGEST = 200

#: What is kept for a person by consent or contract: what a law has published, or a register keeps, is
#: deleted by its own rules.
BY_CONSENT = frozenset(item for item in InformationClass if not item.is_public)


class Ground(BaseModel, frozen=True):
    """A legal ground: its Chinese term and the clause."""

    term: str
    clause: str


@cache
def grounds() -> dict[str, Ground]:
    """The grounds by code."""
    told = read_yaml(Path(__file__).with_name("grounds.yaml").read_text(encoding="utf-8"))
    return {code: Ground(**stated) for code, stated in told.items()}


@dataclass(frozen=True)
class Order:
    """One order.

    Attributes:
        keys: every key of the party.  things: keys of what it owned alone.
        classes: codes of the classes of information that go.
        values: texts that stand in what goes and nowhere else.
        records: keys of records that go wholly, whoever they are about; then there is no party.
    """

    keys: tuple[str, ...]
    things: tuple[str, ...]
    classes: tuple[str, ...]
    values: tuple[str, ...]
    ground: str
    reason: str
    by: str
    second: str
    records: tuple[str, ...] = ()

    def note(self, settings: Settings) -> None:
        """Have it lie in the data folder, on the disk."""
        stated = json.dumps(asdict(self), ensure_ascii=False)
        write_private(settings.data / _FILE, stated.encode())

    @staticmethod
    def noted(settings: Settings) -> Order | None:
        """The one that was begun and not finished."""
        path = settings.data / _FILE
        if not path.exists():
            return None
        stated: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        told: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in stated.items()
        }
        return Order(**told)

    @staticmethod
    def done(settings: Settings) -> None:
        """Everything is carried out."""
        (settings.data / _FILE).unlink(missing_ok=True)


def order_of(ground: str, reason: str, by: str, second: str) -> tuple[str, str, str, str]:
    """Ground, reason and the two persons, checked.

    Raises `InputError`: `ground_unknown`, `reason_missing`, `user_missing`, `two_persons`.
    """
    if ground not in grounds():
        raise InputError(
            f"没有这种法定理由。可用的有：{'、'.join(f'{c}（{g.term}）' for c, g in grounds().items())}。",
            f"No such ground: one of {', '.join(grounds())}.",
            code="ground_unknown",
        )
    why = redacted(reason.strip())[:_LONGEST]
    if not why:
        raise InputError(
            "请写明情况和文号。", "Say why, and by which paper.", code="reason_missing"
        )
    who, other = responsible(by, "删除"), responsible(second, "删除")
    if who == other:
        raise InputError(
            "依法删除须两人办理：请由另一人复核。",
            "A deletion takes two persons: let another one confirm it.",
            code="two_persons",
        )
    return ground, why, who, other


def digests(settings: Settings, values: Iterable[str]) -> tuple[str, ...]:
    """Keyed hashes of texts (HMAC-SHA-256 under the identity key): 64 hexadecimal digits each."""
    key = load_secrets(settings.secrets_file).identity_key.encode()
    return tuple(hmac.digest(key, f"erased\0{value}".encode(), "sha256").hex() for value in values)
