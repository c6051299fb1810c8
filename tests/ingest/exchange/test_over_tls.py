"""Over TLS a partner is told something only where its certificate is one that somebody vouches for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from partner import PROVINCE, Partner, serving
from pydantic import SecretStr, ValidationError

from ingest.exchange.connection import Connection
from ingest.exchange.contract import contract_named
from ingest.exchange.json_post import JsonPost
from ingest.exchange.reply import NoAnswer

SECRET = "province-secret"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("authority"), "区政务网证书中心")


def told(partner: Partner, authorities: Path | None, **more: Any) -> bytes:
    """What the partner answers to a request of ours, with the secret in its header."""
    http = contract_named("provincial_upload").http
    assert http is not None
    connection = Connection(
        end="http", address=partner.address, secret=SecretStr(SECRET), authorities=authorities, **more
    )  # fmt: skip
    body = {
        "tableCode": "XZCF",
        "departmentCode": "11610305016000005N",
        "requestNo": "1",
        "body": [],
    }
    return JsonPost(http, connection).post(http.path, body, "1")


def test_a_platform_with_an_authority_of_its_own(authority: Authority) -> None:
    with serving(Partner(PROVINCE, secret=SECRET), authority.serving()) as partner:
        assert partner.address.startswith("https://")
        assert b'"successSize": 0' in told(partner, authority.file)
        assert partner.calls == [("ok", "/upload")]


@pytest.mark.parametrize(
    "fault", ["unknown", "of another", "another address", "run out", "not yet"]
)
def test_nothing_is_told_where_nobody_vouches(
    authority: Authority, tmp_path: Path, fault: str
) -> None:
    """Of whatever the certificate lacks: no request arrives, and so no secret."""
    days = {"run out": (-9, -1), "not yet": (1, 9)}.get(fault, (-1, 1))
    context = authority.serving(
        address="127.0.0.2" if fault == "another address" else "127.0.0.1", days=days
    )
    trusted = {
        "unknown": None, "of another": Authority.made(tmp_path / "other", "别的证书中心").file,
    }.get(fault, authority.file)  # fmt: skip
    with serving(Partner(PROVINCE, secret=SECRET), context) as partner:
        with pytest.raises(
            NoAnswer, match=r"对方的证书不能验证（.+），没有发送任何内容"
        ) as refused:
            told(partner, trusted)
        assert partner.calls == [] and SECRET not in str(refused.value)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="an older Python is not as strict")
def test_a_certificate_that_names_no_key_is_refused_in_words(tmp_path: Path) -> None:
    """RFC 5280, 4.2.1.1: what older authorities still leave out is said, so that they can be told."""
    plain = Authority.made(tmp_path / "old", "旧证书中心", names_keys=False)
    with serving(Partner(PROVINCE, secret=SECRET), plain.serving()) as partner:
        with pytest.raises(NoAnswer, match="Missing Authority Key Identifier"):
            told(partner, plain.file)
        assert partner.calls == []


def test_the_file_of_authorities_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="没有这个证书文件"):
        Connection(end="http", address="https://a.example", authorities=tmp_path / "none.pem")
