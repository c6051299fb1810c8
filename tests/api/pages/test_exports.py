"""Every page with a table lets it be taken along, or is named with the reason why it does not."""

from __future__ import annotations

import re
from collections import Counter, deque
from io import BytesIO

import pytest
from breadth import some
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from api.needs import is_open, is_own, routes_of
from api.pages import router as pages
from api.pages.exporting import NOT_EXPORTED, NOT_EXPORTED_ACTS
from api.table_book import PageTables
from graph.log import FactLog
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.sweep

#: Pages of one shape that are looked at.
_OF_EACH = len(some(range(2)))
ROUTES = [route for route in routes_of([pages]) if "GET" in (route.methods or ())]


def route_of(path: str) -> object:
    bare = path.split("?")[0].split("#")[0]
    return next((route for route in ROUTES if route.path_regex.fullmatch(bare)), None)


def is_excused(route: object) -> bool:
    """Whether a page is one of those whose tables stay."""
    endpoint = route.endpoint  # type: ignore[attr-defined]
    return (
        route.path in NOT_EXPORTED  # type: ignore[attr-defined]
        or endpoint.needs.act in NOT_EXPORTED_ACTS
        or is_open(endpoint)
        or is_own(endpoint)
    )


@pytest.fixture(scope="module")
def starts(district: Settings) -> list[str]:
    """Where the walk begins: home, a borrower, his loan."""
    row = FactLog(district.log_dir).read("BORROWED").slice(0, 1).to_pylist()[0]
    return ["/", f"/parties/{row['from_key']}", f"/loans/{row['to_key']}"]


def test_every_table_has_its_button_or_its_reason(client: TestClient, starts: list[str]) -> None:
    reader = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    reader.prospects(), reader.places()
    seen: Counter[str] = Counter()
    known, waiting = {*starts}, deque(starts)
    silent, wrong, left = [], [], set()
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        route = route_of(path)
        assert route is not None, path
        tables = PageTables(answer.text.partition("<main")[2]).tables
        offered = re.search(r'<p class="export screen"><a href="([^"]+)">', answer.text)
        if is_excused(route):
            assert offered is None, path
        elif tables and offered is None:
            silent.append(path)
        elif offered is not None:
            left.add(route.path)  # type: ignore[attr-defined]
            told = client.get(path.split("?")[0].split("#")[0] + offered[1].replace("&amp;", "&"))
            if told.status_code != 200 or not told.content.startswith(b"PK"):
                wrong.append((path, told.status_code))
                continue
            book = CalamineWorkbook.from_filelike(BytesIO(told.content))
            rows = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
            # nothing that a spreadsheet would run, and no key of a party, which stand in links alone
            cells = [str(cell) for sheet in rows for row in sheet for cell in row]
            runs = [cell for cell in cells if re.match(r"[=+@]|-(?!\d|—|$)", cell)]
            keys = [cell for cell in cells if re.search(r"person:[0-9a-f]{32}", cell)]
            if len(rows) < 2 or runs or keys:
                wrong.append((path, len(rows), runs[:2], keys[:2]))
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text):
            onward = link.replace("&amp;", "&")
            target = route_of(onward)
            if target is None or onward in known or seen[target.path] >= _OF_EACH:  # type: ignore[attr-defined]
                continue
            seen[target.path] += 1  # type: ignore[attr-defined]
            known.add(onward)
            waiting.append(onward)
    assert not silent and not wrong, (silent, wrong)
    assert left >= {
        "/parties/{key}", "/prospects", "/villages/{village}/prospects", "/places", "/guarantees",
        "/lending", "/products", "/loans/{loan:path}",
    }, left  # fmt: skip
