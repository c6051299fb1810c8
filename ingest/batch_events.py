"""What a batch of the log tells subscribers: whose facts changed, which of them are told no more.

    subject.changed   a fact about a party was stated or closed; with the kinds of such facts
    fact.withdrawn    what was told of a thing before the batch is not told after it: closed and not
                      stated anew, or ended by law (repaired, annulled, shielded, disputed)
    record.repaired   a repair of a public record was carried out

A record whose term is over by itself is told of by the day (`tell_of_day`).

Facts of resemblance are no ground for telling anybody anything.  The same batch tells the same, whenever
it is asked: law is applied as of the day on which the batch became known.  So who is killed between two
batches goes on with the next (`tell`), and each is told once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, time

import pyarrow as pa
import pyarrow.compute as pc

from graph.log import Batch, FactLog
from graph.log_view import FactsAt
from graph.operations import EventKind, EventNews, Events
from graph.operations.event import LAW
from graph.schema import SCHEMA
from graph.time import day_of, instant_on
from graph.vocabulary import Node
from ingest.repair import DECIDED
from queries.lawful import Law, ended_records, regimes
from queries.owning import owning, subjects

__all__ = ["ended_since", "news_of", "tell", "tell_of_day"]

_APART = "\x1f"
#: Columns that name the thing or tie that a fact is of.
_TIE = ("from_key", "to_key", "discriminator")


def tell(log: FactLog, events: Events, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Note what every batch tells that was not looked through; returns how many events.

    Where nobody looked before, batches are told of from now on.
    """
    told, batches = 0, log.batches()
    for batch in batches[events.listen(len(batches)) :]:
        if stop():
            break
        told += events.hear(batch.position, news_of(log, batch), at=batch.known_at)
    return told


def tell_of_day(log: FactLog, events: Events, day: date) -> int:
    """Note which records law has ended since the day that was looked at last; returns how many events.

    Where nobody looked before, from this day on.
    """
    heard = events.listen(day.toordinal(), LAW)
    batches = log.batches()
    if day.toordinal() <= heard or not batches:
        return 0
    news = ended_since(log, batches[-1], date.fromordinal(heard), day)
    at = instant_on(day, time.min)
    return events.hear(day.toordinal(), news, at=at, what=LAW)


def ended_since(log: FactLog, last: Batch, before: date, day: date) -> list[EventNews]:
    """Records of which law let something be told on one day and no more on a later one."""
    at = FactsAt(log, day, last.known_at)
    gone: list[tuple[str, str, str]] = []
    for kind in sorted(regimes().records):
        held = at.held(kind)
        if not len(held):
            continue
        was = {*ended_records(kind, held, before).to_pylist()}
        ended = sorted({*ended_records(kind, held, day).to_pylist()} - was)
        label = SCHEMA.superlabel(SCHEMA.nodes[kind])
        owners = _owners(log, last, label, pa.chunked_array([pa.array(ended, pa.string())]))
        gone += [(_stays(at, kind, party), kind, key) for key in ended for party in owners[key]]
    return [
        EventNews(EventKind.FACT_WITHDRAWN, party, key, (kind,))
        for party, kind, key in sorted(gone)
    ]


def news_of(log: FactLog, batch: Batch) -> list[EventNews]:
    """What one batch tells, in a fixed order: by subject, what is told no more last."""
    touched = dict(_touched(log, batch))
    after = FactsAt(log, day_of(batch.known_at), batch.known_at, [Law()])
    changed: dict[str, set[str]] = defaultdict(set)
    gone: set[tuple[str, str, str]] = set()
    repaired: set[tuple[str, str, str]] = set()
    for kind, rows in touched.items():
        parties = _parties(log, batch, kind, rows)
        for owners in parties.values():
            for party in owners:
                changed[_stays(after, kind, party)].add(kind)
        removed = _removed(kind, rows) if batch.source == DECIDED else frozenset()
        for thing in _told_no_more(log, batch, kind, rows, after) | removed:
            for party in parties.get(thing, ()):
                about = (_stays(after, kind, party), kind, _name(thing))
                gone.add(about)
                if thing in removed:
                    repaired.add(about)
    news = [
        EventNews(EventKind.SUBJECT_CHANGED, party, "", (*sorted(kinds),))
        for party, kinds in sorted(changed.items())
    ]
    for event, told in ((EventKind.RECORD_REPAIRED, repaired), (EventKind.FACT_WITHDRAWN, gone)):
        news += [EventNews(event, party, about, (kind,)) for party, kind, about in sorted(told)]
    return sorted(news, key=lambda each: each.subject)


def _touched(log: FactLog, batch: Batch) -> Iterator[tuple[str, pa.Table]]:
    """Facts that a batch states or closes, by kind; of resemblance none."""
    closures = log.closures(batch)
    closing = {*pc.unique(closures["kind"]).to_pylist()}
    for kind in sorted({*batch.kinds} | closing):
        rows = [log.facts(batch, kind)] if kind in batch.kinds else []
        ids = closures.filter(pc.equal(closures["kind"], kind))["fact_id"]
        if len(ids):
            known = log.history(kind, known_at=batch.known_at).drop_columns(["known_to"])
            rows.append(known.filter(pc.is_in(known["fact_id"], value_set=ids.combine_chunks())))
        table = pa.concat_tables(rows, promote_options="default")
        sure = table.filter(pc.greater_equal(table["certainty"], 1))
        if len(sure):
            yield kind, sure


def _parties(log: FactLog, batch: Batch, kind: str, rows: pa.Table) -> dict[str, set[str]]:
    """The parties whom each of some facts of a kind is about, by the name of its thing or tie."""
    things = _things(kind, rows).to_pylist()
    found: dict[str, set[str]] = defaultdict(set)
    for each in subjects(kind):
        keys = rows[each.column].cast(pa.string())
        owners = None if each.label == "Party" else _owners(log, batch, each.label, keys)
        for thing, key in zip(things, keys.to_pylist(), strict=True):
            found[thing] |= {key} if owners is None else owners.get(key, set())
    return found


def _owners(log: FactLog, batch: Batch, label: str, things: pa.ChunkedArray) -> dict[str, set[str]]:
    """Whose some things are, or were until this batch."""
    asked = pc.unique(things)
    found: dict[str, set[str]] = defaultdict(set)
    for tie in owning(label):
        known = log.history(tie.kind, known_at=batch.known_at)
        known = known.filter(pc.is_in(known[tie.thing].cast(pa.string()), value_set=asked))
        until_now = pc.fill_null(pc.equal(known["known_to"], batch.known_at), True)
        known = known.filter(pc.and_(until_now, pc.greater_equal(known["certainty"], 1)))
        for thing, party in zip(
            known[tie.thing].to_pylist(), known[tie.party].to_pylist(), strict=True
        ):
            found[thing].add(party)
    return found


def _told_no_more(
    log: FactLog, batch: Batch, kind: str, rows: pa.Table, after: FactsAt
) -> frozenset[str]:
    """Things and ties of which something of a kind was told before a batch and nothing is since."""
    earlier = log.batches()[: batch.position - 1]
    if not earlier:
        return frozenset()
    touched = pc.unique(_things(kind, rows))
    known_at = earlier[-1].known_at
    # the same day for both: what law ended meanwhile by itself was told by no batch
    before = FactsAt(log, after.as_of, known_at, [Law()])
    was = _among(kind, before, touched)
    return frozenset(was - _among(kind, after, touched)) if was else frozenset()


def _among(kind: str, at: FactsAt, touched: pa.Array) -> set[str]:
    told = at.kept(kind, at.log.read(kind, known_at=at.known_at))
    things = _things(kind, told)
    return {*things.filter(pc.is_in(things, value_set=touched)).to_pylist()}


def _removed(kind: str, rows: pa.Table) -> frozenset[str]:
    """Records that a repair, or the end of a shielding, removes."""
    if "removed_on" not in rows.column_names:
        return frozenset()
    return frozenset(_things(kind, rows.filter(pc.is_valid(rows["removed_on"]))).to_pylist())


def _things(kind: str, rows: pa.Table) -> pa.ChunkedArray:
    """The name of the thing, or of the tie, that each fact is of."""
    if isinstance(SCHEMA.kind(kind), Node):
        return rows["key"].cast(pa.string())
    return pc.binary_join_element_wise(*(rows[name].cast(pa.string()) for name in _TIE), _APART)


def _name(thing: str) -> str:
    """The key of a thing; of a tie, the ends of which are parties, nothing: they are told apart."""
    return "" if _APART in thing else thing


def _stays(at: FactsAt, kind: str, party: str) -> str:
    """The key under which a party's records stand; of a judgement who is whom, both."""
    return party if kind in SCHEMA.identities else at.moved.get(party, (party, ""))[0]
