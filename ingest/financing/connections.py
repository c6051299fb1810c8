"""Which financing partners this installation is connected with: `financing.yaml` in the data folder.

    anhui_back_office:
      address: https://…
      secret: …                        # goes into the header of a request, and nowhere else
      institutions: ["institution:C1402610305001"]   # whose applications go there

A partner that is not named there is sent nothing and asked nothing.  The file holds secrets, so it is
its owner's alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from pydantic import ValidationError

from graph.errors import InputError, SettingsError
from graph.settings import Settings
from ingest.exchange.connection import Connection, private_settings
from ingest.financing.partner import financing_partners

__all__ = ["FILE", "PartnerConnection", "partner_connections"]

#: Name of the file in the data folder.
FILE = "financing.yaml"


class PartnerConnection(Connection):
    """How one partner is reached, and whose applications are handed to it."""

    institutions: tuple[str, ...] = ()


def partner_connections(settings: Settings) -> Mapping[str, PartnerConnection]:
    """Every partner that this installation is connected with.

    Raises `SettingsError`: `financing_settings` where the file cannot be used, `financing_open` where
    others may read it.
    """
    try:
        stated = private_settings(settings, FILE, "financing_open")
        if not isinstance(stated, dict) or {*stated} - {*financing_partners()}:
            raise _refused()
        return {
            name: PartnerConnection.model_validate({"end": "http", **said})
            for name, said in stated.items()
        }
    except (ValidationError, InputError, TypeError, UnicodeDecodeError, yaml.YAMLError):
        # what stands in the file is not repeated: it may be a secret
        raise _refused() from None


def _refused() -> SettingsError:
    return SettingsError(
        f"数据目录中的 {FILE} 不能用：请按融资对接约定的名称填写地址、密钥和机构编号。没有发送任何内容。",
        f"{FILE} cannot be used; nothing was sent.",
        code="financing_settings",
    )
