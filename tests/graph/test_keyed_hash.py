"""Many keyed hashes at once are those of the standard library, one by one."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers.keyed_hash import keyed_hashes

ascii_text = st.text(st.characters(max_codepoint=127), max_size=80)


@given(st.lists(ascii_text, max_size=5), st.binary(max_size=80), st.sampled_from(["", "phone "]))
def test_as_the_standard_library_says(texts: list[str], key: bytes, before: str) -> None:
    assert list(keyed_hashes(texts, key, said_before=before)) == [
        hmac.digest(key, (before + text).encode(), "sha256").hex()[:32] for text in texts
    ]


def test_a_published_case() -> None:
    # RFC 4231, test case 2
    assert list(keyed_hashes(["what do ya want for nothing?"], b"Jefe")) == [
        "5bdcc146bf60754e6a042426089575c7"
    ]
