"""Who asks, and what is open to them.  Pure; it knows no users, clients or consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ADMINISTRATOR", "Scope"]


@dataclass(frozen=True)
class Scope:
    """What a reader may see.

    Attributes:
        name: in Chinese, as the basis of an answer says it.
        divisions: codes of the divisions that they work in, each with all within it; None for the
            whole district.
        institution: key of the institution that they ask for; None where they ask for none.
        purpose: why they ask, in Chinese; empty where none is stated.
        open_classes: information classes that need no consent for this reader; None for all.
        grants: party -> classes that it opened to this institution for this purpose.
    """

    name: str
    divisions: tuple[str, ...] | None = None
    institution: str | None = None
    purpose: str = ""
    open_classes: frozenset[str] | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is withheld."""
        return self.divisions is None and self.open_classes is None

    def parameters(self) -> dict[str, object]:
        """What a question is given (`queries.seen`)."""
        return {}


#: Until people can log in: whoever can reach the data folder of this machine.
ADMINISTRATOR = Scope("本机管理员：全区、全部信息类别")
