"""From the schema to the text that writes a graph: constraints, indexes, merges.  Pure.

Layout: an entity node carries its key alone; what is said about it are version nodes,
`(:Version)-[:DESCRIBES]->(entity)`; a tie is a relationship between entities.  Versions and ties
carry the fact's lifecycle.  Beside them stands one `(:PartyName)` for every name that any version
has, by which parties are found (`graph.names.searching`); it says nothing of anybody.  Nothing is
matched without a label; values are always parameters.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

from graph.schema import SCHEMA
from graph.vocabulary import Node, Relationship

__all__ = [
    "LONGEST_LOOKED_UP",
    "LOOKED_UP",
    "NAMES_WRITE",
    "PROJECTION_MIGRATED",
    "PROJECTION_READ",
    "PROJECTION_WRITE",
    "close_text",
    "merge_text",
    "migrations",
    "schema_hash",
    "shortenings",
    "undoing",
    "version_labels",
]

PROJECTION_READ = (
    "MATCH (p:Projection {name: 'log'}) RETURN p.position AS position, p.known_at AS known_at, "
    "p.manifest_hash AS manifest_hash, p.schema_hash AS schema_hash, p.sources AS sources, "
    "coalesce(p.sources_on, []) AS sources_on"
)

PROJECTION_MIGRATED = "MATCH (p:Projection {name: 'log'}) SET p.schema_hash = $schema_hash"

PROJECTION_WRITE = (
    "MERGE (p:Projection {name: 'log'}) SET p.position = $position, p.known_at = $known_at, "
    "p.manifest_hash = $manifest_hash, p.schema_hash = $schema_hash, p.sources = $sources, "
    "p.sources_on = $sources_on"
)

#: (superlabel, property) of versions that are looked up by their value: what two parties may share,
#: and what people search by.  An index holds so many characters and no more.
LOOKED_UP = (
    ("Party", "address"),
    ("Party", "phone_key"),
    ("Party", "name"),
    ("Division", "name"),
    ("Loan", "loan_no"),
)
LONGEST_LOOKED_UP = 2_000

NAMES_WRITE = (
    "UNWIND $rows AS row\n"
    "MERGE (n:PartyName {name: row.name})\n"
    "SET n.written = row.written, n.sounds = row.sounds, n.initials = row.initials"
)


@cache
def migrations() -> tuple[str, ...]:
    """Statements that bring any store to the schema; each may be run again at no harm."""
    statements = [
        "CREATE CONSTRAINT projection_name IF NOT EXISTS "
        "FOR (p:Projection) REQUIRE p.name IS UNIQUE",
        "CREATE CONSTRAINT version_fact_id IF NOT EXISTS "
        "FOR (v:Version) REQUIRE v.fact_id IS UNIQUE",
        "CREATE CONSTRAINT name_searched IF NOT EXISTS FOR (n:PartyName) REQUIRE n.name IS UNIQUE",
    ]
    statements += [
        f"CREATE CONSTRAINT {label.lower()}_key IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE n.key IS UNIQUE"
        for label in sorted(SCHEMA.superlabels)
    ]
    statements += [
        f"CREATE INDEX {tie.type.lower()}_fact_id IF NOT EXISTS "
        f"FOR ()-[r:{tie.type}]-() ON (r.fact_id)"
        for tie in SCHEMA.relationships.values()
    ]
    statements += [
        f"CREATE INDEX {label.lower()}_{name} IF NOT EXISTS FOR (v:{label}Version) ON (v.{name})"
        for label, name in LOOKED_UP
    ]
    # the columns are cut into tokens beforehand: an analyzer for Chinese finds no single character
    statements += [
        "DROP INDEX party_names IF EXISTS",
        "CREATE FULLTEXT INDEX searched_names IF NOT EXISTS "
        "FOR (n:PartyName) ON EACH [n.written, n.sounds, n.initials] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
    ]
    return tuple(statements)


def undoing(migration: str) -> tuple[str, ...]:
    """Statements that remove whatever stands under the name that a migration gives."""
    made = re.match(r"CREATE (?:CONSTRAINT|(?:FULLTEXT )?INDEX) (\w+) ", migration)
    if made is None:
        return ()
    return (f"DROP CONSTRAINT {made[1]} IF EXISTS", f"DROP INDEX {made[1]} IF EXISTS")


@cache
def schema_hash() -> str:
    """Names the migrations: a graph that carries it needs none."""
    every = (*migrations(), *(text for pair in shortenings() for text in pair))
    return hashlib.sha256("\n".join(every).encode()).hexdigest()


@cache
def shortenings() -> tuple[tuple[str, str], ...]:
    """(is any left, mend `$rows` of them) for the masks of before, which showed the last four.

    In every text of every node and tie, keys among them, as the log reads them by now
    (`graph.identifiers.older_masks`).
    """
    places = [f"(n:{label})" for label in sorted({"Version", "PartyName", *SCHEMA.superlabels})]
    places += [f"()-[n:{tie.type}]->()" for tie in SCHEMA.relationships.values()]
    pairs = []
    for stars, shown, end in (("*" * 8, 4, "[0-9]{3}[0-9X]"), ("*" * 7, 2, "[0-9]{2}")):
        form = f"(?s).*[1-9][0-9]{{5}}[*]{{{len(stars)}}}{end}.*"
        for place in places:
            found = (
                f"MATCH {place} WITH n, [name IN keys(n) WHERE valueType(n[name]) STARTS WITH "
                f"'STRING' AND n[name] =~ '{form}'] AS names WHERE size(names) > 0 "
            )
            mended = (
                f"UNWIND names AS name WITH n, name, split(n[name], '{stars}') AS parts "
                f"SET n[name] = reduce(s = head(parts), part IN tail(parts) | s + "
                f"'{stars}' + CASE WHEN part =~ '(?s){end}.*' "
                f"THEN '{'*' * shown}' + substring(part, {shown}) ELSE part END)"
            )
            pairs.append(
                (f"{found}RETURN 1 AS one LIMIT 1", f"{found}WITH n, names LIMIT $rows {mended}")
            )
    born = (
        "MATCH (v:PersonVersion) WHERE v.birth_on IS NOT NULL "
        "AND v.resident_id_masked =~ '[0-9]{6}[*]{12}' "
    )
    mended = (
        "WITH v LIMIT $rows SET v.resident_id_masked = left(v.resident_id_masked, 6) "
        "+ replace(toString(v.birth_on), '-', '') + '****'"
    )
    return (*pairs, (f"{born}RETURN 1 AS one LIMIT 1", f"{born}{mended}"))


def version_labels(node: Node) -> tuple[str, ...]:
    """Labels of the version nodes of a kind: `Version`, its own, and its superlabel's."""
    own = f"{node.label}Version"
    if node.describes:
        return ("Version", own)
    above = f"{SCHEMA.superlabel(node)}Version"
    return ("Version", own) if above == own else ("Version", own, above)


@cache
def merge_text(kind: str) -> str:
    """Statement that writes `$rows` of one fact kind; to write a row again changes nothing.

    Rows: `fact_id`, the end columns of the kind, and `properties` (lifecycle and declared);
    `$shared` holds the properties that all of them have in common, so that they travel once.
    """
    declared = SCHEMA.kind(kind)
    return _merge_node(declared) if isinstance(declared, Node) else _merge_tie(declared)


def _merge_node(node: Node) -> str:
    thing = SCHEMA.thing(node)
    role = f"SET n:{node.label}\n" if node.is_role else ""
    return (
        "UNWIND $rows AS row\n"
        f"MERGE (n:{SCHEMA.superlabel(node)} {{key: row.key}})\n"
        f"ON CREATE SET n:{thing.label}\n"
        f"{role}"
        "MERGE (v:Version {fact_id: row.fact_id})\n"
        f"ON CREATE SET v:{':'.join(version_labels(node))}, v += row.properties, v += $shared\n"
        "MERGE (v)-[:DESCRIBES]->(n)"
    )


def _merge_tie(tie: Relationship) -> str:
    # a tie may be all that is known of whom it joins: the ends are made, never silently missed
    role = f"\nSET a:{tie.source_role}" if tie.source_role else ""
    return (
        "UNWIND $rows AS row\n"
        f"MERGE (a:{SCHEMA.common_label(tie.sources)} {{key: row.from_key}})\n"
        "ON CREATE SET a:$(row.from_label)\n"
        f"MERGE (b:{SCHEMA.common_label(tie.targets)} {{key: row.to_key}})\n"
        "ON CREATE SET b:$(row.to_label)\n"
        f"MERGE (a)-[r:{tie.type} {{fact_id: row.fact_id}}]->(b)\n"
        "ON CREATE SET r += row.properties, r += $shared"
        f"{role}"
    )


@cache
def close_text(kind: str) -> str:
    """Statement that closes the facts `$fact_ids` of one kind at `$known_to`."""
    if isinstance(SCHEMA.kind(kind), Node):
        return (
            "UNWIND $fact_ids AS fact_id\n"
            "MATCH (v:Version {fact_id: fact_id})\n"
            "SET v.known_to = $known_to"
        )
    return (
        "UNWIND $fact_ids AS fact_id\n"
        f"MATCH ()-[r:{kind} {{fact_id: fact_id}}]->()\n"
        "SET r.known_to = $known_to"
    )
