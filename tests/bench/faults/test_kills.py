"""The driver that kills commands from outside: one life of each act here, as many as wanted there.

python -m bench.faults.kills --kills 1000
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from bench.faults.kills import ACTS, WAYS, Driver
from bench.faults.state import State


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with Driver(tmp_path_factory.mktemp("kills"), thorough=False) as made:
        yield made


@pytest.mark.sweep
@pytest.mark.parametrize(("act", "way"), [*zip(ACTS, WAYS, strict=True)])
def test_one_more_command_makes_it_whole(driver: Driver, act: str, way: str) -> None:
    life = driver.kill(act, [way], random.Random(f"{act} {way}"))
    assert life.wrong == ()


def test_a_difference_is_told() -> None:
    mine, other = State(Counter("ab"), Counter(), Counter("x")), State(Counter("bc"), Counter(), Counter("x"))  # fmt: skip
    assert mine.unlike(mine) == []
    assert mine.unlike(other) == ["log: 1 lacking, 1 more"]
