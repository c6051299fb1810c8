"""Every way in says what it does and what it reads; one that does not say it does not load."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from fastapi import APIRouter
from fastapi.routing import APIRoute
from typer.testing import CliRunner

import api.app
from api.acts import Act
from api.app import create_app
from api.command_line import app as commands
from api.command_needs import declaring_commands
from api.needs import EVERY_CLASS, asked, needs, routes_of
from api.pages import router as pages
from api.routes import routers
from api.security import Asker, Role, local_asker, permit
from api.terminal import open_settings, permitted
from graph.errors import ForbiddenError, SettingsError
from graph.information import InformationClass
from graph.settings import Settings
from queries import library
from queries.scope import Scope

EVERY = [*routes_of([*routers(), pages])]
#: What a reader's own ways to ask ask.
ASKS = {"search": "find_party", "adverse": "adverse_records", "conflicts": "assessor_conflicts",
        "name": "party_card", "names": "party_card", "masked": "party_card"}  # fmt: skip
#: What of a reader follows from everything that is seen of the district.
OF_EVERYTHING = ("risk", "what_if", "structure", "structure_ready", "prospects", "prospects_ready",
                 "places", "places_ready", "calibration", "calibration_ready", "losses", "exposures",
                 "distress", "clearing", "bods", "decide", "decide_every", "rating", "replay",
                 "kept_decision", "kept_decisions", "check_guarantee", "snapshot")  # fmt: skip


@pytest.mark.parametrize("where", ["a route", "a page"])
def test_an_app_with_a_route_that_declares_nothing_does_not_start(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = APIRouter()

    @silent.get("/silent")
    def told() -> str:
        return ""

    if where == "a route":
        every = [*routers(), silent]
        monkeypatch.setattr(api.app, "routers", lambda: iter(every))
    else:
        page = APIRouter()
        page.include_router(silent)
        monkeypatch.setattr(api.app, "pages", page)
    with pytest.raises(SettingsError, match="/silent") as refused:
        create_app(Settings(data=tmp_path), answers_for=local_asker())
    assert refused.value.cause_code == "needs_undeclared"
    needs(Act.LOOK)(told)
    assert create_app(Settings(data=tmp_path), answers_for=local_asker())


@pytest.mark.parametrize(
    "route", EVERY, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}"
)
def test_what_a_route_asks_is_of_the_classes_that_it_declares(route: APIRoute) -> None:
    declared = route.endpoint.needs.access
    for called, name in _asked(route):
        if called in OF_EVERYTHING:
            assert declared == EVERY_CLASS, called
        elif name:
            assert library()[name].access <= declared, name


def _asked(route: APIRoute) -> Iterator[tuple[str, str | None]]:
    """What a route's own text asks of its reader: the way, and the question where it names one."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(route.endpoint)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = node.func.attr
            first = node.args[0] if node.args else None
            named = first.value if called == "ask" and isinstance(first, ast.Constant) else None
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "reader":
                yield called, named if isinstance(named, str) else ASKS.get(called)


def test_the_text_of_routes_is_looked_at() -> None:
    """A check of nothing proves nothing."""
    told = {found for route in EVERY for found in _asked(route)}
    assert ("ask", "loans") in told and ("search", "find_party") in told and ("risk", None) in told


#: What only whoever makes readers opens.
STORES = frozenset({"graph", "log", "runs", "settings", "store"})


def test_no_store_is_reached_but_through_a_reader_or_a_door() -> None:
    """Imports are held to by a contract; this is the other way: through the services at hand."""
    room = Path(api.app.__file__).parent
    files = [room / name for name in ("dependencies.py", "party_file.py", "terminal.py")]
    for part in ("routes", "pages", "commands"):
        files += sorted((room / part).rglob("*.py"))
    found = [
        f"{path.relative_to(room)}:{node.lineno}: {ast.unparse(node)}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            (node.attr in STORES and ast.unparse(node.value).endswith("services"))
            or node.attr in ("_stores", "_log", "_archive")
        )
    ]
    assert found == []


def test_one_place_says_for_whom_this_machine_answers() -> None:
    """Nothing is answered for who sees everything because somebody forgot to say for whom."""
    room = Path(api.app.__file__).parents[1]
    named = [
        path.relative_to(room).as_posix()
        for part in ("api", "ingest", "queries")
        for path in sorted((room / part).rglob("*.py"))
        if re.search(
            r"(?<!Role\.)\bADMINISTRATOR\b(?! = \"administrator\")",
            path.read_text(encoding="utf-8"),
        )
    ]
    # the constant, the one place that takes it, and what a basis of a raw log says
    assert named == ["api/who_asks.py", "queries/basis.py", "queries/scope.py"]


def test_classes_of_questions_are_those_of_their_headers() -> None:
    assert asked("loans") == library()["loans"].access >= {InformationClass.CREDIT}
    assert asked("loans", "records") == asked("loans") | asked("records")


def test_what_is_done_on_everything_is_for_who_works_in_the_whole_district() -> None:
    somebody = local_asker().seeing(OFFICER)
    for act in Act:
        permit(act, local_asker())
        if act.is_on_everything:
            with pytest.raises(ForbiddenError) as refused:
                permit(act, somebody)
            assert refused.value.cause_code == "not_permitted" and act.term in str(refused.value)
        else:
            permit(act, somebody)


def test_an_act_is_for_whose_role_has_it_and_one_that_is_looked_at_is_not_done() -> None:
    scope = Scope("检查员", open_classes=frozenset({"inspection"}))
    asker = Asker(
        "user:1", "王", Role.INSPECTOR, scope, frozenset({Act.LOOK}), frozenset({Act.OFFICE})
    )
    permit(Act.LOOK, asker)
    permit(Act.OFFICE, asker, only_looks=True)
    for act in (Act.OFFICE, Act.ASK):
        with pytest.raises(ForbiddenError):
            permit(act, asker)


#: Who works in one town.
OFFICER = Scope("信贷员", ("610305100",), open_classes=frozenset({"credit"}))


def test_a_command_that_declares_nothing_does_not_load() -> None:
    silent, saying = typer.Typer(), typer.Typer()

    @silent.command()
    def told() -> None:
        print("told")

    @saying.command()
    def asked_by_another() -> None:
        _asks_for_it()

    with pytest.raises(SettingsError, match="told") as refused:
        declaring_commands([saying, silent])
    assert refused.value.cause_code == "needs_undeclared"
    declaring_commands([saying])


def _asks_for_it() -> None:
    permitted(Act.LOOK)


@pytest.mark.parametrize(
    "typed",
    [
        ["check"], ["check", "--repair"], ["check", "--accept-loss"], ["engine", "status"],
        ["engine", "start"], ["engine", "stop"], ["serve"], ["demo"], ["identity", "review"],
        ["structure", "guarantee", "a", "b", "c", "--lender-code", "d", "--contract-no", "e",
         "--amount-fen", "1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_command_on_everything_is_not_for_a_scope(
    typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("api.who_asks.local_scope", lambda: OFFICER)
    done = CliRunner().invoke(commands, typed)
    assert getattr(done.exception, "cause_code", done.output) == "not_permitted"
    # before anything was opened, made or started
    assert not (tmp_path / "data").exists()


def test_nobody_opens_settings_but_for_an_act() -> None:
    act = inspect.signature(open_settings).parameters["act"]
    assert act.default is inspect.Parameter.empty
