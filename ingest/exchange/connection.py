"""Where a partner is reached, of this installation: `exchange.yaml` in the data folder.

    provincial_upload:
      end: http                       # or: file
      address: https://…
      secret: …                       # goes into the header of a request, and nowhere else
      authorities: /etc/xinnong/platform.pem   # who vouches for the address, where the system knows none
      department: "11610305…"
      division: "610305"
    citizen_hotline:
      end: file
      folder: /srv/exchange/12345

A partner that is not named there is sent nothing and asked nothing.  The file holds secrets, so it is
its owner's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import yaml
from pydantic import SecretStr, ValidationError, model_validator

from graph.errors import InputError, SettingsError
from graph.plain_yaml import read_yaml
from graph.private import is_open_to_others
from graph.settings import Settings
from ingest.exchange.contract import Contract, contracts
from queries.rule_file import Strict

__all__ = ["FILE", "Connection", "connection_of", "connections", "private_settings"]

#: Name of the file in the data folder.
FILE = "exchange.yaml"
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class Connection(Strict):
    """How one partner is reached from here.

    Attributes:
        address: of the HTTP end, `https`; `http` to this machine alone.
        folder: of the file end.
        secret: what the partner gave us to be known by.
        authorities: certificates (PEM) of those who vouch for the partner's address, in the place of
            those that the system trusts: platforms of a government's own network have their own.
        department, division: what its templates call us.
    """

    end: Literal["http", "file"]
    address: str = ""
    folder: Path | None = None
    secret: SecretStr | None = None
    authorities: Path | None = None
    department: str = ""
    division: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Connection:
        if self.end == "file":
            if self.folder is None or not self.folder.is_absolute():
                raise ValueError("folder: 须写绝对路径 / an absolute path")
            return self
        if self.authorities is not None and not self.authorities.is_file():
            raise ValueError("authorities: 没有这个证书文件 / no such file")
        parts = urlsplit(self.address)
        is_here = parts.scheme == "http" and parts.hostname in _HERE
        if not (parts.scheme == "https" or is_here) or not parts.hostname:
            raise ValueError("address: 须是 https:// 开头的地址 / must be https")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(
                "address: 不能带用户名、密码和参数，密钥写在 secret / no secrets in it"
            )
        return self


def private_settings(settings: Settings, file: str, code: str) -> object:
    """What a file of the data folder states that holds secrets; an empty mapping where there is none.

    Raises `SettingsError` with that code where others may read it, and as `read_yaml`.
    """
    path = settings.data / file
    if not path.exists():
        return {}
    if is_open_to_others(path):
        raise SettingsError(
            f"{file} 中有密钥，其他人可以读取它。请运行 chmod 600 {file} 后重试。",
            f"{file} holds secrets and others may read it: chmod 600.",
            code=code,
        )
    return read_yaml(path.read_text(encoding="utf-8")) or {}


def connections(settings: Settings) -> Mapping[str, Connection]:
    """Every partner that this installation is connected with, by contract.

    Raises `SettingsError`: `exchange_settings` where the file cannot be used, `exchange_open` where
    others may read it.
    """
    try:
        stated = private_settings(settings, FILE, "exchange_open")
        if not isinstance(stated, dict):
            raise _refused("应按交换约定的名称逐项填写")
        unknown = {*stated} - {*contracts()}
        if unknown:
            raise _refused(f"没有名为 {'、'.join(sorted(map(str, unknown)))} 的交换约定")
        found = {name: Connection.model_validate(said) for name, said in stated.items()}
    except ValidationError as error:
        # what stands in the file is not repeated: it may be a secret
        told = "；".join(
            f"{'.'.join(map(str, item['loc']))} {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise _refused(told) from None
    except (InputError, UnicodeDecodeError, yaml.YAMLError):
        raise _refused("不是可以读取的 YAML") from None
    for name, connection in found.items():
        if connection.end not in contracts()[name].ends:
            raise _refused(f"{name} 没有 {connection.end} 这种接入方式")
    return found


def connection_of(settings: Settings, contract: Contract) -> Connection:
    """How a partner is reached; raises as `connections`, and `InputError` (`exchange_unconnected`)."""
    found = connections(settings).get(contract.name)
    if found is None:
        raise InputError(
            f"还没有配置与“{contract.partner}”的连接，没有发送也没有接收任何内容。"
            f"请在数据目录的 {FILE} 中填写 {contract.name}。",
            f"There is no connection with {contract.name}: nothing was sent. Enter it in {FILE}.",
            code="exchange_unconnected",
        )
    return found


def _refused(told: str) -> SettingsError:
    return SettingsError(
        f"数据目录中的 {FILE} 不能用：{told}。请改正后重试，没有发送任何内容。",
        f"{FILE} cannot be used; nothing was sent.",
        code="exchange_settings",
    )
