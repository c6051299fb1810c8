"""Consents of the sample: counted, the same every time, and standing as they were planted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from graph.operations import Consents, OfficeBooks, OperationsStore
from graph.settings import Settings
from ingest.sample.consents import MAIN_BANK, SHARES, register_sample, sample_consents
from queries.consent import ConsentedScopes, find_purpose, standing
from queries.scope import Scope

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
HOUSEHOLDS = [(f"household:{n:04d}", (f"person:{n:04d}a", f"person:{n:04d}b")) for n in range(400)]
SENSITIVE = {"household", "income", "credit", "credit_report", "insurance"}


def test_of_a_hundred_households_eighty_five_were_asked() -> None:
    made = list(sample_consents(HOUSEHOLDS, NOW.date()))
    assert made == list(sample_consents(HOUSEHOLDS, NOW.date()))
    kinds = Counter(one.kind for one in made if one.asked.subject.startswith("household:"))
    assert kinds == {"agreed": 282, "not_sensitive": 22, "expired": 21, "revoked": 30}
    assert kinds.keys() == SHARES.keys()
    # householder and spouse agreed for themselves
    assert len(made) == 3 * kinds.total()


def test_they_stand_as_they_were_planted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with OperationsStore(settings) as store:
        books, some = OfficeBooks(settings, store), HOUSEHOLDS[:80]
        planted = {one.asked.subject: one.kind for one in sample_consents(some, NOW.date())}
        assert register_sample(books, some, at=NOW) == len(planted)
        assert register_sample(books, some, at=NOW) == 0
        said = {"agreed": "in_force", "not_sensitive": "in_force", "expired": "expired",
                "revoked": "revoked"}  # fmt: skip
        held = Consents(store).of(limit=1_000)
        assert {one.terms.subject: standing(one, NOW) for one in held} == {
            subject: said[kind] for subject, kind in planted.items()
        }
        base = Scope("样本信贷员", institution=MAIN_BANK, open_classes=frozenset())
        purpose = find_purpose("credit_approval")
        grants = ConsentedScopes(store).scope(base, purpose, NOW).grants
        assert {*planted.values()} == {*SHARES}
        assert dict(grants) == {
            subject: purpose.classes - (SENSITIVE if kind == "not_sensitive" else set())
            for subject, kind in planted.items()
            if said[kind] == "in_force"
        }
