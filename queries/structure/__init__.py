"""Structure: who owns and controls a firm, how guarantees hang together, what resembles what."""

from __future__ import annotations

from queries.structure.beneficial import BeneficialOwners, beneficial_owners
from queries.structure.control import CONTROL_REASONS, Control, controllers_of
from queries.structure.declared import UNDISCLOSED
from queries.structure.hint import Hint
from queries.structure.ownership import LookThrough, Ownership, own
from queries.structure.proposal import GuaranteeProposal, ProposalCheck, check_proposal
from queries.structure.shares import DOUBTS
from queries.structure.standing import Owners, Standing, Structure, read_structure

__all__ = [
    "CONTROL_REASONS",
    "DOUBTS",
    "UNDISCLOSED",
    "BeneficialOwners",
    "Control",
    "GuaranteeProposal",
    "Hint",
    "LookThrough",
    "Owners",
    "Ownership",
    "ProposalCheck",
    "Standing",
    "Structure",
    "beneficial_owners",
    "check_proposal",
    "controllers_of",
    "own",
    "read_structure",
]
