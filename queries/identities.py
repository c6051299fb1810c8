"""How identities are shown in answers: as recorded, shortened, or not at all.

Certificates and telephones are recorded masked in part (`graph.identifiers.redaction`), and nothing
here makes more of them: a role that need not know them is shown less.  The address of a firm is
published with it and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["EVERYTHING", "Level", "Shows"]

Level = Literal["full", "masked", "hidden"]

#: Columns and properties by what they tell of a person.
CERTIFICATES = frozenset({"resident_id_masked", "masked", "masked_id"})
TELEPHONES = frozenset({"phone_masked", "phone"})
ADDRESSES = frozenset({"address"})
#: How much of one is left: the place of a certificate, the kind of a telephone, the county.
_KEPT = {"certificate": 6, "telephone": 3, "address": 6}
_FIRM = "org:"


@dataclass(frozen=True)
class Shows:
    """What a role is shown of certificates, telephones and addresses."""

    certificate: Level = "full"
    telephone: Level = "full"
    address: Level = "full"

    def of(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of an answer as it is shown."""
        if self == EVERYTHING:
            return row
        firm = any(str(row.get(name) or "").startswith(_FIRM) for name in ("key", "party"))
        return {name: self._cell(row, name, value, firm) for name, value in row.items()}

    def _cell(self, row: dict[str, Any], name: str, value: Any, firm: bool) -> Any:
        if isinstance(value, dict):
            return {inner: self._cell(value, inner, each, firm) for inner, each in value.items()}
        if isinstance(value, list):
            return [
                self.of(each) if isinstance(each, dict) else self._text(name, each, firm)
                for each in value
            ]
        if name == "matched" and row.get("match") == "phone":
            return _short("telephone", self.telephone, value)
        return self._text(name, value, firm)

    def _text(self, name: str, value: Any, firm: bool) -> Any:
        if not isinstance(value, str):
            return value
        # a code of a firm stands in the same column, and is whole
        if name in CERTIFICATES and "*" in value:
            return _short("certificate", self.certificate, value)
        if name in TELEPHONES:
            return _short("telephone", self.telephone, value)
        if name in ADDRESSES and not firm:
            return _short("address", self.address, value)
        return value


def _short(kind: str, level: Level, value: Any) -> Any:
    if level == "full" or not isinstance(value, str):
        return value
    if level == "hidden":
        return None
    kept = value[: _KEPT[kind]]
    return kept + ("…" if kind == "address" else "*" * (len(value) - len(kept)))


#: As it is recorded.
EVERYTHING = Shows()
