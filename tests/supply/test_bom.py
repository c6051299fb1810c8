"""The bill of materials holds what is pinned, no more and no less, and is one by its own schema."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from bom import JARS, bill, needed_by, wrong_with
from pins import REQUIREMENTS, ROOT, pins


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return dict(json.loads(bill()))


def test_it_is_one_by_the_schema_and_what_is_none_is_not(told: dict[str, Any]) -> None:
    assert wrong_with(bill()) == []
    wrong = [
        {**told, "bomFormat": "SPDX"},
        {**told, "components": [{"type": "library"}]},
        {**told, "components": [{"type": "library", "name": "x", "hashes": [{"alg": "CRC", "content": "0"}]}]},
        {**told, "components": [{"type": "library", "name": "x", "licenses": [{"license": {"id": "Mine"}}]}]},
        {**told, "serialNumber": "7"},
    ]  # fmt: skip
    assert all(wrong_with(json.dumps(one)) for one in wrong)


def test_every_package_and_every_jar_stands_in_it(told: dict[str, Any]) -> None:
    parts = {one["purl"]: one for one in told["components"]}
    packages = {f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins(REQUIREMENTS[0])}
    jars = {
        line.split()[1]
        for listed in JARS.glob("*.txt")
        for line in listed.read_text(encoding="utf-8").splitlines()
    }
    assert {purl for purl in parts if purl.startswith("pkg:pypi/")} == packages
    held = {one["hashes"][0]["content"] for purl, one in parts.items() if "maven" in purl}
    assert held == jars and len(jars) > 200
    # of packages that run each says its licence, and has the hash of every file that is taken
    for pin in pins(REQUIREMENTS[0]):
        part = parts[f"pkg:pypi/{pin.name}@{pin.version}"]
        files = {one["hashes"][0]["content"] for one in part["externalReferences"]}
        assert files and files <= pin.hashes and part["licenses"]


def test_the_default_engine_is_needed_and_the_other_is_not(told: dict[str, Any]) -> None:
    engines = {
        one["version"]: one["scope"]
        for one in told["components"]
        if (one.get("group"), one["name"]) == ("org.neo4j", "neo4j")
    }
    assert engines == {"2026.08.1": "required", "5.26.30": "optional"}


def test_what_needs_what_is_what_the_lock_notes(told: dict[str, Any]) -> None:
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in told["dependencies"]}
    at = {pin.name: f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins(REQUIREMENTS[0])}
    assert at["starlette"] in needs[at["fastapi"]] and at["fastapi"] not in needs[at["starlette"]]
    root = needs[told["metadata"]["component"]["bom-ref"]]
    assert {at["fastapi"], at["neo4j"], at["pyarrow"]} <= root and at["starlette"] not in root
    # from the program one comes to everything
    reached, ahead = set(), [told["metadata"]["component"]["bom-ref"]]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += needs[here]
    assert reached == {*(one["bom-ref"] for one in told["components"]), told["metadata"]["component"]["bom-ref"]}  # fmt: skip
    assert all(parents for parents in needed_by().values())


def test_the_same_pins_make_the_same_bytes_and_a_wheel_has_its_hash(tmp_path: Path) -> None:
    assert bill() == bill()
    wheel = tmp_path / "xinnong-0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    told = json.loads(bill(wheel))
    assert told["metadata"]["component"]["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(b"wheel").hexdigest()}
    ]
    assert (
        wrong_with(bill(wheel)) == [] and told["serialNumber"] != json.loads(bill())["serialNumber"]
    )


def test_no_browser_is_sent_what_others_made() -> None:
    """Else it would have to stand in the bill."""
    scripts = {
        path.name for path in (ROOT / "api" / "pages" / "static").rglob("*") if path.is_file()
    }
    assert scripts == {
        "again.js", "board.css", "events.js", "find.js", "graph.js", "party.css", "print.js", "xinnong.css",
        "xinnong.svg",
    }  # fmt: skip
