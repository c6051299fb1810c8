"""A text in which `MAYBE_NUMBER` is not found holds nothing that would be hidden, however strictly."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import resident_id
from graph.identifiers.redaction import MAYBE_NUMBER, redacted, redacted_key

KEY = "11" * 32

whole = st.builds(
    lambda day, n: resident_id.complete(f"610322{day:%Y%m%d}{n:03d}"),
    st.dates(date(1900, 1, 1)),
    st.integers(0, 999),
)
number = st.one_of(
    whole,
    whole.map(lambda text: text[:6] + text[8:17]),
    whole.map(lambda text: f"{text[:6]} {text[6:14]}-{text[14:]}"),
    whole.map(lambda text: f"{text[:6]}{'*' * 8}{text[14:]}"),
    whole.map(lambda text: f"{text[:10]}×××●{text[14:]}"),
    st.sampled_from(["13812345678", "138-1234-5678", "+86 138 1234 5678", "0917-3456789", "010－82345678"]),
    st.sampled_from(["身份证尾号1046", "证件后四位：104X", "身份证件号码最后四位为1046", "证件件尾号1046"]),
)  # fmt: skip
spoilt = st.builds(
    lambda text, at, by: text[: at % len(text)] + by + text[at % len(text) + 1 :],
    number,
    st.integers(0, 30),
    st.sampled_from(["", "０", "１", "\uff38", "　", "－", "a", "9", "\uff0b"]),
)
around = st.text("样县借款人 \x00n:,，#*0１A-－", max_size=6)
text = st.builds("{}{}{}".format, around, number | spoilt | st.text(max_size=20), around)


@settings(max_examples=examples(300))
@given(st.lists(text, max_size=10))
def test_what_is_not_found_is_not_hidden(texts: list[str]) -> None:
    found = pc.match_substring_regex(pa.array(texts, pa.string()), MAYBE_NUMBER).to_pylist()
    for each, maybe in zip(texts, found, strict=True):
        if not maybe:
            assert redacted(each) == redacted(each, strict=False) == each
            assert redacted_key(each, KEY) == each
