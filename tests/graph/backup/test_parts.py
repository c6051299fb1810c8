"""Every entry of a data folder has its place: kept, apart, or made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.backup.parts import entries, is_made_again, is_secret
from graph.settings import Settings


@pytest.mark.parametrize(
    "name",
    ["secrets.json", "exchange.yaml", "financing.yaml", "signing_key.pem", "keys", "totp.key"],
)
def test_what_opens_or_signs_lies_apart(name: str) -> None:
    assert is_secret(name) and not is_made_again(name)


@pytest.mark.parametrize("name", ["quarantine", "uploads", "consent_scans", "monkey", "turkey.csv"])
def test_what_nobody_has_named_is_kept(name: str, tmp_path: Path) -> None:
    assert not is_secret(name) and not is_made_again(name)
    (tmp_path / name).touch()
    assert [path.name for path in entries(tmp_path, secret=False)] == [name]
    assert entries(tmp_path, secret=True) == []


def test_of_the_places_that_settings_name_two_are_made_again() -> None:
    """A place that is added is kept until somebody says that it is made again."""
    settings = Settings(data=Path("/data"))
    places = [getattr(settings, name) for name in dir(Settings) if name.endswith(("_dir", "_file"))]
    names = {place.name for place in places if isinstance(place, Path)}
    # log and store are copied by rules of their own
    assert {name for name in names if is_made_again(name)} == {
        "engine", "leases", "log", "operations.sqlite3",
    }  # fmt: skip
