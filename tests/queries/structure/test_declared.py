"""Declared owners: ranges, nominees, trusts, exempt firms; and statements that come home again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from firms import DAY, holdings, new_world, snapshot_of
from world import World

import ingest
from graph.encoding import encode
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings
from graph.snapshot import take_snapshot
from queries.eligibility.verdict import Verdict
from queries.structure.beneficial import BeneficialOwners, beneficial_owners
from queries.structure.bods import bods_statements
from queries.structure.declared import INTERESTS, UNDISCLOSED
from queries.structure.ownership import Ownership, own

LABELS = {"t": "LegalArrangement"}


def interest(world: World, who: str, whom: str, kind: str, **said: Any) -> None:
    label = "Person" if who.isupper() else LABELS.get(who, "Enterprise")
    told = {"is_direct": True, "is_beneficial": False, **said}
    world.tie("HAS_INTEREST_IN", (who, label), (whom, LABELS.get(whom, "Enterprise")),
              interest=kind, discriminator=f"{who}{kind}", **told)  # fmt: skip


def owners(world: World, key: str = "a", **asked: Any) -> BeneficialOwners:
    return beneficial_owners(own(snapshot_of(world)), key, **asked)


def found(told: BeneficialOwners) -> list[tuple[str, str, Verdict]]:
    return [(o.party, o.ground, o.verdict) for o in told.owners]


# ------------------------------------------------------------------ ranges


@pytest.mark.parametrize(
    ("least", "most", "verdict"),
    [(0.25, 0.5, Verdict.MET), (0.1, 0.25, Verdict.UNKNOWN), (0.0, 0.25, Verdict.UNKNOWN)],
)
def test_of_a_range_the_lower_end_is_proven(least: float, most: float, verdict: Verdict) -> None:
    world = new_world()
    holdings(world, ("P", "a", None), least_ratio=least, most_ratio=most)
    holdings(world, ("Q", "a", 0.5))
    ownership = own(snapshot_of(world))
    through = ownership.look_through("a")
    assert {o.party: o.share for o in through.owners} == pytest.approx(
        {"Q": 0.5} | ({"P": least} if least else {})
    )
    assert through.unknown_share == pytest.approx(0.5 - least)
    told = beneficial_owners(ownership, "a")
    assert {(o.party, o.verdict) for o in told.owners} == {("Q", Verdict.MET), ("P", verdict)}
    kinds = {doubt.kind for doubt in through.doubts}
    assert kinds == ({"range"} if least else {"ratio_unknown"})


# ------------------------------------------------------------------ trusts and nominees


def test_all_parties_to_a_trust_are_owners_of_what_it_holds() -> None:
    world = new_world()
    world.node("LegalArrangement", "t", name="样例信托", arrangement_kind="trust")
    world.tie("HOLDS_SHARES_IN", ("t", "LegalArrangement"), ("a", "Enterprise"), share_ratio=0.6)
    holdings(world, ("P", "a", 0.4))
    for who, kind in (("S", "settlor"), ("T", "trustee"), ("B", "beneficiaryOfLegalArrangement")):
        interest(world, who, "t", kind)
    told = owners(world)
    assert set(found(told)) == {
        ("P", "share", Verdict.MET), ("S", "arrangement", Verdict.MET),
        ("T", "arrangement", Verdict.MET), ("B", "arrangement", Verdict.MET),
    }  # fmt: skip
    assert told.complete is Verdict.MET


def test_a_nominee_holds_for_the_nominator() -> None:
    world = new_world()
    world.node("LegalArrangement", "t", name="代持", arrangement_kind="nomination")
    world.tie("HOLDS_SHARES_IN", ("t", "LegalArrangement"), ("a", "Enterprise"), share_ratio=1.0)
    interest(world, "N", "t", "nominee")
    interest(world, "O", "t", "nominator")
    assert found(owners(world)) == [("O", "arrangement", Verdict.MET)]


def test_an_arrangement_that_names_nobody_leaves_the_question_open() -> None:
    world = new_world()
    world.node("LegalArrangement", "t", name="代持", arrangement_kind="nomination")
    world.tie("HOLDS_SHARES_IN", ("t", "LegalArrangement"), ("a", "Enterprise"), share_ratio=1.0)
    interest(world, "N", "t", "nominee")
    told = owners(world)
    assert (found(told), told.complete) == ([], Verdict.UNKNOWN)
    # one that holds too little makes nobody an owner
    small = new_world()
    small.node("LegalArrangement", "t", name="代持")
    small.tie("HOLDS_SHARES_IN", ("t", "LegalArrangement"), ("a", "Enterprise"), share_ratio=0.1)
    holdings(small, ("P", "a", 0.9))
    interest(small, "O", "t", "nominator")
    assert found(owners(small)) == [("P", "share", Verdict.MET)]


# ------------------------------------------------------------------ declarations


def test_a_declaration_proves_no_share_and_the_difference_is_said() -> None:
    world = new_world()
    for key, name in (("P", "甲"), ("Q", "乙")):
        world.node("Person", key, name=name)
    holdings(world, ("P", "a", 1.0))
    interest(world, "Q", "a", "otherInfluenceOrControl", is_beneficial=True)
    told = owners(world)
    assert found(told) == [("P", "share", Verdict.MET)]
    assert told.complete is Verdict.UNKNOWN
    assert [said.split(" ")[0] for said in told.differences] == ["乙", "甲"]
    assert encode(told)["declared"][0]["sentence"] == "乙：其他影响或控制"


def test_a_declaration_that_the_holdings_prove_is_no_difference() -> None:
    world = new_world()
    holdings(world, ("P", "a", 1.0))
    interest(world, "P", "a", "votingRights", is_beneficial=True, least_ratio=0.25,
             least_is_open=True, most_ratio=0.5)  # fmt: skip
    told = owners(world)
    assert (told.differences, told.complete) == ((), Verdict.MET)
    assert told.declared[0].sentence.endswith("表决权 超过 25%，不超过 50%")


def test_a_listed_firm_that_is_exempt_says_so() -> None:
    """Nobody is registered to hold it: it is asked about all the same."""
    world = new_world()
    world.node("Enterprise", "a", name="上市")
    world.node("OwnershipDisclosure", "a", label="Enterprise", is_listed=True,
               reason="subjectExemptFromDisclosure")  # fmt: skip
    told = owners(world)
    assert (told.owners, told.complete) == ((), Verdict.UNKNOWN)
    assert told.undisclosed is not None
    assert UNDISCLOSED[str(told.undisclosed.reason)] == "企业豁免披露"


# ------------------------------------------------------------------ out, and in again


@pytest.fixture
def house(tmp_path: Path) -> Ownership:
    """Two levels, a range, a holder without a ratio, and an unknown part."""
    world = new_world()
    for key in ("P", "Q", "R"):
        world.node("Person", key, name=f"人{key}")
    for key in "ab":
        world.node("Enterprise", key, name=f"企业{key}")
    holdings(world, ("P", "b", 0.8), ("Q", "b", 0.2), ("b", "a", 0.5))
    holdings(world, ("Q", "a", None), least_ratio=0.25, most_ratio=0.3)
    holdings(world, ("R", "a", None))
    return own(snapshot_of(world))


def taken_in(folder: Path, said: list[dict[str, Any]]) -> Ownership:
    path = folder / "statements.json"
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    settings = Settings(data=folder / "data")
    (batch,) = ingest.ingest("bods", [path], settings=settings, into_graph=False).batches
    assert (batch.rows_in, batch.quarantined, batch.findings) == (len(said), 0, ())
    return own(take_snapshot(FactLog(settings.log_dir), DAY))


def test_statements_come_home_again(house: Ownership, tmp_path: Path) -> None:
    said = bods_statements(house, "a")
    assert said == bods_statements(house, "a")
    home = taken_in(tmp_path, said)
    here, there = house.look_through("a"), home.look_through("bods:entity:a")
    for one, other in zip(here.owners, there.owners, strict=True):
        assert other.party == f"bods:person:{one.party}"
        assert (other.name, other.share) == (one.name, pytest.approx(one.share))
    assert there.unknown_share == pytest.approx(here.unknown_share)
    assert {item.party for item in there.named} == {"bods:person:R"}
    told = beneficial_owners(home, "bods:entity:a")
    mine = beneficial_owners(house, "a")
    assert [(o.party.rsplit(":")[-1], o.verdict) for o in told.owners] == [
        (o.party, o.verdict) for o in mine.owners
    ]
    assert {item.party for item in told.declared if item.is_beneficial} == {
        "bods:person:P", "bods:person:Q",
    }  # fmt: skip
    assert told.differences == ()


def test_statements_are_what_the_standard_asks(house: Ownership) -> None:
    """BODS 0.4: identifiers, order, code lists, percentages; no number of a person."""
    said = bods_statements(house, "a", publisher="样例登记机构")
    seen: set[str] = set()
    assert len({one["statementId"] for one in said}) == len(said)
    for one in said:
        assert 32 <= len(one["statementId"]) <= 64
        assert one["publicationDetails"]["bodsVersion"] == "0.4"
        assert one["declarationSubject"] == "a"
        details = one["recordDetails"]
        assert isinstance(details["isComponent"], bool)
        if one["recordType"] == "relationship":
            assert details["subject"] in seen
            party = details["interestedParty"]
            assert party in seen if isinstance(party, str) else party["reason"] in UNDISCLOSED
            assert set(details.get("componentRecords", ())) <= seen
            for each in details["interests"]:
                assert each["type"] in INTERESTS
                assert all(0 <= part <= 100 for part in each.get("share", {}).values())
        seen.add(one["recordId"])
    shares = {
        one["recordId"]: one["recordDetails"]["interests"][0].get("share")
        for one in said
        if one["recordType"] == "relationship"
    }
    assert shares == {
        "holding:b>a": {"exact": 50.0},
        "holding:Q>a": {"minimum": 25.0, "maximum": 30.0},
        "holding:R>a": None,
        "holding:P>b": {"exact": 80.0},
        "holding:Q>b": {"exact": 20.0},
        "unknown:a": {"exact": 25.0},
        "owner:P>a": {"exact": pytest.approx(40.0)},
        "owner:Q>a": {"exact": pytest.approx(35.0)},
    }


def test_a_record_that_the_file_lacks_refuses_it(house: Ownership, tmp_path: Path) -> None:
    said = [one for one in bods_statements(house, "a") if one["recordId"] != "P"]
    with pytest.raises(InputError, match="not in this file") as refused:
        taken_in(tmp_path, said)
    assert refused.value.cause_code == "record_missing"


def test_the_standards_own_examples_are_taken_in(shared_data: Path, tmp_path: Path) -> None:
    files = sorted((shared_data / "bods").glob("*.json"))
    assert len(files) > 10
    for number, path in enumerate(files):
        settings = Settings(data=tmp_path / str(number))
        (batch,) = ingest.ingest("bods", [path], settings=settings, into_graph=False).batches
        assert batch.rows_in == len(json.loads(path.read_text(encoding="utf-8")))
        assert (batch.accepted + batch.unchanged, batch.quarantined) == (batch.rows_in, 0)
