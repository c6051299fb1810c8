"""Programs of other organisations: registered, given secrets and keys, ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, say, table

__all__ = ["commands"]

commands = typer.Typer(
    name="clients",
    help="接入客户端：登记、换密钥、停用 / programs that may ask",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
ClientId = Annotated[str, typer.Argument(help="客户端编号，见 xinnong clients list / client")]


@commands.command("list")
def listed(as_json: Json = False) -> None:
    """全部客户端，和它们的密钥、公钥 / every client and its credentials"""
    from api.security.clients import client_files
    from queries.consent import find_purpose

    with opened(Act.PEOPLE) as services:
        found = client_files(services.office.store)

    def people() -> None:
        table(
            f"客户端（{len(found)} 个）",
            ["编号", "名称", "能办的事", "用途", "机构", "区划", "停用"],
            [
                (
                    one.id, one.name, " ".join(one.acts), "、".join(find_purpose(code).term for code in one.purposes), one.institution,
                    "全区" if one.divisions is None else " ".join(one.divisions), one.ended_at,
                )
                for one in (file.client for file in found)
            ],
        )  # fmt: skip
        table(
            "密钥和公钥",
            ["编号", "客户端", "种类", "名称", "登记人", "登记时间", "有效期至"],
            [
                (held.number, held.client, "密钥" if held.kind == "secret" else "公钥", held.kid,
                 held.made_by, held.made_at, held.ends_at)
                for file in found for held in file.credentials
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="名称：哪个单位的哪个系统 / whose system")],
    by: By,
    purpose: Annotated[
        list[str], typer.Option(help="用途的代码，如 credit_approval，可多次 / purpose")
    ],
    act: Annotated[
        list[str], typer.Option(help="能办的事：look ask decide，可多次 / what it may do")
    ] = ["look", "ask"],  # noqa: B006 - Typer reads it and changes nothing
    institution: Annotated[str, typer.Option(help="机构编号 / institution")] = "",
    division: Annotated[
        list[str], typer.Option(help="区划代码，可多次；不写为全区 / divisions")
    ] = [],  # noqa: B006
    key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="对方公钥的文件 / its public key"),
    ] = None,
    as_json: Json = False,
) -> None:
    """登记客户端；没有给公钥的，生成密钥，只显示这一次 / register a client"""
    from api.security.clients import add_key, new_secret, register
    from graph.time import utc_now

    text = key.read_text(encoding="utf-8", errors="replace") if key else ""
    with opened(Act.PEOPLE) as services:
        store, at = services.office.store, utc_now()
        client = register(
            store, name=name, acts=act, purposes=purpose, institution=institution,
            divisions=division or None, by=by, at=at,
        )  # fmt: skip
        if text:
            made = None
            add_key(store, client.id, text, by=by, at=at)
        else:
            made = new_secret(store, services.office.settings, client.id, by=by, at=at)

    def people() -> None:
        print(f"已登记，客户端编号 {client.id}。")
        if made is not None:
            _show(made.secret)

    answer_with({"client": client, "secret": made and made.secret}, as_json, people)


@commands.command()
def rotate(
    client: ClientId,
    by: By,
    days: Annotated[int, typer.Option(min=1, help="有效天数 / days")] = 365,
    overlap_hours: Annotated[int, typer.Option(min=0, help="旧密钥还用几小时 / hours")] = 24,
    as_json: Json = False,
) -> None:
    """换密钥：生成新的，旧的再用一段时间 / a new secret, and an overlap with the old one"""
    from api.security.clients import new_secret
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = new_secret(
            services.office.store, services.office.settings, client, by=by, at=utc_now(), days=days,
            overlap_hours=overlap_hours,
        )  # fmt: skip
    answer_with(made, as_json, lambda: _show(made.secret))


@commands.command("end-credential")
def end_one(
    number: Annotated[int, typer.Argument(min=1, help="凭据编号 / number")],
    by: By,
    as_json: Json = False,
) -> None:
    """停用一个密钥或公钥 / take a secret or a key no more"""
    from api.security.clients import end_credential
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        kept = end_credential(services.office.store, number, by=by, at=utc_now())
    answer_with(kept, as_json, lambda: print(f"已停用：{kept.number}"))


@commands.command("end-tokens")
def end_tokens(client: ClientId, by: By, as_json: Json = False) -> None:
    """撤销一个客户端已领的全部令牌 / refuse every token that it has"""
    from api.security.clients import refuse_tokens
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        kept = refuse_tokens(services.office.store, client, by=by, at=utc_now())
    answer_with(kept, as_json, lambda: print(f"已撤销：{kept.id}"))


@commands.command()
def end(
    client: ClientId,
    by: By,
    why: Annotated[str, typer.Option(help="原因 / why")],
    as_json: Json = False,
) -> None:
    """停用客户端，下一次查询起不再受理 / it may ask no more"""
    from api.security.clients import end_client
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        kept = end_client(services.office.store, client, by=by, why=why, at=utc_now())
    answer_with(kept, as_json, lambda: print(f"已停用：{kept.id}"))


@commands.command("replace-key")
def replace_key(
    at_once: Annotated[
        bool,
        typer.Option("--at-once", help="旧密钥签发的令牌立即作废 / its tokens are refused now"),
    ] = False,
    as_json: Json = False,
) -> None:
    """换令牌签名密钥 / sign tokens with a new key"""
    from api.security.signing_keys import signing_keys
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = signing_keys(services.office.settings.data).replace(utc_now(), at_once=at_once)
    answer_with({"kid": made.kid}, as_json, lambda: print(f"已更换，新密钥 {made.kid}。"))


def _show(secret: str) -> None:
    print(secret)
    say("密钥只显示这一次，请用加密方式交给对方")
