"""A village by hand for the pages of the graph: a ring, a cooperative of 22, a firm with holders, a house."""

from __future__ import annotations

from datetime import UTC, date, datetime

from world import World

from graph.connection import Graph
from graph.log import FactLog
from graph.projection import project
from graph.settings import Settings

__all__ = [
    "ALONE",
    "COOP",
    "FAR",
    "FARMER",
    "FIRM",
    "HOME",
    "KNOWN",
    "LIKE",
    "MEMBERS",
    "NEIGHBOUR",
    "RING",
    "state_village",
    "village_facts",
]

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
VILLAGE, TOWN = ("division:610322104203", "Village"), ("division:610322104", "Town")
#: Of whom everything begins, and the two with whom a ring is closed.
RING = tuple((f"person:{letter * 32}", "Person") for letter in "abc")
FARMER, NEIGHBOUR, REPAIRED = RING
FAR, LIKE, ALONE = ((f"person:{letter * 32}", "Person") for letter in "def")
MEMBERS = tuple((f"person:{n:032d}", "Person") for n in range(22))
HOME = ("household:610322104203-1", "Household")
COOP = ("org:93610322MA00000011", "Cooperative")
FIRM, HELD = ("org:91610305MA91000012", "Enterprise"), ("org:91610305MA91000020", "Enterprise")


def state_village(settings: Settings) -> None:
    """Write it into the log and the graph of a data folder."""
    village_facts(FactLog(settings.log_dir))
    with Graph(settings) as graph:
        project(FactLog(settings.log_dir), graph)


def village_facts(log: FactLog) -> None:
    """Write it into a log.

    许春英 stands for 李互保, he for 周修复, he for her; the second is a defaulter, the third was one.
    At the end of the ring 王远 is stood for by 周修复; 许春英 may be the same as a guarantor.
    """
    world = World(log)
    for (key, label), name in ((TOWN, "田家庄镇"), (VILLAGE, "许家村"), (COOP, "宝鸡市凤翔区众兴苹果种植农民专业合作社"),
                               (FIRM, "宝鸡丰硕果业有限公司"), (HELD, "宝鸡丰硕冷链有限公司")):  # fmt: skip
        world.node(label, key, name=name)
    world.tie("PART_OF", VILLAGE, TOWN)
    names = ("许春英", "李互保", "周修复", "王远", "赵相似", "孤立人")
    for one, name in zip((*RING, FAR, LIKE, ALONE), names, strict=True):
        world.node("Person", one[0], name=name, birth_on=date(1980, 1, 1))
        world.tie("LOCATED_IN", one, VILLAGE)
    for place, one in enumerate(MEMBERS):
        world.node("Person", one[0], name=f"社员{place:02d}")
        world.tie("MEMBER_OF", one, COOP)
    world.tie("MEMBER_OF", FARMER, COOP)
    begins = date(2025, 6, 1)
    for place, (one, other) in enumerate(((0, 1), (1, 2), (2, 0))):
        world.tie("GUARANTEES", RING[one], RING[other], amount_fen=1_000_000 * (place + 5),
                  valid_from=begins, discriminator=f"contract:{place}")  # fmt: skip
    world.tie("GUARANTEES", REPAIRED, FAR, amount_fen=3_000_000, valid_from=begins)
    world.tie("GUARANTEES", LIKE, FARMER, certainty=0.8)
    world.tie("HOLDS_SHARES_IN", FARMER, FIRM, share_ratio=0.6)
    world.tie("HOLDS_SHARES_IN", FAR, FIRM, share_ratio=0.4)
    world.tie("HOLDS_SHARES_IN", FIRM, HELD, share_ratio=0.5)
    world.node("Household", HOME[0], household_no="1")
    world.tie("BELONGS_TO", FARMER, HOME, role="householder")
    for who, entry, over in ((NEIGHBOUR, "list:1", None), (REPAIRED, "list:2", date(2026, 2, 1))):
        world.node("ListEntry", entry, list_kind="judgment_defaulter", case_no=entry,
                   listed_on=date(2025, 9, 1), removed_on=over)  # fmt: skip
        world.tie("SUBJECT_OF", who, (entry, "ListEntry"))
    world.commit(KNOWN)
