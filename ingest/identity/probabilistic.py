"""Candidates by probabilistic linkage (splink on DuckDB): for large files, with weights of their own.

The same records, blocks, findings and result as `candidates`; what differs is who compares and what
a finding weighs.  A database compares the pairs (`levels`), and where a file is large enough the
weights are estimated from it: u, the chance of a finding among strangers, from random pairs; m, the
chance among the same, by expectation maximisation on pairs that agree in one thing (Fellegi and
Sunter, JASA 64, 1969).  The policy keeps its hand on them (`weights`), and weighs alone where
mentions are few.  Rarity counts as with the rules.

Like every hint of this room, a probability merges nobody and carries nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from graph.errors import SettingsError
from ingest.identity.blocking import block_keys
from ingest.identity.candidates import WORTHLESS, Candidate, Found, shared
from ingest.identity.commonness import Commonness, count
from ingest.identity.comparison import Comparison, Reason, compare, prior, probability
from ingest.identity.levels import LEVELS, SILENT, Level, columns, frequencies
from ingest.identity.policy import IdentityPolicy, load_policy
from ingest.identity.record import Record
from ingest.identity.rules import RULES
from ingest.identity.weights import Weights, by_policy, findings_compared, taught

__all__ = ["ENOUGH", "find_probable"]

#: Mentions from which on a file teaches weights of its own.
ENOUGH = 1_000

_SEED = 20_260_101
_RANDOM_PAIRS = 2e6
_TAUGHT_BY = ("sound", "phone", "birth")  # pairs that agree in one of these teach m
_LEAST_PAIRS, _MOST_PAIRS = 500, 2e5


def find_probable(
    records: Sequence[Record], policy: IdentityPolicy | None = None, *, enough: int = ENOUGH
) -> Found:
    """As `find_candidates`: nothing is decided here.

    Args:
        enough: mentions from which on the file's own weights are used.

    Raises:
        SettingsError: `splink_missing`, the extra `er` is not installed.
    """
    splink, duckdb = _installed()
    policy = policy or load_policy()
    records = sorted(records, key=lambda record: record.key)
    with TemporaryDirectory() as spilled, duckdb.connect() as database:
        # names and numbers go to no other place, and nothing is fetched from anywhere
        database.execute(f"SET temp_directory = '{spilled}'")
        database.execute("SET autoinstall_known_extensions = false")
        linkage = _Linkage(splink, database, records, policy)
        compared, left_out = linkage.block()
        weights, told = by_policy(policy), "policy"
        if sum(not record.identifiers for record in records) >= enough:
            weights = taught(weights, linkage.seen())
            told = hashlib.sha256(json.dumps(weights).encode()).hexdigest()[:8]
        found = list(linkage.candidates(weights)) if compared else []
    return Found.of(found, compared, left_out, f"{policy.name} splink-{splink.__version__} {told}")


def _installed() -> tuple[Any, Any]:
    try:
        found = import_module("splink"), import_module("duckdb")
    except ImportError as error:
        raise SettingsError(
            "本环境没有安装 splink。请运行 pip install 'xinnong[er]'，或改用规则查找（--by rules）。",
            "splink is not installed: pip install 'xinnong[er]', or search by rules (--by rules).",
            code="splink_missing",
        ) from error
    logging.getLogger("splink").setLevel(logging.ERROR)  # what it cannot learn, the policy says
    return found


class _Linkage:
    """The records in a database, and splink over them."""

    def __init__(
        self, splink: Any, database: Any, records: Sequence[Record], policy: IdentityPolicy
    ) -> None:
        self._splink, self._database = splink, database
        self._records, self._policy = records, policy
        self._places = {record.key: place for place, record in enumerate(records)}
        self._common: Commonness = count(records)
        self._priors = {
            kind: prior(self._common.population(of_persons=kind, policy=policy), policy)
            for kind in (True, False)
        }
        self._table = columns(records, self._common, policy)
        database.register("described", self._table)

    def block(self) -> tuple[int, dict[str, int]]:
        """Pairs to compare: how many, and what was left out of which block."""
        keys = [(place, *each) for place, each in block_keys(self._records)]
        schema = pa.schema({"place": pa.int64(), "kind": pa.string(), "value": pa.string()})
        held = zip(*keys, strict=True) if keys else ((), (), ())
        self._database.register("block_keys", pa.table([*map(list, held)], schema=schema))
        self._database.execute(f"SET VARIABLE most = {self._policy.blocks.most}")
        self._database.execute((files("ingest.identity") / "blocks.sql").read_text("utf-8"))
        ((compared,),) = self._database.execute("SELECT count(*) FROM blocked_pairs").fetchall()
        return compared, dict(self._database.execute("FROM left_out ORDER BY kind").fetchall())

    def seen(self) -> dict[str, tuple[float, float]]:
        """Finding -> (m, u) as estimated from the records, where they hold it often enough."""
        linker = self._linker({})
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
        for column in _TAUGHT_BY:
            agreed = f"l.{column} = r.{column} AND NOT (l.known AND r.known)"
            pairs = f"FROM described l JOIN described r ON {agreed} AND l.unique_id < r.unique_id"
            if self._database.execute(f"SELECT count(*) {pairs}").fetchall()[0][0] >= _LEAST_PAIRS:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    agreed, estimate_without_term_frequencies=True, max_pairs=_MOST_PAIRS
                )
        levels = (
            level
            for comparison in linker.misc.save_model_to_json()["comparisons"]
            for level in comparison["comparison_levels"]
        )
        return {
            level["label_for_charts"]: (level["m_probability"], level["u_probability"])
            for level in levels
            if "m_probability" in level and "u_probability" in level
        }

    def candidates(self, weights: Weights) -> Iterator[Candidate]:
        """The pairs worth an officer's look, explained by the rules' own sentences."""
        linker = self._linker(weights)
        scored = linker.inference.predict(threshold_match_weight=WORTHLESS, warning_mode="never")
        for mention, others in groupby(self._scored(scored.physical_name), itemgetter(0)):
            bits = {other: each for _, other, *each in others}
            odds = (
                (other, Comparison(None, self._prior(mention) + sum(each), ()))
                for other, each in bits.items()
            )
            for item in shared(self._records, mention, odds, self._policy):
                each = dict(zip(LEVELS, bits[self._places[item.other.key]], strict=True))
                yield replace(item, comparison=self._explained(item, each))

    def _scored(self, table: str) -> Iterator[tuple[Any, ...]]:
        """(mention, other, bits of each group); not of mentions of whom nobody is to be shown."""
        weighed = ", ".join(
            f"round(mw_{group}{f' + mw_tf_adj_{group}' if _by_frequency(levels) else ''}, 2) AS {group}"
            for group, levels in LEVELS.items()
        )
        shown = math.log2(self._policy.show_from / (1 - self._policy.show_from))
        least = shown - max(self._priors.values())
        yield from self._database.execute(
            f"SELECT unique_id_l, unique_id_r, {weighed} FROM {table} QUALIFY "
            f"max({' + '.join(LEVELS)}) OVER (PARTITION BY unique_id_l) >= {least} ORDER BY ALL"
        ).fetchall()

    def _explained(self, item: Candidate, bits: Mapping[str, float]) -> Comparison:
        """The rules' reasons, of each group the one that a database found with its weight."""
        said: dict[str, list[Reason]] = {group: [] for group in LEVELS}
        for reason in compare(item.mention, item.other, self._common, self._policy).reasons:
            said[_GROUPS[reason.rule]].append(replace(reason, bits=0.0))
        reasons: list[Reason] = []
        for group, each in said.items():
            order = [level.finding for level in LEVELS[group]]
            counted = [one for one in each if f"{one.rule}.{one.level}" in order]
            counted.sort(key=lambda one: order.index(f"{one.rule}.{one.level}"))
            if counted:
                first = counted[0]
                reasons += [
                    replace(first, bits=bits[group]),
                    *(one for one in each if one is not first),
                ]
            elif bits[group]:
                level, text = SILENT[group]
                reasons += [Reason(group, level, text, ("", ""), bits[group]), *each]
        odds = self._prior(self._places[item.mention.key]) + sum(bits.values())
        return Comparison(None, odds, tuple(reasons))

    def _prior(self, place: int) -> float:
        """Log2 odds before anything is compared: persons and organisations apart."""
        return self._priors[self._records[place].is_person]

    def _linker(self, weights: Weights) -> Any:
        """splink over the records; without weights it starts from values of its own."""
        settings = self._splink.SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                {
                    "output_column_name": group,
                    "comparison_levels": [_level(level, weights) for level in levels],
                }
                for group, levels in LEVELS.items()
            ],
            probability_two_random_records_match=probability(self._priors[True]),
            retain_matching_columns=False,
            retain_intermediate_calculation_columns=True,
        )
        api = self._splink.DuckDBAPI(connection=self._database)
        linker = self._splink.Linker(api.register(self._table), settings, log_level=None)
        manage = linker.table_management
        manage.register_blocked_pairs_for_predict(api.register("blocked_pairs"))
        for column in sorted(
            {one.frequency for one in findings_compared().values() if one.frequency}
        ):
            shares = frequencies(self._table, column, self._common, self._policy)
            manage.register_term_frequency_lookup(api.register(shares), column)
        return linker


_GROUPS = {rule.__name__: group for rule, group in RULES.items()}


def _by_frequency(levels: Iterable[Level]) -> bool:
    return any(level.frequency for level in levels)


def _level(level: Level, weights: Weights) -> dict[str, Any]:
    """A level as splink has it; a share below u would weigh more than the policy's most."""
    made: dict[str, Any] = {
        "sql_condition": level.condition,
        "label_for_charts": level.finding or "nothing to compare",
        "is_null_level": not level.finding,
    }
    if level.finding in weights:
        made["m_probability"], made["u_probability"] = weights[level.finding]
        if level.frequency:
            made |= {
                "tf_adjustment_column": level.frequency,
                "tf_minimum_u_value": made["u_probability"],
                "disable_tf_exact_match_detection": True,
            }
    return made
