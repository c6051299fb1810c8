"""Users: who may log in, and their one-time links."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.rights_terminal import say_change, say_changed, say_changes
from api.terminal import Json, answer_with, opened, table

__all__ = ["commands"]

commands = typer.Typer(
    name="users",
    help="用户：谁可以登录、一次性登录链接 / users, and their one-time links",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="登录名 / name of the log-in")]
Institution = Annotated[
    str, typer.Option(help="机构编号，如 institution:… / key of the institution")
]
Department = Annotated[str, typer.Option(help="部门，与来源说明一致 / department")]
Divisions = Annotated[
    str, typer.Option(help="区划代码，逗号分开；不写为全区 / divisions, by commas")
]
Address = Annotated[str, typer.Option(help="服务的地址，写在链接前面 / address of the service")]
Number = Annotated[int, typer.Argument(min=1, help="变更编号，见 xinnong users changes / number")]
Why = Annotated[str, typer.Option(help="原因 / why")]
HERE = "http://127.0.0.1:8000"


@commands.command("list")
def listed(as_json: Json = False) -> None:
    """全部用户 / every user."""
    from api.security.people import list_people

    with opened(Act.PEOPLE) as services:
        found = list_people(services.office.store)

    def people() -> None:
        table(
            f"用户共 {len(found)} 个。",
            ["登录名", "姓名", "角色", "机构", "部门", "区划", "在用", "密码", "动态口令"],
            [
                (one.name, one.display_name, one.role_label, one.institution, one.department,
                 "、".join(one.divisions or ()) or "全区", one.is_active, one.has_password,
                 one.has_second_factor)
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def add(
    name: Name,
    display_name: Annotated[str, typer.Option("--shown", help="姓名或工号 / display name")],
    role: Annotated[str, typer.Option(help="角色代码，如 loan_officer / role")],
    institution: Institution = "",
    department: Department = "",
    divisions: Divisions = "",
    address: Address = HERE,
    as_json: Json = False,
) -> None:
    """新增用户，给出一次性登录链接 / enter a user, and make a link."""
    from dataclasses import replace

    from api.security import local_asker
    from api.security.people import link_for
    from api.security.rights import actor_of
    from api.security.user_rights import add_user
    from graph.time import utc_now

    actor, at = actor_of(local_asker()), utc_now()
    with opened(Act.PEOPLE) as services:
        store = services.office.store
        made = add_user(
            services.office, name=name, display_name=display_name, role=role,
            institution=institution, department=department, divisions=divisions.split(","),
            actor=actor, at=at,
        )  # fmt: skip
        if made.user is not None:
            made = replace(made, path=link_for(store, made.user.name, by=actor.name, at=at))
    say_changed(made, as_json, "users", address=address)


@commands.command()
def change(
    name: Name,
    role: Annotated[str | None, typer.Option(help="角色代码 / role")] = None,
    institution: Annotated[str | None, typer.Option(help="机构编号 / institution")] = None,
    department: Annotated[str | None, typer.Option(help="部门 / department")] = None,
    divisions: Annotated[str | None, typer.Option(help="区划代码 / divisions")] = None,
    issuer: Annotated[str | None, typer.Option(help="外部登录的签发方 / issuer")] = None,
    external_id: Annotated[str | None, typer.Option(help="外部登录的编号 / subject")] = None,
    person_key: Annotated[str | None, typer.Option(help="本人的主体编号 / own key")] = None,
    as_json: Json = False,
) -> None:
    """修改用户的角色、机构、部门、区划和外部登录 / change a user."""
    from api.security import local_asker
    from api.security.rights import actor_of
    from api.security.user_rights import change_user
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = change_user(
            services.office, name, role=role, institution=institution, department=department,
            divisions=None if divisions is None else divisions.split(","), issuer=issuer,
            external_id=external_id, person_key=person_key, actor=actor_of(local_asker()),
            at=utc_now(),
        )  # fmt: skip

    def people() -> None:
        say_change(made, "users")
        if made.user is not None:
            print(f"已修改：{made.user.name}（{made.user.role_label}）")

    answer_with(made, as_json, people, thing=made.noted)


@commands.command()
def link(name: Name, address: Address = HERE, as_json: Json = False) -> None:
    """一次性登录链接，24 小时内用一次 / a one-time link."""
    from api.security import local_asker
    from api.security.rights import actor_of
    from api.security.user_rights import link_of_user
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = link_of_user(services.office, name, actor=actor_of(local_asker()), at=utc_now())
    say_changed(made, as_json, "users", address=address)


@commands.command()
def end(name: Name, as_json: Json = False) -> None:
    """停用用户，结束其全部登录 / put a user out of use."""
    from api.security.people import end_person
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        ended = end_person(services.office.store, name, at=utc_now())
    answer_with(ended, as_json, lambda: print(f"已停用：{ended.name}"))


@commands.command("drop-factor")
def drop_factor(name: Name, as_json: Json = False) -> None:
    """取消丢失的动态口令 / take a lost second factor away."""
    from api.security import local_asker
    from api.security.rights import actor_of
    from api.security.user_rights import drop_second_factor_of
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = drop_second_factor_of(
            services.office, name, actor=actor_of(local_asker()), at=utc_now()
        )
    say_changed(made, as_json, "users")


@commands.command("changes")
def changes(as_json: Json = False) -> None:
    """权限变更：谁提出、是否确认 / changes of rights that wait, and what became of others."""
    from api.security.rights import latest_changes
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        found = latest_changes(services.office.store, of_clients=False, at=utc_now())
    say_changes(found, as_json)


@commands.command("confirm")
def confirm(number: Number, address: Address = HERE, as_json: Json = False) -> None:
    """确认别人提出的权限变更 / confirm a change that somebody else put forward."""
    from api.security import local_asker
    from api.security.rights import actor_of, confirm_change
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = confirm_change(services.office, number, actor=actor_of(local_asker()), at=utc_now())
    say_changed(made, as_json, "users", address=address)


@commands.command("refuse")
def refuse(number: Number, why: Why = "", as_json: Json = False) -> None:
    """退回权限变更，或者收回自己提出的 / refuse a change, or take one's own back."""
    from api.security import local_asker
    from api.security.rights import actor_of, refuse_change
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        made = refuse_change(
            services.office, number, why=why, actor=actor_of(local_asker()), at=utc_now()
        )
    say_changed(made, as_json, "users")
