"""Known weaknesses of what is pinned, looked up in a record that is kept: no network.

    python tests/supply/audit.py                       what is known against our pins (`make audit`)
    python tests/supply/audit.py --renew REPOSITORY    take the record anew

The record (`advisories.json`) is what the Python Packaging Advisory Database (OSV format, CC-BY-4.0)
says of the packages of our two requirement files, at one commit of it; REPOSITORY is a clone of that
database, with or without a work tree.  It knows nothing that was found after its day, and nothing of
the jars of the engine: how old it is, is printed first and told by the tests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pins import REQUIREMENTS, pins

__all__ = ["ACCEPTED", "RECORD", "Record", "Weakness", "age_said", "is_affected", "known", "record"]

RECORD = Path(__file__).with_name("advisories.json")
#: Advisories that are no matter here, each with why.
ACCEPTED: dict[str, str] = {}
#: From how many days on a record is called old.
OLD_DAYS = 90


@dataclass(frozen=True)
class Record:
    """What was taken.

    Attributes:
        commit, taken_on: of the database, and its day.
        advisories: package -> what is said of it.
    """

    commit: str
    taken_on: date
    advisories: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Weakness:
    """An advisory that a pinned version falls under."""

    package: str
    version: str
    advisory: str
    aliases: tuple[str, ...]


def record(path: Path = RECORD) -> Record:
    """The record that is kept."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return Record(told["commit"], date.fromisoformat(told["taken_on"]), told["advisories"])


def known(against: Record) -> list[Weakness]:
    """Every weakness of a pinned version that the record knows, but for those accepted."""
    return [
        Weakness(pin.name, pin.version, one["id"], tuple(one["aliases"]))
        for pin in {pin.name: pin for file in REQUIREMENTS for pin in pins(file)}.values()
        for one in against.advisories.get(pin.name, ())
        if one["id"] not in ACCEPTED and is_affected(pin.version, one)
    ]


def is_affected(version: str, advisory: dict[str, Any]) -> bool:
    """Whether a version is one of those that an advisory names (OSV 1.6, "Evaluation")."""
    return version in advisory["versions"] or any(
        _is_within(Version(version), events) for events in advisory["ranges"]
    )


def _is_within(version: Version, events: Iterable[dict[str, str]]) -> bool:
    inside = False
    for kind, bound in sorted(
        ((kind, text) for event in events for kind, text in event.items()),
        # of one version what ends comes before what begins again
        key=lambda told: (_version(told[1]), told[0] == "introduced"),
    ):
        reached, past = version >= _version(bound), version > _version(bound)
        if kind == "introduced" and reached:
            inside = True
        elif (kind == "fixed" and reached) or (kind == "last_affected" and past):
            inside = False
    return inside


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:  # what is no version of Python's is before all
        return Version("0.dev0")


def age_said(of: Record, today: date) -> str:
    """How old the record is, so that nobody overlooks it."""
    days = (today - of.taken_on).days
    word = "ADVISORIES OLD" if days > OLD_DAYS else "advisories"
    return f"{word}: the record is of {of.taken_on}, {days} days ago; nothing found since is in it"


def taken(repository: Path) -> dict[str, Any]:
    """What a clone of the database says of the pinned packages, as it is kept."""
    names = sorted({pin.name for file in REQUIREMENTS for pin in pins(file)})
    commit, day = _git(repository, "log", "-1", "--format=%H %cs", "HEAD").split()
    found: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        if told := sorted(_advisories(repository, name), key=lambda one: str(one["id"])):
            found[name] = told
    return {"commit": commit, "taken_on": day, "advisories": found}


def _advisories(repository: Path, name: str) -> Iterator[dict[str, Any]]:
    folder = f"vulns/{name}"
    listed = _git(repository, "ls-tree", "--name-only", "HEAD", f"{folder}/")
    for path in listed.splitlines():
        told = yaml.safe_load(_git(repository, "show", f"HEAD:{path}"))
        if told.get("withdrawn"):
            continue
        of_it = [
            one for one in told["affected"] if canonicalize_name(one["package"]["name"]) == name
        ]
        ranges = [
            span["events"] for one in of_it for span in one.get("ranges", ())
            if span["type"] == "ECOSYSTEM"
        ]  # fmt: skip
        yield {
            "id": told["id"],
            "aliases": sorted(told.get("aliases", ())),
            "ranges": ranges,
            # where spans say it, the list of all versions says no more
            "versions": []
            if ranges
            else sorted({v for one in of_it for v in one.get("versions", ())}),
        }


def _git(repository: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *words], check=True, capture_output=True, text=True
    )
    return done.stdout


def main() -> None:
    """Print what is known, and end with 1 where something is; or take the record anew."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--renew", type=Path, metavar="REPOSITORY", help="a clone of the database")
    given = parser.parse_args()
    if given.renew:
        told = taken(given.renew)
        RECORD.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    kept = record()
    print(age_said(kept, date.today()))
    pinned = {pin.name for file in REQUIREMENTS for pin in pins(file)}
    count = sum(map(len, kept.advisories.values()))
    print(f"{len(pinned)} packages, {count} advisories of {len(kept.advisories)} of them")
    found = known(kept)
    for one in found:
        print(f"{one.package} {one.version}: {one.advisory} {' '.join(one.aliases)}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
