"""The search by splink against the search by rules, which is its oracle; and what a file teaches."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

sys.path.insert(0, str(Path(__file__).parent))

from crowd import crowd, namesakes
from labelled import load

from graph.errors import SettingsError
from graph.log import FactLog
from graph.operations import JudgementBook, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest.identity import judge, probabilistic, refresh
from ingest.identity.blocking import block
from ingest.identity.candidates import Candidate, find_candidates
from ingest.identity.policy import load_policy
from ingest.identity.probabilistic import find_probable
from ingest.identity.weights import by_policy, taught


def chances(candidates: Iterable[Candidate]) -> dict[tuple[str, str], float]:
    return {(item.mention.key, item.other.key): item.probability for item in candidates}


def test_without_the_extra_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(probabilistic, "import_module", absent)
    with pytest.raises(SettingsError) as refused:
        find_probable([])
    assert refused.value.cause_code == "splink_missing"
    assert "pip install 'xinnong[er]'" in refused.value.message_zh


def test_a_file_may_move_a_weight_and_never_turn_it() -> None:
    stated = by_policy(load_policy())
    bits = load_policy().findings["village.same"].bits
    assert bits is not None and 3 < bits < 8
    # (m, u) as seen -> m/u afterwards, in bits above the policy's
    for seen, moved in (
        ((0.5, 0.5 / 2.0 ** (bits + 1)), 1.0),  # one bit more than stated: taken
        ((0.9, 0.9 / 2.0 ** (bits + 5)), 2.0),  # five more: two at most
        ((0.9, 0.9 / 2.0 ** (bits - 3)), -2.0),
        ((0.1, 0.9), 0.0),  # it would say the contrary: the policy stands
        ((0.9, 1e-7), 0.0),  # too rare to be known
    ):
        m, u = taught(stated, {"village.same": seen})["village.same"]
        assert m / u == pytest.approx(2.0 ** (bits + moved), rel=0.01)


@pytest.fixture
def splink() -> None:
    pytest.importorskip("splink", reason="splink is not installed (extra er)")


@pytest.mark.usefixtures("splink")
def test_with_the_policy_s_weights_it_finds_what_the_rules_find() -> None:
    records, _ = crowd(6, identified=1_500, mentions=300)
    rules, found = find_candidates(records), find_probable(records, enough=10**9)
    blocked = block(sorted(records, key=lambda item: item.key), most=load_policy().blocks.most)
    assert (found.compared, found.left_out) == (len(blocked.pairs), blocked.left_out)
    one, other = chances(rules.candidates), chances(found.candidates)
    assert len(one) > 150
    assert {pair for pair in one.keys() | other.keys()
            if abs(one.get(pair, 0.0) - other.get(pair, 0.0)) > 0.01} == set()  # fmt: skip
    assert found.weighed_by.startswith(load_policy().name) and found.weighed_by.endswith("policy")
    texts = {(item.mention.key, item.other.key): {reason.text for reason in item.comparison.reasons}
             for item in rules.candidates}  # fmt: skip
    for item in found.candidates:
        assert texts[item.mention.key, item.other.key] <= {
            reason.text for reason in item.comparison.reasons
        }


@pytest.mark.usefixtures("splink")
def test_blocks_too_large_are_left_out_as_by_the_rules() -> None:
    records = sorted(namesakes(230), key=lambda item: item.key)
    blocked = block(records, most=load_policy().blocks.most)
    assert blocked.left_out == {"sound": 1}
    found = find_probable(records)
    assert (found.compared, found.left_out) == (len(blocked.pairs), blocked.left_out)


@pytest.mark.usefixtures("splink")
def test_a_large_file_teaches_and_is_right_and_the_same_in_any_order() -> None:
    records, truth = crowd(8, identified=4_000, mentions=1_200)
    labelled = [pair for pair in load() if pair.compared().by_identifier is None]
    known = {item.key for pair in labelled for item in (pair.one, pair.other)}
    assert len(known) == 2 * len(labelled)
    records += [item for pair in labelled for item in (pair.one, pair.other)]
    found = find_probable(records)
    assert not found.weighed_by.endswith("policy")
    seen = chances(found.candidates)
    # of two mentions both may mean the same person
    likely = [truth[mention] in (other, truth.get(other)) for (mention, other), chance
              in seen.items() if chance >= load_policy().likely_from and mention in truth
              ]  # fmt: skip
    assert len(likely) > 400 and sum(likely) / len(likely) >= 0.97
    assert sum(pair in seen for pair in truth.items()) >= 0.93 * len(truth)
    # nobody is merged with somebody who has another number
    identified = {item.key for item in records if item.identifiers}
    assert not any(one in identified and other in identified for one, other in seen)
    shown = [(pair.same, (pair.one.key, pair.other.key) in seen or
              (pair.other.key, pair.one.key) in seen) for pair in labelled]  # fmt: skip
    # among a crowd's namesakes the rules themselves show 83 of 85 in 93, splink 79 in 91
    right = sum(same and hit for same, hit in shown)
    assert right / sum(hit for _, hit in shown) >= 0.84
    assert right / sum(same for same, _ in shown) >= 0.90
    random.Random(1).shuffle(records)
    again = find_probable(records)
    assert chances(again.candidates) == seen and again.weighed_by == found.weighed_by


@pytest.mark.usefixtures("splink")
def test_what_was_judged_stays_out_of_the_queue(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    make_secrets(settings.secrets_file)
    world = World(FactLog(settings.log_dir))
    for key in ("person:k", "provisional:m"):
        world.node("Person", key, name="亢满囤", valid_from=date(2026, 1, 1))
        world.tie("LOCATED_IN", (key, "Person"), ("division:610305110201", "Village"))
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    assert [*chances(refresh(settings, by="splink").candidates)] == [("provisional:m", "person:k")]
    with OperationsStore(settings) as store:
        (queued,) = JudgementBook(store).waiting(limit=9)
    assert " splink-" in queued.policy
    judge(settings, "provisional:m", "person:k", "different", user="核对员")
    refresh(settings, by="splink")
    with OperationsStore(settings) as store:
        assert JudgementBook(store).waiting(limit=9) == []
