"""Keeping bulletins: writing, signing by another person, finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.operations import Bulletins, KeptBulletin, OperationsStore
from graph.time import Instant, utc_now
from queries.bulletins.content import BulletinContent, canonical, read_content

__all__ = ["Bulletin", "bulletin", "bulletins", "keep_bulletin", "sign_bulletin"]


@dataclass(frozen=True)
class Bulletin:
    """An edition, as it is listed.

    Attributes:
        id: sha256 of its content.
        corrects: the edition that it corrects; `corrected_by`: the one that corrects it.
        signed_by: None for a draft.
    """

    id: str
    period: str
    edition: int
    title: str
    written_by: str
    written_at: Instant
    signed_by: str | None
    signed_at: Instant | None
    corrects: str | None
    why: str
    corrected_by: str | None

    @property
    def waits(self) -> bool:
        """Whether somebody has to sign it: a draft that no other one corrects."""
        return self.signed_by is None and self.corrected_by is None


def keep_bulletin(
    store: OperationsStore, content: BulletinContent, *, by: str, why: str = ""
) -> Bulletin:
    """Freeze a bulletin; raises as `graph.operations.Bulletins.keep`."""
    kept = Bulletins(store).keep(content.period, canonical(content), why=why, by=by, at=utc_now())
    return _listed(kept, Bulletins(store).all(), content.title)


def sign_bulletin(store: OperationsStore, digest: str, *, by: str) -> Bulletin:
    """Let one pass, by another person; raises as `graph.operations.Bulletins.sign`."""
    kept = Bulletins(store).sign(digest, by=by, at=utc_now())
    return _listed(kept, Bulletins(store).all(), read_content(kept.content).title)


def bulletins(store: OperationsStore) -> list[Bulletin]:
    """Every edition, the newest period and edition first."""
    kept = Bulletins(store).all()
    return [_listed(each, kept, read_content(each.content).title) for each in kept]


def bulletin(store: OperationsStore, digest: str) -> tuple[Bulletin, BulletinContent]:
    """One edition and what it says; raises `NotFoundError`."""
    kept = Bulletins(store).find(digest)
    content = read_content(kept.content)
    return _listed(kept, Bulletins(store).all(), content.title), content


def _listed(kept: KeptBulletin, every: Iterable[KeptBulletin], title: str) -> Bulletin:
    newer = next((item.id for item in every if item.corrects == kept.id), None)
    return Bulletin(
        kept.id, kept.period, kept.edition, title, kept.written_by, kept.written_at,
        kept.signed_by, kept.signed_at, kept.corrects, kept.why, newer,
    )  # fmt: skip
