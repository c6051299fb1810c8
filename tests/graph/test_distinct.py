"""Each number once, as numpy has it."""

from __future__ import annotations

import numpy as np
import pytest

from graph.distinct import distinct


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint64])
@pytest.mark.parametrize("count", [0, 1, 7, 10_000])
def test_it_is_what_numpy_gives(kind: type[np.integer], count: int) -> None:
    numbers = np.random.default_rng(count).integers(0, 3_000, count).astype(kind)
    found = distinct(numbers)
    assert found.dtype == kind
    assert np.array_equal(found, np.unique(numbers))
