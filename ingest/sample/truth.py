"""What was planted in a sample district, and where: the answer sheet for the detectors."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Circle", "Truth"]


@dataclass(frozen=True)
class Circle:
    """A circle of guarantees that nothing else touches.

    Attributes:
        kind: couple_and_firms, mutual_firms, joint_group, chain or guarantee_company.
        members: who stands for whom is as the kind says, in this order.
        adverse: those of them with a bad loan; nobody in a healthy one.
    """

    kind: str
    members: list[str]
    adverse: list[str]


@dataclass
class Truth:
    """What was planted; persons by resident id, firms by code.

    Attributes:
        rings, chains: in the order in which each guarantees the next.
        joint_groups: farmers who all stand for all.  relatives: pairs of spouses inside one.
        stars: a firm that guarantees more than five others, and these.
        shells: (old, new) of firms registered again under another name.
        not_shells: pairs that look like it and are none: years apart, one thing in common, a
            market's address, a listing that was repaired.
        nominees: (firm, who stands in front).  not_nominees: the same, of those who are none.
        controllers: (who runs or holds most of them, the firms).
        agents: (who filed their registration and stands in none of them, the firms).
        not_agents: the same of an agency, which files for very many.
        holdings: (person, firm, the person's exact share through circles).
        circles: of guarantees, with whose loan in them is bad.
        code_errors: kinds of what is wrong with a code, by code.
        agent_phone_sharers: how many parties gave a village agent's telephone as theirs.
        quarantined: rows that must be refused, by file.
        rows: rows written, by file.
    """

    seed: int
    persons: int
    rings: list[list[str]] = field(default_factory=list)
    chains: list[list[str]] = field(default_factory=list)
    joint_groups: list[list[str]] = field(default_factory=list)
    relatives: list[list[str]] = field(default_factory=list)
    stars: list[tuple[str, list[str]]] = field(default_factory=list)
    shells: list[tuple[str, str]] = field(default_factory=list)
    not_shells: list[tuple[str, str]] = field(default_factory=list)
    nominees: list[tuple[str, str]] = field(default_factory=list)
    not_nominees: list[tuple[str, str]] = field(default_factory=list)
    controllers: list[tuple[str, list[str]]] = field(default_factory=list)
    agents: list[tuple[str, list[str]]] = field(default_factory=list)
    not_agents: list[tuple[str, list[str]]] = field(default_factory=list)
    holdings: list[tuple[str, str, float]] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)
    code_errors: dict[str, list[str]] = field(default_factory=dict)
    agent_phone_sharers: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
