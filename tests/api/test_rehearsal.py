"""Of whom a service asks after its start; what is asked, `test_consent_channels` sees on an engine."""

from __future__ import annotations

from api.rehearsal import one_of_each
from queries.scope import ADMINISTRATOR, Scope


def test_of_scopes_that_ask_in_the_same_words_one_is_taken_and_the_most_used_first() -> None:
    opened = {"person:a": frozenset({"credit"})}
    office = Scope("信用办", open_classes=frozenset({"identity"}))
    near = Scope("甲镇", divisions=("610322104",), open_classes=frozenset(), grants=opened)
    far = Scope("乙镇", divisions=("610322105",), open_classes=frozenset(), grants=opened)
    assert one_of_each([office, near, ADMINISTRATOR, far]) == [near, office, ADMINISTRATOR]
    assert one_of_each([]) == []
