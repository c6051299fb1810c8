"""Who is this?  A party is looked for by what somebody says of it, and what is found is weighed.

    subject     what was said: its numbers become keys at once
    candidates  whom the reader's own searches bring, and by what
    weighing    how well each fits, with every reason
    answer      bands, sentences, and what may follow from them

Everything is read through the reader who asks; what that reader may not see is found by nobody here.
"""

from __future__ import annotations

from ingest.matching.answer import NOTICE, Match, MatchAnswer, Matched, Outcome, match_all
from ingest.matching.policy import Band, MatchPolicy, match_policy
from ingest.matching.subject import KINDS, SaidOf, Subject, subject_of

__all__ = [
    "KINDS", "NOTICE", "Band", "Match", "MatchAnswer", "MatchPolicy", "Matched", "Outcome", "SaidOf",
    "Subject", "match_all", "match_policy", "subject_of",
]  # fmt: skip
