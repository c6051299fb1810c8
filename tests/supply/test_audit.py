"""Nothing that is pinned is known to be weak, as far as the record that is kept goes; and how far that is."""

from __future__ import annotations

import subprocess
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import audit
import pytest
from audit import ACCEPTED, OLD_DAYS, RECORD, Record, age_said, is_affected, known, record, taken
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from pins import REQUIREMENTS, pins


class AdvisoriesOld(UserWarning):
    """The record is older than it should be; work lands all the same, and is told so."""


@pytest.mark.filterwarnings("default::test_audit.AdvisoriesOld")
def test_nothing_that_is_pinned_is_known_to_be_weak() -> None:
    kept = record()
    assert known(kept) == []
    said = age_said(kept, date.today())
    if "OLD" in said:
        with warnings.catch_warnings():
            warnings.simplefilter("default", AdvisoriesOld)
            warnings.warn(said, AdvisoriesOld, stacklevel=1)


def test_the_record_is_small_and_of_these_packages() -> None:
    kept, names = record(), {pin.name for file in REQUIREMENTS for pin in pins(file)}
    assert kept.advisories.keys() <= names and len(kept.advisories) > 10
    assert RECORD.stat().st_size < 100_000 and len(kept.commit) == 40
    ids = {one["id"] for told in kept.advisories.values() for one in told}
    assert ACCEPTED.keys() <= ids and all(ACCEPTED.values())


def test_how_old_it_is_is_said_aloud() -> None:
    kept = Record("0" * 40, date(2026, 1, 1), {})
    assert "ADVISORIES OLD" not in age_said(kept, date(2026, 1, 1))
    assert "ADVISORIES OLD" not in age_said(
        kept, date.fromordinal(kept.taken_on.toordinal() + OLD_DAYS)
    )
    late = age_said(kept, date(2026, 12, 31))
    assert late.startswith("ADVISORIES OLD") and "364 days" in late and "2026-01-01" in late


def said(*events: dict[str, str], versions: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": "X-1",
        "aliases": [],
        "ranges": [list(events)] if events else [],
        "versions": list(versions),
    }


@pytest.mark.parametrize(
    ("advisory", "inside", "outside"),
    [
        (said({"introduced": "0"}, {"fixed": "2.11.3"}), ["0.1", "2.11.2"], ["2.11.3", "3"]),
        (said({"introduced": "1.2"}, {"last_affected": "1.4"}), ["1.2", "1.4"], ["1.1", "1.4.1"]),
        (said({"introduced": "0"}), ["0", "99"], []),
        (said({"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}),
         ["1", "3.9"], ["0.9", "2", "2.5", "4"]),
        (said({"fixed": "2"}, {"introduced": "1"}), ["1.5"], ["2"]),
        (said(versions=("1.0rc1", "1.0")), ["1.0rc1", "1.0"], ["1.1"]),
        (said({"introduced": "10"}), ["10"], ["9"]),
    ],
)  # fmt: skip
def test_what_falls_under_an_advisory(
    advisory: dict[str, Any], inside: list[str], outside: list[str]
) -> None:
    assert all(is_affected(one, advisory) for one in inside)
    assert not any(is_affected(one, advisory) for one in outside)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True), st.integers(0, 31))
def test_a_version_is_inside_between_a_beginning_and_the_next_end(
    bounds: list[int], at: int
) -> None:
    """Against counting, of spans one after the other."""
    ordered = sorted(bounds)
    events = [
        {"introduced" if place % 2 == 0 else "fixed": str(bound)}
        for place, bound in enumerate(ordered)
    ]
    expected = sum(bound <= at for bound in ordered) % 2 == 1
    assert (
        is_affected(str(at), said(*events)) == expected == is_affected(str(at), said(*events[::-1]))
    )


def test_a_weak_pin_is_found_and_an_accepted_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    pin = pins(REQUIREMENTS[0])[0]
    weak = {**said({"introduced": "0"}), "id": "PYSEC-1", "aliases": ["CVE-1"]}
    kept = Record("0" * 40, date(2026, 1, 1), {pin.name: [weak]})
    [found] = known(kept)
    assert (found.package, found.version, found.advisory) == (pin.name, pin.version, "PYSEC-1")
    monkeypatch.setitem(audit.ACCEPTED, "PYSEC-1", "未使用这一功能")
    assert known(kept) == []


def test_a_clone_of_the_database_is_read_as_it_is_at_its_head(tmp_path: Path) -> None:
    pin = pins(REQUIREMENTS[0])[0]
    folder = tmp_path / "vulns" / pin.name
    folder.mkdir(parents=True)
    (folder / "PYSEC-1.yaml").write_text(
        f"id: PYSEC-1\naliases: [CVE-1]\naffected:\n- package: {{name: {pin.name}, ecosystem: PyPI}}\n"
        "  ranges:\n  - type: GIT\n    events: [{introduced: abc}]\n"
        f"  - type: ECOSYSTEM\n    events: [{{introduced: '0'}}, {{fixed: '{pin.version}'}}]\n"
        "  versions: ['0.1']\n"
    )
    (folder / "PYSEC-2.yaml").write_text(
        f"id: PYSEC-2\nwithdrawn: '2026-01-01T00:00:00Z'\naffected:\n- package: {{name: {pin.name}}}\n"
    )
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    told = taken(tmp_path)
    [one] = told["advisories"][pin.name]
    assert (one["id"], one["aliases"], one["versions"]) == ("PYSEC-1", ["CVE-1"], [])
    assert not is_affected(pin.version, one) and is_affected(str(Version("0.0.1")), one)
    assert date.fromisoformat(told["taken_on"]) <= date.today() and len(told["commit"]) == 40
