"""Every hint against the truth of a sample district: precision and recall.

    python -m bench.structure.detectors --persons 20000 --seed 20260401

A district is written and taken in (without an engine); each detector's pairs are compared with
those that were planted, and with the decoys that it must leave alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import ingest
from graph.identifiers import person_key
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import Snapshot, take_snapshot
from ingest.sample import steps, write_district
from queries.scope import ADMINISTRATOR
from queries.structure.association_hints import same_controller, shared_agents
from queries.structure.hint import AssociationHint
from queries.structure.nominee import nominees
from queries.structure.profile import Profiles, read_profiles
from queries.structure.successor import re_registrations
from queries.visible import visible

__all__ = ["DAY", "DETECTORS", "District", "Measured", "measure", "take_in"]

DAY = date(2026, 4, 1)

#: Pairs of keys, as a hint has its subject and other.
Pairs = set[tuple[str, str]]

DETECTORS: dict[str, Callable[[Profiles], tuple[AssociationHint, ...]]] = {
    "re_registration": re_registrations,
    "nominee": nominees,
    "same_controller": same_controller,
    "shared_agent": shared_agents,
}


@dataclass(frozen=True)
class District:
    """A district taken in, and what was planted in it."""

    snapshot: Snapshot
    truth: dict[str, Any]
    identity: str

    def person(self, resident_id: str) -> str:
        """The key of somebody in the truth."""
        return person_key(resident_id, self.identity)

    def people(self, group: Iterable[str]) -> tuple[str, ...]:
        """The keys of several."""
        return tuple(map(self.person, group))

    def planted(self) -> dict[str, tuple[Pairs, Pairs]]:
        """By detector: the pairs to find, and the pairs that only look like it."""

        def successors(rows: list[list[str]]) -> Pairs:
            return {(f"org:{new}", f"org:{old}") for old, new in rows}

        def fronts(rows: list[list[str]]) -> Pairs:
            return {(f"org:{firm}", self.person(front)) for firm, front in rows}

        def together(rows: list[Any]) -> Pairs:
            groups = [sorted(f"org:{code}" for code in firms) for _, firms in rows]
            return {pair for firms in groups for pair in combinations(firms, 2)}

        told = self.truth
        return {
            "re_registration": (successors(told["shells"]), successors(told["not_shells"])),
            "nominee": (fronts(told["nominees"]), fronts(told["not_nominees"])),
            "same_controller": (together(told["controllers"]), set()),
            "shared_agent": (together(told["agents"]), together(told["not_agents"])),
        }


@dataclass(frozen=True)
class Measured:
    """What one detector found.

    Attributes:
        precision: share of the found that was planted.  recall: share of the planted that was found.
        decoys: those found that it should have left alone.
    """

    planted: int
    precision: float
    recall: float
    decoys: Pairs

    @classmethod
    def of(cls, found: set[Any], planted: set[Any], decoys: set[Any] = frozenset()) -> Measured:  # type: ignore[assignment]
        """Compare; a comparison with nothing proves nothing and is refused."""
        if not planted:
            raise ValueError("nothing was planted")
        hit = len(found & planted)
        precision = hit / len(found) if found else 0.0
        return cls(len(planted), precision, hit / len(planted), found & decoys)


def take_in(folder: Path, *, persons: int, seed: int) -> District:
    """Write a district into `folder`, take it in, and look at it."""
    write_district(folder, persons=persons, seed=seed)
    settings = Settings(data=folder / "data")
    for source, path in steps(folder):
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    identity = make_secrets(settings.secrets_file).identity_key
    seen = visible(FactLog(settings.log_dir), ADMINISTRATOR)
    return District(take_snapshot(seen, DAY), truth, identity)


def measure(district: District, profiles: Profiles) -> dict[str, Measured]:
    """Every detector."""
    return {
        name: Measured.of({(h.subject, h.other) for h in DETECTORS[name](profiles)}, *pairs)
        for name, pairs in district.planted().items()
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20260401)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        district = take_in(Path(folder), persons=given.persons, seed=given.seed)
        print(
            f"{given.persons:,} persons, seed {given.seed}: planted, precision, recall, decoys hit"
        )
        for name, seen in measure(district, read_profiles(district.snapshot)).items():
            print(
                f"  {name:16s} {seen.planted:5d} {seen.precision:7.3f} {seen.recall:7.3f} "
                f"{len(seen.decoys):4d}"
            )


if __name__ == "__main__":
    main()
