"""Programs of other organisations: registered, given secrets and keys, ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.rights_terminal import say_change, say_changed, say_changes
from api.terminal import Json, answer_with, opened, say, table

__all__ = ["commands"]

commands = typer.Typer(
    name="clients",
    help="接入客户端：登记、换密钥、停用 / programs that may ask",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Number = Annotated[int, typer.Argument(min=1, help="变更编号，见 xinnong clients changes / number")]
Why = Annotated[str, typer.Option(help="原因 / why")]
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
    from api.security import local_asker
    from api.security.client_rights import register_client, secret_for_client
    from api.security.rights import actor_of
    from graph.time import utc_now

    text = key.read_text(encoding="utf-8", errors="replace") if key else ""
    actor, at, secret = actor_of(local_asker(), by), utc_now(), None
    with opened(Act.PEOPLE) as services:
        made = register_client(
            services.office, name=name, acts=act, purposes=purpose, institution=institution,
            divisions=division or None, public_key=text, actor=actor, at=at,
        )  # fmt: skip
        if made.client is not None and not text:
            secret = secret_for_client(services.office, made.client.id, actor=actor, at=at).secret

    def people() -> None:
        say_change(made, "clients")
        if made.client is not None:
            print(f"已登记，客户端编号 {made.client.id}。")
        if secret is not None:
            _show(secret)

    told = {"client": made.client, "secret": secret, "change": made.change}
    answer_with(told, as_json, people, thing=made.noted)


@commands.command()
def change(
    client: ClientId,
    by: By,
    act: Annotated[
        list[str] | None, typer.Option(help="能办的事，可多次；不写的不变 / what it may do")
    ] = None,
    purpose: Annotated[
        list[str] | None, typer.Option(help="用途的代码，可多次；不写的不变 / purpose")
    ] = None,
    division: Annotated[
        list[str] | None, typer.Option(help="区划代码，可多次；不写的不变 / divisions")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="改为全区 / the whole district")
    ] = False,
    as_json: Json = False,
) -> None:
    """变更客户端的权限：收窄立即生效，扩大须另一位管理员确认 / change what a client may"""
    from api.security import local_asker
    from api.security.client_rights import change_client
    from api.security.rights import actor_of
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = change_client(
            services.office, client, acts=act or None, purposes=purpose or None,
            divisions=division or None, is_everywhere=everywhere,
            actor=actor_of(local_asker(), by), at=utc_now(),
        )  # fmt: skip

    def people() -> None:
        say_change(made, "clients")
        if made.client is not None:
            print(f"已变更：{made.client.id}")

    answer_with(made, as_json, people, thing=made.noted)


@commands.command()
def rotate(
    client: ClientId,
    by: By,
    days: Annotated[int, typer.Option(min=1, help="有效天数 / days")] = 365,
    overlap_hours: Annotated[int, typer.Option(min=0, help="旧密钥还用几小时 / hours")] = 24,
    as_json: Json = False,
) -> None:
    """换密钥：生成新的，旧的再用一段时间 / a new secret, and an overlap with the old one"""
    from api.security import local_asker
    from api.security.client_rights import secret_for_client
    from api.security.rights import actor_of
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = secret_for_client(
            services.office, client, days=days, overlap_hours=overlap_hours,
            actor=actor_of(local_asker(), by), at=utc_now(),
        )  # fmt: skip
    say_changed(made, as_json, "clients")


@commands.command("changes")
def changes(as_json: Json = False) -> None:
    """权限变更：谁提出、是否确认 / changes of rights that wait, and what became of others"""
    from api.security.rights import latest_changes
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        found = latest_changes(services.office.store, of_clients=True, at=utc_now())
    say_changes(found, as_json)


@commands.command("confirm")
def confirm(number: Number, by: By, as_json: Json = False) -> None:
    """确认别人提出的权限变更 / confirm a change that somebody else put forward"""
    from api.security import local_asker
    from api.security.rights import actor_of, confirm_change
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = confirm_change(
            services.office, number, actor=actor_of(local_asker(), by), at=utc_now()
        )
    say_changed(made, as_json, "clients")


@commands.command("refuse")
def refuse(number: Number, by: By, why: Why = "", as_json: Json = False) -> None:
    """退回权限变更，或者收回自己提出的 / refuse a change, or take one's own back"""
    from api.security import local_asker
    from api.security.rights import actor_of, refuse_change
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = refuse_change(
            services.office, number, why=why, actor=actor_of(local_asker(), by), at=utc_now()
        )
    say_changed(made, as_json, "clients")


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
