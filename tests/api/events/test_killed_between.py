"""Whoever is killed between any two steps: every event is acknowledged once, in order of its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from api.events.post import Answered
from api.events.sending import Sending
from graph.operations import (
    HookDeliveries,
    Hooks,
    OfficeBooks,
    OperationsStore,
    note_event,
)
from graph.settings import Settings
from graph.time import utc_now
from queries.scope import ADMINISTRATOR

SUBJECTS = ("person:a", "person:b", "person:c")


class Killed(BaseException):
    """The process is gone, wherever it was."""


class Mortal:
    """A store, and a receiver, at any step of which the process may be killed.

    Attributes:
        kills: at which of the steps that are still to come.
        answers: what the receiver answers, one after the other; then it takes all.
        came: names and cursors of what it acknowledged, in order.
    """

    def __init__(self, store: OperationsStore, kills: list[int], answers: list[int]) -> None:
        self.store, self.kills, self.answers = store, kills, answers
        self.came: list[tuple[str, int]] = []
        self.noted: set[int] = set()
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.kills and self.steps >= self.kills[0]:
            self.kills.pop(0)
            self.steps = 0
            raise Killed

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.store.transaction() as session:
            yield session
            self.step()  # before it is kept: nothing of it is
        self.step()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.store.reading() as session:
            yield session

    def post(self, _target: Any, _at: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        import json

        self.step()
        cursor = json.loads(body)["data"]["cursor"]
        assert cursor not in self.noted, "sent after it was noted that it was taken"
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.came.append((headers["webhook-id"], cursor))
            self.step()  # taken there, not yet noted here
        return Answered(status, "" if status == 200 else "没有收下")


@settings(max_examples=examples(12))
@given(
    happened=st.lists(st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=4), max_size=4),
    kills=st.lists(st.integers(1, 8), max_size=12),
    answers=st.lists(st.sampled_from([200, 200, 500]), max_size=12),
)
def test_every_event_once_and_in_order(
    happened: list[list[str]], kills: list[int], answers: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        here = Settings(data=Path(folder))
        with OperationsStore(here) as store:
            now = utc_now()
            hook = (
                Hooks(store)
                .add("https://8.8.8.8/", title="核心系统", owner="local", by="张三", at=now)
                .id
            )
            mortal = Mortal(store, kills, answers)
            subjects: dict[int, str] = {}

            def run() -> None:
                sending = Sending(
                    OfficeBooks(here, mortal),  # type: ignore[arg-type]
                    {"local": ADMINISTRATOR}.get, now=lambda: now, jitter=lambda: 0.0,
                    resolve=lambda *_: ["8.8.8.8"], post=mortal.post,
                )  # fmt: skip
                while sending.serve(hook):
                    pass

            def noted() -> set[int]:
                found = HookDeliveries(store).of(hook, states=["acknowledged"], most=1_000)
                return {each.event.number for each in found}

            left = [*happened]
            for _ in range(200):
                if left:
                    news = left.pop()
                    with store.transaction() as session:
                        for subject in news:
                            note_event(session, "subject.changed", subject, kinds=["Loan"], at=now)
                    for subject in news:
                        subjects[len(subjects) + 1] = subject
                with suppress(Killed):
                    run()
                mortal.noted = noted()
                now += timedelta(minutes=11)
                if not left and len(mortal.noted) == len(subjects):
                    break
            assert mortal.noted == subjects.keys()
            first = list(dict.fromkeys(cursor for _, cursor in mortal.came))
            for subject in SUBJECTS:
                mine = [cursor for cursor in first if subjects[cursor] == subject]
                assert mine == sorted(mine)
            # what came twice came under one name, and no more often than somebody was killed
            names = dict.fromkeys(mortal.came)
            assert len(names) == len(subjects)
            twice = sum(count - 1 for count in Counter(mortal.came).values())
            assert twice <= 12
