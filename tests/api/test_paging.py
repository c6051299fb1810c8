"""Lists page by page: pages joined are the whole list of the first page's moment, whatever comes in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Query
from hypothesis import given
from hypothesis import strategies as st
from staffed import Staffed, staffed
from starlette.testclient import TestClient
from world import World

from api.acts import Act
from api.admission import MOST, Whole
from api.cursor import Cursor
from api.dependencies import Reading, services
from api.needs import needs, routes_of
from api.paging import paged
from api.problems import add_handlers, defect
from api.routes import routers
from api.security import Role, local_asker
from api.security.asker import scope_of
from api.services import Services
from api.trace import Traced
from api.who_asks import local_scope
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
KEY = b"k" * 32
Limit = Annotated[Whole, Query(ge=1, le=200)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
#: Lists that are given whole: registers that people keep by hand, and what is bounded by itself.
WHOLE = {
    "/v1/audit/heads", "/v1/audit/watches", "/v1/batches", "/v1/freshness", "/v1/bulletins",
    "/v1/clients", "/v1/code-exceptions", "/v1/exchange", "/v1/financing/indicators", "/v1/hooks",
    "/v1/measures/applied", "/v1/products", "/v1/proposals", "/v1/questions", "/v1/users",
    "/v1/parties/{key}/bods", "/v1/rights-changes", "/v1/reconcile/properties",
}  # fmt: skip
#: Those that say from where to go on in another way, or are one sheet.
OTHERWISE = {"/v1/events", "/v1/prospects/{village}", "/v1/stress/clearing"}


@dataclass(frozen=True)
class Firms:
    """Firms of a moment."""

    total: int
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Notes:
    """Notes of an office, the newest first."""

    total: int
    offset: int
    rows: tuple[int, ...]


class Office:
    """Firms in a log, notes in a list, and routes over both."""

    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder / "log")
        self.notes = list(range(7, 0, -1))
        self.days = 0
        self.services = Services(Settings(data=folder), reads_graph=False)
        self.app = FastAPI()
        self.app.state.services = self.services
        self.app.state.asker = local_asker()
        self.app.dependency_overrides[services] = lambda: self.services
        self.app.add_middleware(Traced, defect=defect, who="somebody")
        add_handlers(self.app)

        @self.app.get("/v1/firms")
        @needs(Act.ASK)
        @paged("rows")
        def firms(reader: Reading, begins: str = "", limit: Limit = 3, offset: Offset = 0) -> Firms:
            held = sorted(
                key
                for key in reader.table("Enterprise")["key"].to_pylist()
                if key.startswith(begins)
            )
            return Firms(len(held), tuple(held[offset : offset + limit]))

        @self.app.get("/v1/notes")
        @needs(Act.OFFICE)
        @paged("rows", key=lambda row: row)
        def notes(limit: Limit = 3, offset: Offset = 0) -> Notes:
            return Notes(len(self.notes), offset, tuple(self.notes[offset : offset + limit]))

        @self.app.get("/v1/sheet")
        @needs(Act.OFFICE)
        @paged(key=lambda row: row)
        def sheet(limit: Limit = 3) -> list[int]:
            return self.notes[:limit]

        self.client = TestClient(self.app, "http://127.0.0.1")

    def send(self, *keys: str) -> None:
        """One batch of firms."""
        world = World(self.log)
        world.count = self.days * 1_000
        for key in keys:
            world.node("Enterprise", key, name=key)
        self.days += 1
        world.commit(BEGAN + timedelta(days=self.days))

    def pages(self, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Every page, by the cursor of the one before."""
        told: dict[str, Any] = {**asked}
        while True:
            answer = self.client.get(path, params=told)
            assert answer.status_code == 200, answer.text
            yield answer.json()
            if answer.json()["next"] is None:
                assert "link" not in answer.headers
                return
            told = {**asked, "cursor": answer.json()["next"]}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    opened.send("a1", "a2", "a3", "b1", "b2")
    yield opened
    opened.services.close()


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 200])
def test_pages_joined_are_the_list(office: Office, limit: int) -> None:
    pages = list(office.pages("/v1/firms", limit=limit))
    assert [row for page in pages for row in page["rows"]] == ["a1", "a2", "a3", "b1", "b2"]
    assert {page["total"] for page in pages} == {5}
    assert len(pages) == -(-5 // limit)


def test_a_batch_that_lands_meanwhile_is_on_no_later_page(office: Office) -> None:
    pages = office.pages("/v1/firms", limit=2)
    joined = next(pages)["rows"]
    office.send("a0", "a4", "c1")
    for page in pages:
        joined += page["rows"]
        assert page["total"] == 5
    assert joined == ["a1", "a2", "a3", "b1", "b2"]
    assert len(next(office.pages("/v1/firms", limit=200))["rows"]) == 8


def test_a_log_that_was_written_anew_has_no_pages_of_the_old_one(office: Office) -> None:
    """What was erased since is on no page of a list that was begun before."""
    cursor = next(office.pages("/v1/firms", limit=2))["next"]
    shutil.rmtree(office.log.folder)
    office.log, office.days = FactLog(office.log.folder), 0
    office.send("a1", "a3", "b1", "b2")
    vars(office.services)["log"] = office.log
    answer = office.client.get("/v1/firms", params={"limit": 2, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")


def test_the_next_page_is_an_address(office: Office) -> None:
    """RFC 8288; the filter stands in it, and no offset."""
    answer = office.client.get("/v1/firms", params={"begins": "a", "limit": 2, "offset": 0})
    address, _, says = answer.headers["link"].partition(">; ")
    assert says == 'rel="next"'
    after = office.client.get(address.removeprefix("<"))
    assert after.json() == {"total": 3, "rows": ["a3"], "next": None}


def test_a_cursor_is_of_one_list_and_one_reader(office: Office) -> None:
    cursor = next(office.pages("/v1/firms", begins="a", limit=2))["next"]
    for asked in ({"begins": "b"}, {}, {"begins": "a", "as_of": "2026-02-01"}):
        answer = office.client.get("/v1/firms", params={**asked, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_elsewhere")
    assert office.client.get("/v1/notes", params={"cursor": cursor}).status_code == 400
    both = office.client.get("/v1/firms", params={"begins": "a", "cursor": cursor, "offset": 1})
    assert both.json()["code"] == "cursor_and_offset"
    office.app.state.asker = local_asker().seeing(scope_of(Role.CREDIT_OFFICE))
    answer = office.client.get("/v1/firms", params={"begins": "a", "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_elsewhere")
    office.app.state.asker = replace(
        local_asker(), scope=replace(local_scope(), divisions=("610322",))
    )
    answer = office.client.get("/v1/firms", params={"begins": "a", "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")


@given(st.data())
def test_no_other_text_is_a_cursor(data: st.DataObject) -> None:
    """One changed letter, one left out or put in, and a spelling of the same bytes."""
    place = Cursor("of", "all", 3, "last", 7, BEGAN.date(), BEGAN, "head")
    good = place.sealed(KEY)
    assert Cursor.opened(good, KEY) == place
    at = data.draw(st.integers(0, len(good) - 1))
    letter = data.draw(st.sampled_from("Aaz09-_=+/ é"))
    for text in (good[:at] + letter + good[at + 1 :], good[:at] + good[at + 1 :], good + letter):
        if text != good:
            with pytest.raises(InputError, match="cursor"):
                Cursor.opened(text, KEY)
    with pytest.raises(InputError, match="cursor"):
        Cursor.opened(good, b"another")


@given(st.text())
def test_any_text_is_refused_as_a_cursor(text: str) -> None:
    with pytest.raises(InputError, match="cursor"):
        Cursor.opened(text, KEY)


def test_a_list_without_moments_says_that_it_moved(office: Office) -> None:
    whole = [row for page in office.pages("/v1/notes", limit=3) for row in page["rows"]]
    assert whole == [7, 6, 5, 4, 3, 2, 1]
    pages = list(office.pages("/v1/notes", limit=3))
    assert [page["offset"] for page in pages] == [0, 3, 6]
    cursor = pages[0]["next"]
    office.notes.insert(0, 8)
    moved = office.client.get("/v1/notes", params={"limit": 3, "cursor": cursor})
    assert (moved.status_code, moved.json()["code"]) == (410, "cursor_gone")
    # one came and one went: as many as before, and another one where one had read to
    office.notes.pop()
    assert office.client.get("/v1/notes", params={"cursor": cursor}).status_code == 410
    office.notes[:] = []
    assert office.client.get("/v1/notes", params={"cursor": cursor}).status_code == 410


def test_a_list_without_a_frame_has_its_next_page_beside_it(office: Office) -> None:
    answer = office.client.get("/v1/sheet", params={"limit": 4})
    assert answer.json() == [7, 6, 5, 4]
    address = answer.headers["link"].split(">")[0][1:]
    after = office.client.get(address)
    assert after.json() == [3, 2, 1]
    assert "link" not in after.headers


def test_consents_are_read_page_by_page(tmp_path: Path) -> None:
    """A real register of the store, by one who is logged in."""
    with staffed(tmp_path / "data") as house:
        inside = house.inside(house.enter(Role.LOAN_OFFICER))
        for number in range(3):
            _register(house, inside, number)
        first = inside.get("/v1/consents", params={"limit": 2}).json()
        cursor = first["next"]
        second = inside.get("/v1/consents", params={"limit": 2, "cursor": cursor}).json()
        assert [row["number"] for row in first["rows"] + second["rows"]] == [3, 2, 1]
        assert second["next"] is None
        _register(house, inside, 3)
        gone = inside.get("/v1/consents", params={"limit": 2, "cursor": cursor})
        assert gone.status_code == 410
        other = house.inside(house.enter(Role.LOAN_OFFICER, name="zweiter"))
        assert other.get("/v1/consents", params={"limit": 2, "cursor": cursor}).status_code == 400


def _register(house: Staffed, inside: TestClient, number: int) -> None:
    answer = inside.post("/v1/consents", headers={"Origin": "http://127.0.0.1"}, json={
        "subject": f"person:{number:032x}", "institution": "institution:C1402610305001",
        "purpose": "credit_approval", "items": ["land"], "sensitive_tick": True,
        "onward_tick": True, "by": "李信贷",
    })  # fmt: skip
    assert answer.status_code == 201, answer.text


def test_every_list_is_paged_or_said_to_be_whole() -> None:
    """A list without an end is the one that grows."""
    lists = {
        route.path: route
        for route in routes_of(routers())
        if "GET" in route.methods and route.path.startswith("/v1") and _is_list(route)
    }
    paged_ones = {path for path, route in lists.items() if hasattr(route.endpoint, "is_paged")}
    assert set(lists) - paged_ones - OTHERWISE == WHOLE
    assert len(paged_ones) >= 22


def _is_list(route: Any) -> bool:
    takes = {field.alias for field in route.dependant.query_params}
    answer = str(route.response_model)
    return bool(takes & {"limit", "offset", "most", "count"}) or answer.startswith(
        ("list[", "tuple[")
    )
