"""How commands speak when something is wrong: settings, usage, the machine; and in any locale."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.usage import machine_sentence
from graph.engine import stop_engine
from graph.errors import OperationsError, SettingsError
from graph.operations import OperationsStore
from graph.settings import Settings

XINNONG = str(Path(sys.executable).parent / "xinnong")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment of its own, without what this run has set."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [XINNONG, *arguments],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("ENGINE_HEAP_MB", "abc", "应为整数"),
        ("ENGINE_HEAP_MB", "1.5", "应为整数"),
        ("ENGINE_HEAP_MB", "10", "不能小于 256"),
        ("ENGINE_PAGE_CACHE_MB", "-1", "不能小于 64"),
        ("ENGINE_PORT", "99999", "不能大于 65535"),
        ("ENGINE_PORT", "0", "不能小于 1"),
        ("ENGINE_IDLE_MINUTES", "nan", "应大于 0"),
        ("ENGINE_IDLE_MINUTES", "半小时", "应为数字"),
        ("NEO4J_URI", "http://127.0.0.1:7474", "网页地址不行"),
        ("NEO4J_URI", "bolt://", "bolt://127.0.0.1:7687"),
        ("DATA", "~nobody-of-this-name/x", "用户不存在"),
        ("DATA", __file__, "是一个文件"),
        ("DATA", f"{__file__}/below", "是一个文件"),
        ("ENGINE_JARS", __file__, "是一个文件"),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    name: str, given: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"XINNONG_{name}", given)
    with pytest.raises(SettingsError, match=words) as told:
        Settings()
    assert f"XINNONG_{name}={given}" in told.value.message_zh
    assert f"XINNONG_{name}" in told.value.message_en
    assert told.value.cause_code == "setting_wrong"


def test_every_wrong_setting_is_named_at_once_and_no_secret_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XINNONG_ENGINE_PORT", "abc")
    monkeypatch.setenv("XINNONG_NEO4J_URI", "http://neo4j:geheim@127.0.0.1")
    with pytest.raises(SettingsError) as told:
        Settings()
    assert "XINNONG_ENGINE_PORT" in str(told.value) and "XINNONG_NEO4J_URI" in str(told.value)
    assert "geheim" not in str(told.value)


def test_an_empty_setting_is_none_and_a_tilde_is_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"XINNONG_{name.upper()}", "")
    assert Settings().data == Path.home() / ".xinnong"
    assert Settings().neo4j_uri is None
    monkeypatch.setenv("XINNONG_DATA", "~/北塬")
    assert Settings().data == Path.home() / "北塬"


@pytest.mark.parametrize("address", ["abc", "nosuch://h/db", "postgresql+nosuch://h/db"])
def test_an_operations_store_that_is_none_is_a_sentence(address: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, operations_url=address)
    with pytest.raises((SettingsError, OperationsError), match="XINNONG_OPERATIONS_URL"):
        OperationsStore(settings)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["risk"], "缺少参数 key（主体的键"),
        (["risk", "--nope"], "没有选项 --nope"),
        (["riskk"], "没有命令 riskk，是不是 'risk'"),
        (["structure", "nope"], "没有命令 nope"),
        (["serve", "--port", "abc"], "--port 应为整数（端口）"),
        (["serve", "--port", "99999"], "--port 不能大于 65535"),
        (["serve", "--port"], "--port 后面缺少值"),
        (["serve", "x", "y"], "多出的参数：x y"),
        (["check", "--json=3"], "选项 --json 不带值"),
        (["ask", "loans", "y"], "参数写作 名称=值，收到 y"),
        (["ingest", "loan", "x", "--form", "/none"], "--form 指定的文件 /none 不存在"),
    ],
)
def test_a_wrong_command_is_told_in_chinese(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr and "xinnong " in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_the_version() -> None:
    assert run("--version").stdout.startswith("xinnong 0.")


def test_what_the_machine_refuses_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", "utf-8")
    for target, words in [(file, "已有同名的文件"), (file / "below", "应为目录")]:
        done = run("sample", str(target))
        assert done.returncode == 1
        assert words in done.stderr and "Traceback" not in done.stderr
    full = machine_sentence(OSError(28, "No space left on device", "log"))
    assert full and "磁盘已满" in full and "disk is full" in full
    assert machine_sentence(OSError(9999, "?")) is None


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "信农 数据"
    yield data
    stop_engine(Settings(data=data))


def test_chinese_folders_in_a_locale_that_is_not_there(folder: Path) -> None:
    """The first start under `LC_ALL=C`, the next under a locale that this machine lacks."""
    data = {"XINNONG_DATA": str(folder), "XINNONG_ENGINE_HEAP_MB": "256"}
    done = run("engine", "start", LC_ALL="C", **data)
    assert done.returncode == 0, done.stderr
    assert "引擎已就绪" in done.stdout
    done = run("engine", "stop", LANG="xx_XX.UTF-8", **data)
    assert "引擎已停止" in done.stdout
    done = run("engine", "start", LANG="xx_XX.UTF-8", **data)
    assert done.returncode == 0, done.stderr
