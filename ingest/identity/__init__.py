"""Who is whom where no identifier says so: rules, candidates, an officer's judgement, clusters.

    provisional   a row without an identifier becomes a party of its own
    rules         small findings about two records, with the sentence that explains each
    candidates    which pairs are worth a look, and how probable they are
    probabilistic the same search by splink, for large files (extra `er`); levels: what it compares
    review        the queue: show, judge, take back
    clusters      who is one party after all judgements, and where they contradict each other
    publish       judgements become `SAME_AS` facts of the log

A probability merges nobody and carries nothing; a judgement does, and can be taken back.
"""

from __future__ import annotations

from ingest.identity.review import judge, judgements_in_force, refresh, review, take_back

__all__ = ["judge", "judgements_in_force", "refresh", "review", "take_back"]
