"""What works behind the requests: from a batch of the log to its receiver, by itself; it stops when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hook_receiver import receiving
from waiting import until
from world import World

from api.events.post import Post
from api.events.sender import Sender
from api.events.sending import Sending
from api.events.signature import HookSecrets
from graph.log import FactLog
from graph.operations import Events, Hooks, OfficeBooks, OperationsStore
from graph.settings import Settings
from graph.time import utc_now
from queries.scope import ADMINISTRATOR

AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


def test_a_batch_reaches_its_receiver_while_another_hangs(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, hook_networks="127.0.0.0/8")
    world = World(FactLog(settings.log_dir))
    world.node("Person", "person:1", name="甲")
    world.commit(AT)
    with OperationsStore(settings) as store, receiving() as slow, receiving() as quick:
        slow.faults.append("hang")
        books = OfficeBooks(settings, store)
        made = [
            Hooks(store).add(each.url, title="系统", owner="local", by="张三", at=utc_now())
            for each in (slow, quick)
        ]
        quick.secret = HookSecrets(settings).shown(made[1])
        senders = [
            Sender(Sending(books, {"local": ADMINISTRATOR}.get, post=Post(whole_s=20)), look_s=0.05)
            for _ in range(2)
        ]
        for sender in senders:
            sender.start()
        until(lambda: Events(store).heard() == 1)
        world.node("Person", "person:2", name="乙")
        world.commit(AT + timedelta(days=1))
        until(lambda: quick.taken)
        assert [each["data"]["subject"] for _, each in quick.taken] == ["person:2"]
        until(lambda: slow.calls)
        slow.until.set()
        for sender in senders:
            sender.close()
        assert Events(store).last() == 1 and len(quick.taken) == 1
