"""From judgements to the log: what is judged the same becomes `SAME_AS` facts with certainty 1.

The log is brought to what the judgements in force say, in one batch of the source `identity`:
redirects that are new are asserted, those that no longer hold are closed.  Said again it changes
nothing, so a run killed between a judgement and its batch is healed by the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock

from graph.facts import arrow_schema
from graph.log import FactLog
from graph.operations import JudgementBook, Ledger, OperationsStore, store_for
from graph.operations.judgement import Judgement
from graph.private import private_folder
from graph.settings import Settings
from graph.time import day_of
from ingest.identity.clusters import Clustering, cluster
from ingest.identity.former_codes import JUDGED, former_codes

__all__ = ["publish"]

_KIND = "SAME_AS"


def publish(
    settings: Settings, *, labels: Mapping[str, str], store: OperationsStore | None = None
) -> Clustering:
    """Bring the log to the judgements in force; returns their clusters and conflicts.

    Args:
        labels: key -> label of the parties that are judged; a key that the log does not know has
            no place in it and is not published.
    """
    log = FactLog(settings.log_dir)
    private_folder(settings.data)
    with (
        FileLock(settings.data / "identity.lock", is_singleton=True),
        store_for(settings, store) as operations,
    ):
        judgements = JudgementBook(operations).in_force()
        found = cluster(judgements, former_codes(log))
        wanted = {
            (key, stays)
            for key, stays in found.redirects.items()
            if key in labels and stays in labels
        }
        facts = log.read(_KIND)
        held = {
            (row["from_key"], row["to_key"]): row["fact_id"]
            for row in facts.filter(pc.equal(facts["source"], JUDGED)).to_pylist()
        }
        news = sorted(wanted - set(held))
        gone = sorted(fact_id for ends, fact_id in held.items() if ends not in wanted)
        if news or gone:
            Ledger(operations).refuse_lost(log.batches())
            _append(log, news, gone, judgements, labels)
    return found


def _append(
    log: FactLog,
    news: list[tuple[str, str]],
    gone: list[str],
    judgements: list[Judgement],
    labels: Mapping[str, str],
) -> None:
    stated = f"{len(log.batches())}|{news}|{gone}"
    sha256 = hashlib.sha256(stated.encode()).hexdigest()
    batch = f"{JUDGED}-{sha256[:16]}"
    with log.append(source=JUDGED, batch=batch, file_name="", content_sha256=sha256) as pending:
        rows = [
            _fact(number, ends, batch, pending.known_at, judgements, labels)
            for number, ends in enumerate(news, start=1)
        ]
        pending.assert_facts(_KIND, pa.Table.from_pylist(rows, arrow_schema(_KIND)))
        pending.close_facts({_KIND: pa.array(gone, pa.string())})
        pending.counts.update(rows_in=len(rows), accepted=len(rows), unchanged=0, quarantined=0)


def _fact(
    number: int,
    ends: tuple[str, str],
    batch: str,
    moment: datetime,
    judgements: list[Judgement],
    labels: Mapping[str, str],
) -> dict[str, object]:
    """The tie of one given-up key, with the last judgement that names it."""
    key, stays = ends
    judged = [
        item for item in judgements if item.verdict == "same" and key in (item.one, item.other)
    ]
    last = judged[-1]
    return {
        "fact_id": hashlib.blake2b(f"{batch}|{key}|{stays}".encode(), digest_size=16).hexdigest(),
        "from_key": key,
        "from_label": labels[key],
        "to_key": stays,
        "to_label": labels[stays],
        "discriminator": "",
        "valid_from": None,
        "valid_to": None,
        "known_from": moment,
        "certainty": 1.0,
        "source": JUDGED,
        "batch": batch,
        "row": number,
        "judged_by": last.user,
        "judged_on": day_of(last.at),
        "ground": f"第 {last.number} 号核对" + (f"：{last.note}" if last.note else ""),
    }
