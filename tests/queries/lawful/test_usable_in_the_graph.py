"""The word `usable(x)` of questions says what the definition says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from conftest import Worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from lawful_records import DAY, DAYS, statements

from graph.schema import SCHEMA
from queries.expansion import rendered
from queries.fragment import expand
from queries.lawful import parameters, usable

KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
THINGS = {
    kind: SCHEMA.thing(SCHEMA.nodes[kind]).label for kind in ("ListEntry", "Penalty", "TaxArrears")
}
_WRITE = (
    "UNWIND $rows AS row MERGE (x:{thing} {{key: row.key}}) "
    "CREATE (v:Version:{kind}Version) SET v = row.said MERGE (v)-[:DESCRIBES]->(x)"
)
_ASK = "UNWIND $keys AS key MATCH (x:THING {key: key}) RETURN key, usable(x) AS usable"
_CLEAR = "UNWIND $keys AS key MATCH (v:Version)-[:DESCRIBES]->(x:{thing} {{key: key}}) DETACH DELETE v, x"


@settings(max_examples=10)
@given(st.lists(st.tuples(statements(), st.booleans()), min_size=20, max_size=60),
       st.just(DAY) | DAYS)  # fmt: skip
def test_the_graph_says_what_the_definition_says(
    worlds: Worlds, said: list[tuple[dict[str, Any], bool]], lawful_on: date
) -> None:
    for kind, thing in THINGS.items():
        rows = []
        for place, (row, is_held) in enumerate(said):
            if row["kind"] == kind:
                until = datetime(9999, 12, 31, tzinfo=UTC) if is_held else KNOWN
                lifecycle = {"fact_id": f"law-{kind}-{place}", "known_to": until,
                             "known_from": KNOWN - timedelta(days=1)}  # fmt: skip
                # three records or more: statements of one are told together
                key = f"law:{row['key']}:{place % 5}"
                rows.append({"key": key, "said": {**row, **lifecycle, "key": None}})
        if not rows:
            continue
        keys = sorted({row["key"] for row in rows})
        worlds.graph.write(_WRITE.format(thing=thing, kind=kind), {"rows": rows})
        try:
            text = rendered(expand(_ASK.replace("THING", thing)))
            given_ = {"keys": keys, "known_at": KNOWN, "as_of": DAY, **parameters(lawful_on)}
            found = {row["key"]: row["usable"] for row in worlds.graph.read(text, given_).rows}
        finally:
            worlds.graph.write(_CLEAR.format(thing=thing), {"keys": keys})
        for key in keys:
            held = [
                row["said"] for row in rows
                if row["key"] == key and row["said"]["known_to"] > KNOWN
            ]  # fmt: skip
            assert found[key] is usable(kind, held, lawful_on), (key, held)
