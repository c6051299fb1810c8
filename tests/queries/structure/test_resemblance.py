"""Hints by hand: each signal alone, together, at the edges, and what must not make one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from firms import DAY, holdings, new_world, snapshot_of
from world import World

from graph.snapshot import Snapshot
from queries.eligibility.facts.catalogue import catalogue
from queries.structure.association_hints import same_controller, shared_agents, shared_values
from queries.structure.hint import AssociationHint
from queries.structure.nominee import nominees
from queries.structure.overview import read_structure
from queries.structure.profile import Profile, Profiles, read_profiles
from queries.structure.successor import re_registrations

ENDED = date(2025, 2, 1)


def firm(world: World, key: str, front: str | None, **said: object) -> None:
    world.node("Enterprise", key, name=f"名{key}", **said)
    if front:
        world.tie("LEGAL_REPRESENTATIVE_OF", (front, "Person"), (key, "Enterprise"))


def look(world: World) -> Profiles:
    return read_profiles(snapshot_of(world))


def successors(
    folder: Path, *, founded: date = date(2025, 6, 1), old: dict[str, object] | None = None,
    new: dict[str, object] | None = None, fronts: tuple[str, str] = ("P", "P"),
    ended: date | None = ENDED, more: object = None,
) -> tuple[AssociationHint, ...]:  # fmt: skip
    world = new_world()
    firm(world, "old", fronts[0], established_on=date(2020, 1, 1), ended_on=ended,
         **{"address": "街1号", **(old or {})})  # fmt: skip
    firm(world, "new", fronts[1], established_on=founded, **{"address": "街1号", **(new or {})})
    if more:
        more(world)  # type: ignore[operator]
    return re_registrations(look(world))


def kinds(hints: tuple[AssociationHint, ...]) -> list[tuple[str, ...]]:
    return [tuple(signal.kind for signal in hint.signals) for hint in hints]


def test_the_same_representative_and_address_soon_after(tmp_path: Path) -> None:
    (found,) = successors(tmp_path)
    assert (found.subject, found.other, found.certainty) == ("new", "old", 0.5)
    assert kinds((found,)) == [("time", "representative", "address")]
    assert found.sentence.startswith("名new 与 名old：后者于 2025-02-01 注销或吊销")
    assert found.expires_on == date(2026, 11, 28)
    assert found.policy.startswith("resemblance:2026.2+")


@pytest.mark.parametrize(
    ("founded", "count"),
    [
        (date(2024, 11, 3), 1),  # ninety days before
        (date(2024, 11, 2), 0),
        (date(2027, 2, 1), 1),  # twenty-four months after
        (date(2027, 2, 2), 0),
    ],
)
def test_soon_is_what_the_policy_says(tmp_path: Path, founded: date, count: int) -> None:
    assert len(successors(tmp_path, founded=founded)) == count


@pytest.mark.parametrize(
    ("change", "signals"),
    [
        ({"fronts": ("P", "Q")}, []),  # an address alone is nothing
        ({"new": {"address": "别处"}}, []),  # nor a representative alone
        ({"old": {"phone_key": "k"}, "new": {"phone_key": "k", "address": "别处"}},
         [("time", "representative", "phone_key")]),
        ({"old": {"phone_key": "k"}, "new": {"phone_key": "k"}},
         [("time", "representative", "address", "phone_key")]),
        ({"ended": None}, []),  # it still lives
    ],
)  # fmt: skip
def test_at_least_two_things_in_common(
    tmp_path: Path, change: dict[str, object], signals: list[tuple[str, ...]]
) -> None:
    assert kinds(successors(tmp_path, **change)) == signals  # type: ignore[arg-type]


def test_the_spouse_and_half_of_the_holders_count(tmp_path: Path) -> None:
    def more(world: World) -> None:
        world.tie("SPOUSE_OF", ("P", "Person"), ("Q", "Person"))
        holdings(world, ("X", "old", 0.5), ("Y", "old", 0.5), ("X", "new", 0.1))

    (found,) = successors(tmp_path, fronts=("P", "Q"), new={"address": "别处"}, more=more)
    assert kinds((found,)) == [("time", "representative", "holders")]
    assert len(found.signals[1].evidence) == 3


def listing(world: World, **said: object) -> None:
    entry = {"list_kind": "judgment_defaulter", "listed_on": ENDED, **said}
    world.node("ListEntry", "list:1", **entry)
    world.tie("SUBJECT_OF", ("old", "Enterprise"), ("list:1", "ListEntry"))


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({}, 1),
        ({"removed_on": date(2026, 1, 1)}, 0),
        ({"published_until": date(2026, 5, 31)}, 0),
        ({"published_until": date(2026, 6, 1)}, 1),
    ],  # through its last day
)
def test_a_listing_counts_while_it_may_be_used(
    tmp_path: Path, said: dict[str, object], count: int
) -> None:
    found = successors(tmp_path, ended=None, more=lambda world: listing(world, **said))
    assert len(found) == count


def test_what_too_many_share_is_no_evidence(tmp_path: Path) -> None:
    def market(world: World) -> None:
        for number in range(5):
            firm(world, f"stall{number}", None, address="街1号")

    assert successors(tmp_path, more=market) == ()


def nominee_world(folder: Path, **change: object) -> World:
    world = new_world()
    born = change.pop("born", date(1950, 1, 1))
    world.node("Person", "P", name="前台", birth_on=born, phone_key=change.pop("own", None))
    world.node("Person", "Q", name="后台", phone_key="k")
    firm(world, "a", "P", phone_key=change.pop("phone", "k"))
    holdings(world, (str(change.pop("holder", "X")), "a", 1.0))
    assert not change
    return world


@pytest.mark.parametrize(
    ("change", "signals"),
    [
        ({}, [("age", "no_share", "phone_of_another")]),
        ({"born": date(1990, 1, 1)}, [("no_share", "phone_of_another")]),
        ({"born": date(1990, 1, 1), "holder": "P"}, []),
        ({"holder": "P"}, [("age", "phone_of_another")]),
        ({"phone": "other"}, []),  # without the telephone nothing points to anybody
        ({"own": "k"}, []),  # two who share a telephone
        ({"holder": "Q"}, []),  # the holder's telephone
        ({"born": date(2006, 6, 1)}, [("no_share", "phone_of_another")]),  # twenty today
        ({"born": date(2006, 6, 2)}, [("age", "no_share", "phone_of_another")]),
    ],
)
def test_nominees(
    tmp_path: Path, change: dict[str, object], signals: list[tuple[str, ...]]
) -> None:
    assert kinds(nominees(look(nominee_world(tmp_path, **change)))) == signals


def test_a_telephone_within_the_household_is_no_sign(tmp_path: Path) -> None:
    world = nominee_world(tmp_path)
    for person in "PQ":
        world.tie("BELONGS_TO", (person, "Person"), ("H", "Household"), role="other")
    assert nominees(look(world)) == ()


def test_one_controller_of_two_firms() -> None:
    world = new_world()
    for key, front in (("a", "P"), ("b", "Q"), ("c", "Q"), ("d", "R")):
        firm(world, key, front)
    holdings(world, ("P", "b", 0.51), ("P", "d", 0.5))
    found = same_controller(look(world))
    assert [(h.subject, h.other, h.path[1]) for h in found] == [("a", "b", "P"), ("b", "c", "Q")]
    assert "前者的法定代表人、后者的控股股东" in found[0].sentence


def test_an_agent_in_front_of_very_many_is_no_controller() -> None:
    world = new_world()
    for number in range(21):
        firm(world, f"f{number:02d}", "P")
    assert same_controller(look(world)) == ()


def test_shared_addresses_and_telephones() -> None:
    world = new_world()
    firm(world, "a", "P", address="街1号", phone_key="k")
    firm(world, "b", None, address="街1号")
    world.node("Person", "P", phone_key="k")
    world.node("Person", "Q", phone_key="k")
    world.node("Person", "R", phone_key="k2")
    world.node("Person", "S", phone_key="k2")
    found = {(h.kind, h.subject, h.other) for h in shared_values(look(world))}
    # P is the firm's own representative; R and S are two people and no firm
    assert found == {("shared_address", "a", "b"), ("shared_phone", "Q", "a")}


def filed(world: World, agent: str, *firms: str) -> None:
    for key in firms:
        world.tie("FILED_REGISTRATION_OF", (agent, "Person"), (key, "Enterprise"))


def test_one_agent_of_a_few_firms() -> None:
    world = new_world()
    for key, front in (("a", "P"), ("b", "Q"), ("c", "Z"), ("d", "R")):
        firm(world, key, front)
    world.node("Person", "Z", name="经办")
    filed(world, "Z", "a", "b", "c")  # c is Z's own
    (found,) = shared_agents(look(world))
    assert (found.kind, found.path) == ("shared_agent", ("a", "Z", "b"))
    assert found.certainty == 0.3 and len(found.signals[0].evidence) == 2
    assert found.sentence == "名a 与 名b：登记均由 经办 经办。"


@pytest.mark.parametrize(("firms", "count"), [(4, 6), (5, 0)])
def test_an_agency_is_no_evidence(firms: int, count: int) -> None:
    world = new_world()
    for number in range(firms):
        firm(world, f"f{number}", None)
    filed(world, "Z", *(f"f{number}" for number in range(firms)))
    assert len(shared_agents(look(world))) == count


@pytest.mark.parametrize(
    ("also", "signals"),
    [((), [("time", "address", "agent")]), (("x", "y", "z"), [])],  # of five firms: an agency
)
def test_an_agent_is_one_sign_of_re_registration(
    tmp_path: Path, also: tuple[str, ...], signals: list[tuple[str, ...]]
) -> None:
    def more(world: World) -> None:
        for key in also:
            firm(world, key, None)
        filed(world, "Z", "old", "new", *also)

    assert kinds(successors(tmp_path, fronts=("P", "Q"), more=more)) == signals


def test_a_sweep_looks_nobody_up_in_the_whole_district(monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world()
    for key in ("a", "b", "c"):
        firm(world, key, "P", address="街1号")
    structure = read_structure(snapshot_of(world))
    # a look-up goes through all keys: once a hint, it made hints grow with the square of a district
    asked: list[str] = []
    monkeypatch.setattr(Snapshot, "index", lambda _, key: asked.append(key))
    sentences = [hint.sentence for hint in structure.hints]
    assert len(sentences) == 6 and sentences[0].startswith("名a 与 名b：") and not asked


def test_what_very_many_share_leads_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    world, firms = new_world(), [f"f{number}" for number in range(30)]
    for number, key in enumerate(firms):
        firm(world, key, f"P{number}", address="集中登记", phone_key="agency",
             established_on=date(2025, 3, 1), ended_on=ENDED if number % 2 else None)  # fmt: skip
    filed(world, "Z", *firms)
    holdings(world, ("X", "f1", 0.6), ("X", "f2", 0.6))
    compared: list[tuple[str, str]] = []

    def common(_: object, old: Profile, new: Profile, policy: object) -> list[object]:
        compared.append((old.key, new.key))
        return []

    monkeypatch.setattr("queries.structure.successor._common", common)
    # once every firm that ended was held against all that the agency files for
    assert re_registrations(look(world)) == () and compared == [("f1", "f2")]


def test_links_by_resemblance_and_ended_ones_make_no_hint() -> None:
    world = new_world()
    firm(world, "a", "P")
    firm(world, "b", None)
    front = ("LEGAL_REPRESENTATIVE_OF", ("P", "Person"), ("b", "Enterprise"))
    world.tie(*front, certainty=0.9)
    world.tie(*front, valid_to=DAY, discriminator="2")
    assert same_controller(look(world)) == ()


@pytest.mark.parametrize(
    "change", [{"certainty": 1.0}, {"certainty": 0.0}, {"signals": ()}, {"notice": ""},
               {"expires_on": DAY}]
)  # fmt: skip
def test_a_hint_cannot_pretend_to_be_a_fact(tmp_path: Path, change: dict[str, object]) -> None:
    (found,) = successors(tmp_path)
    with pytest.raises(ValueError, match="a hint"):
        replace(found, **change)  # type: ignore[arg-type]


def test_no_condition_of_a_product_can_ask_for_a_hint() -> None:
    words = ("hint", "nominee", "shared", "re_registration", "controller")
    assert not [name for name in catalogue().facts if any(word in name for word in words)]
