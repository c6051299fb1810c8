"""The financing loop through a service that is killed: a few lives here, as many as wanted there.

python -m bench.faults.loop_kills --kills 200
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from bench.faults.loop_kills import live

#: How often the service is killed here.
KILLS = int(os.environ.get("LOOP_KILLS", "20"))


@pytest.mark.sweep
def test_whatever_it_dies_of_each_act_stands_once(tmp_path: Path) -> None:
    told = live(tmp_path, kills=KILLS, chance=random.Random(7))
    assert told.wrong == []
    assert told.kills >= KILLS
    # else nobody was killed while something was under way
    assert told.again
