"""Telephones are compared by key: what a masked number cannot prove, and the key does."""

from __future__ import annotations

import hmac

import pandas as pd
import pytest

from graph.errors import SettingsError
from graph.identifiers import phone_key
from ingest.catalogue.field import FieldSpec
from ingest.checking.values import read_column
from ingest.reading.texts import Texts

KEY = "ab" * 32


def test_the_key_is_the_keyed_hash_and_needs_the_right_key() -> None:
    expected = hmac.new(bytes.fromhex(KEY), b"phone 13800001234", "sha256").hexdigest()[:32]
    assert phone_key("13800001234", KEY) == f"phone:{expected}"
    assert phone_key("13800001234", "cd" * 32) != phone_key("13800001234", KEY)
    with pytest.raises(SettingsError):
        phone_key("13800001234", "short")


def test_strangers_share_a_masked_number_and_no_key() -> None:
    spec = FieldSpec(name="phone", title="联系电话", type="phone")
    cells = Texts.of(["13800001234", "13811111234", "138 0000-1234", None])
    columns = read_column(spec, cells, pd.RangeIndex(4), KEY).columns
    masked, keys = columns["phone_masked"], columns["phone_key"]
    assert masked[:3].tolist() == ["138****1234"] * 3 and pd.isna(masked[3])
    assert keys[0] == keys[2] and keys[0] != keys[1] and pd.isna(keys[3])
