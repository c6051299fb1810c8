"""Who submitted a job, as the job keeps it: what they see is looked up again whenever it goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from api.security import Asker, Role, local_asker
from api.security.consented import sees_by_consent
from graph.operations import Job
from queries.eligibility.rules.product import canonical
from queries.scope import Scope

__all__ = ["kept_asker", "submitter_of", "whose"]

_ROLES = {role.value: role for role in Role}


def kept_asker(asker: Asker) -> dict[str, Any]:
    """Who submitted, as a job keeps it: what consents open is looked up again with every line."""
    scope = asker.scope
    open_classes = scope.open_classes
    return {
        "id": asker.id,
        "name": asker.name,
        "role": str(asker.role),
        "scope": {
            "name": scope.name,
            "divisions": scope.divisions,
            "institution": scope.institution,
            "purpose": scope.purpose,
            "open_classes": None if open_classes is None else sorted(open_classes),
            "grants": {} if sees_by_consent(asker) else _listed(scope.grants),
        },
    }


def _listed(grants: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    return {party: sorted(classes) for party, classes in sorted(grants.items())}


def submitter_of(job: Job) -> Asker:
    """Who submitted; jobs of before said none, and were of whoever used this machine."""
    kept = json.loads(job.request)["fixed"].get("asker")
    if kept is None:
        return local_asker()
    told = kept["scope"]
    divisions, classes = told["divisions"], told["open_classes"]
    scope = Scope(
        told["name"],
        None if divisions is None else tuple(divisions),
        told["institution"],
        told["purpose"],
        None if classes is None else frozenset(classes),
        {party: frozenset(opened) for party, opened in told["grants"].items()},
    )
    return Asker(kept["id"], kept["name"], _ROLES[kept["role"]], scope, frozenset())


def whose(asker: Asker) -> str:
    """Names who submitted and what they see but for consents: another role is another's jobs."""
    if asker.scope.sees_everything:
        return "everything"
    told = kept_asker(asker)
    told.pop("name")
    return hashlib.sha256(canonical(told)).hexdigest()[:24]
