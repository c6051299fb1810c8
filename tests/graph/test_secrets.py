"""Secrets: made once, the owner's alone, and missed aloud."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph.errors import SettingsError
from graph.secrets import load_secrets, make_secrets, secrets_problems


def test_made_once_and_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "in" / "secrets.json"
    first = make_secrets(file)
    assert make_secrets(file) == first == load_secrets(file)
    assert first.identity_key not in repr(first)
    assert secrets_problems(file) == []


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_file_that_others_can_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    make_secrets(file)
    file.chmod(0o640)
    assert [problem for problem in secrets_problems(file) if "chmod 600" in problem]


def test_lost_and_damaged(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert "xinnong init" in secrets_problems(file)[0]
    file.write_text('{"identity_key": 1', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        make_secrets(file)
    # a new key would orphan every person: it is never made over a damaged one
    assert caught.value.cause_code == "secrets_damaged"
    assert file.read_text(encoding="utf-8") == '{"identity_key": 1'
