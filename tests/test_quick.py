"""What `--quick` leaves out: whatever a test reaches, also through what is put around it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from engine_need import reaches_a_door
from hypothesis import given
from hypothesis import strategies as st

from graph.time import utc_now


def asks_a_process() -> None:
    subprocess.run(["true"], check=True)


def asks_nobody() -> None:
    utc_now()


@given(st.integers())
def property_of_a_process(_number: int) -> None:
    asks_a_process()


@given(st.integers())
def property_of_nobody(_number: int) -> None:
    asks_nobody()


@pytest.mark.parametrize(
    ("function", "reaches"),
    [
        (asks_a_process, True),
        (asks_nobody, False),
        (property_of_a_process, True),
        (property_of_nobody, False),
    ],
)
def test_what_a_property_reaches_counts_too(function: Any, reaches: bool) -> None:
    assert reaches_a_door(function) is reaches
