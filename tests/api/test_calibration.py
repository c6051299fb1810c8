"""The calibration as people meet it: the command from measuring to publishing, and the page."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lived_through import DAY, KNOWN, Numbers, district, live_through
from typer.testing import CliRunner

from api.cli import app
from api.pages.calibration import charts
from api.pages.rendering import page
from graph.encoding import encode
from graph.log import FactLog
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import months_after
from queries.risk import load_policy
from queries.risk.calibration import Calibration, calibrate, policy_in_force


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An office whose district lived through two years."""
    settings = Settings(data=tmp_path_factory.mktemp("office"))
    years = [district(months_after(DAY, -months), 25) for months in (24, 12)]
    live_through(settings.log_dir, years, Numbers(), seed=4)
    return settings


def command(office: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setenv("XINNONG_DATA", str(office.data))
    done = CliRunner().invoke(
        app, ["calibrate", *words, "--as-of", f"{DAY}"], catch_exceptions=False
    )
    assert done.exit_code == 0
    return done.stdout


def test_from_measuring_to_publishing(
    office: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "policy.yaml"
    said = command(office, monkeypatch, "--write", str(file))
    for words in ("现行政策", "拟合后的政策", "关联增益", "ties.GUARANTEES.weight", "只有 0 起违约与它有关",
                  "现行风险政策没有改动", "性别和年龄不参与评分"):  # fmt: skip
        assert words in said
    put = json.loads(command(office, monkeypatch, "--propose", str(file), "--by", "甲", "--json"))
    assert put["approved_by"] is None and put["changes"]
    done = command(office, monkeypatch, "--approve", put["proposal"], "--by", "乙")
    assert "已由 乙 批准" in done
    with OperationsStore(office) as store:
        assert policy_in_force(store).version == f"{load_policy().version}+{DAY:%Y%m%d}"


def measured(office: Settings) -> Calibration:
    return calibrate(FactLog(office.log_dir), DAY, KNOWN, load_policy())


def test_the_page_draws_what_was_measured(office: Settings) -> None:
    found = measured(office)
    told = json.loads(json.dumps(encode(found)))
    assert [year["role"] for year in told["years"]] == ["拟合", "检验"]
    assert told["fitted"]["auc"]["value"] > told["fitted"]["auc_own"]["value"]
    assert told["proposed"] == found.text() != ""
    drawn = charts([("现行政策", found.present), ("拟合后的政策", found.fitted)])
    text = bytes(
        page("calibration.html", here="/calibration", found=found, charts=drawn, names={},
             side=260.0, edge=36.0).body
    ).decode()  # fmt: skip
    assert text.count("<svg") == 4
    assert "概率" not in text
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img" and root.get("aria-label")
        numbers = [float(value) for node in root.iter() for name, value in node.items()
                   if name in ("x1", "x2", "y1", "y2", "cx", "cy")]  # fmt: skip
        assert all(0 <= number <= 332 for number in numbers)
    for chart in drawn:
        points = [tuple(map(float, point.split(","))) for point in chart.curve.split()]
        # from nobody to everybody: to the right and upwards, and down is more in a picture
        assert points[0] == (36, 296) and points[-1] == (296, 36)
        assert all(a[0] <= b[0] and a[1] >= b[1] for a, b in pairwise(points))
        assert len(chart.marks) == len(chart.judged.bins)
        assert all(mark.low >= mark.y >= mark.high for mark in chart.marks)


def test_the_page_of_a_young_office_says_what_to_do(tmp_path: Path) -> None:
    found = calibrate(FactLog(tmp_path / "none"), DAY, KNOWN, load_policy())
    text = bytes(
        page("calibration.html", here="/calibration", found=found, charts=(), names={},
             side=260.0, edge=36.0).body
    ).decode()  # fmt: skip
    assert "请继续按月报送贷款状态" in text and "<svg" not in text
