"""What must not stand in the arguments of a process, and how soon a command hears signals."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import typer.core

from api.arguments import papers_brought
from api.command_line import _made_of, _naming, app
from graph.errors import InputError

ROOT = Path(__file__).parents[2]
PAPERS = "# 柜面收取\n\nany_loan=否@2026-03-01#R7#征信中心#张三\nannual_income_fen=8000000\n"


def test_papers_come_from_a_file_or_standard_input_and_nobody_else_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"any_loan": "否@2026-03-01#R7#征信中心#张三", "annual_income_fen": "8000000"}
    file = tmp_path / "材料.txt"
    # as Notepad writes it
    file.write_text(PAPERS.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert papers_brought([], file) == told
    monkeypatch.setattr(sys, "stdin", io.StringIO(PAPERS))
    assert papers_brought([], Path("-")) == told
    assert papers_brought([], None) == {}
    assert capsys.readouterr().err == ""


def test_who_types_them_is_told_who_can_see_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert papers_brought(["any_loan=否"], None) == {"any_loan": "否"}
    assert "--papers" in capsys.readouterr().err


@pytest.mark.parametrize("item", ["guarantor=61032219750315001X", "phone=13812345678"])
def test_an_identity_is_refused_there(item: str) -> None:
    with pytest.raises(InputError) as caught:
        papers_brought([item], None)
    assert caught.value.cause_code == "identity_in_arguments"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "gbk.txt").write_bytes("any_loan=否".encode("gbk"))
    for name in ("absent.txt", "gbk.txt", "."):
        with pytest.raises(InputError) as caught:
            papers_brought([], tmp_path / name)
        assert caught.value.cause_code == "papers_unreadable"
    (tmp_path / "twice.txt").write_text("any_loan=否", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        papers_brought(["any_loan=是"], tmp_path / "twice.txt")
    assert caught.value.cause_code == "paper_twice" and "any_loan" in caught.value.message_zh
    (tmp_path / "none.txt").write_text("any_loan", encoding="utf-8")
    with pytest.raises(typer.BadParameter):
        papers_brought([], tmp_path / "none.txt")


def test_every_command_is_found_by_its_first_word() -> None:
    """Only the group that was named is made; what is typed that names none is told what there is."""
    whole = typer.main.get_command(app)
    assert isinstance(whole, typer.core.TyperGroup) and len(whole.commands) > 60
    for name in whole.commands:
        [group] = _naming(name)
        made = typer.main.get_command(_made_of([group]))
        assert isinstance(made, typer.core.TyperGroup) and name in made.commands
    # a word within a group is none that comes first
    assert _naming("candidates") == _naming("nothing") == _naming("") == []


def test_signals_are_heard_before_anything_is_loaded_that_can_wait() -> None:
    """What a command loads until then is what an interrupt can hit in Python's own words."""
    told = subprocess.run(
        [sys.executable, "-S", "-c", "import sys; before = set(sys.modules); import api.cli; "
         "print(*sorted(set(sys.modules) - before))"],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(told.stdout.split())
    assert {"api.cli", "api.interrupt", "signal"} <= loaded
    # `signal` brings `enum`, and that what it stands on
    assert not loaded & {"typing", "threading", "contextlib", "io", "re", "logging", "typer"}
