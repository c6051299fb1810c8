"""Secrets of a container or a unit are files, and stand in no environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.settings import Settings

URL = "postgresql+psycopg://xinnong:geheim7@127.0.0.1/xinnong"


@pytest.mark.parametrize("named_by", ["XINNONG_SECRETS", "CREDENTIALS_DIRECTORY"])
def test_a_secret_is_read_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    (tmp_path / "xinnong_operations_url").write_text(f"{URL}\n", encoding="utf-8")
    (tmp_path / "xinnong_neo4j_password").write_text("geheim7", encoding="utf-8")
    monkeypatch.setenv(named_by, str(tmp_path))
    found = Settings()
    assert found.operations_url and found.operations_url.get_secret_value() == URL
    assert found.neo4j_password and found.neo4j_password.get_secret_value() == "geheim7"
    assert "geheim7" not in repr(found)
    # what the environment or the caller says goes before
    monkeypatch.setenv("XINNONG_NEO4J_PASSWORD", "other")
    found = Settings(operations_url=None)
    assert found.operations_url is None
    assert found.neo4j_password and found.neo4j_password.get_secret_value() == "other"


def test_a_folder_that_is_not_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINNONG_SECRETS", "/nowhere/at/all")
    assert Settings().operations_url is None
