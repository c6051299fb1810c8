"""Structure: who owns and controls a firm, how guarantees hang together, what resembles what."""

from __future__ import annotations

from queries.structure.beneficial import BeneficialOwners, beneficial_owners
from queries.structure.control import CONTROL_REASONS, Control, controllers_of
from queries.structure.declared import UNDISCLOSED
from queries.structure.hint import AssociationHint
from queries.structure.overview import GuaranteePosition, Owners, Structure, read_structure
from queries.structure.ownership import LookThrough, Ownership, own
from queries.structure.proposal import GuaranteeProposal, ProposalCheck, check_proposal
from queries.structure.shares import DOUBTS

__all__ = [
    "CONTROL_REASONS",
    "DOUBTS",
    "UNDISCLOSED",
    "AssociationHint",
    "BeneficialOwners",
    "Control",
    "GuaranteePosition",
    "GuaranteeProposal",
    "LookThrough",
    "Owners",
    "Ownership",
    "ProposalCheck",
    "Structure",
    "beneficial_owners",
    "check_proposal",
    "controllers_of",
    "own",
    "read_structure",
]
