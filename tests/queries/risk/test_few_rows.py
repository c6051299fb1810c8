"""Of a tie's table a few rows are cut out one by one and many together: they are the same rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from queries.risk import strength


@pytest.mark.parametrize("few", [0, 100], ids=["together", "one by one"])
def test_the_same_rows_whatever_their_number(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strength, "_FEW", few)
    coded = pa.dictionary(pa.int32(), pa.string())
    parts = [pa.array(["a", None, "b"], coded), pa.array(["c", "a"], coded)]
    facts = pa.table({"discriminator": pa.chunked_array(parts), "amount_fen": [1, 2, 3, 4, 5]})
    some = strength._few(facts, np.array([4, 0, 3]))
    assert some.schema == facts.schema
    assert some.to_pylist() == facts.take([4, 0, 3]).to_pylist()
    assert strength._few(facts, np.array([], np.int64)).to_pylist() == []
