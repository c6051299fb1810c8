"""Users: who may log in, and their one-time links."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
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
) -> None:
    """新增用户，给出一次性登录链接 / enter a user, and make a link."""
    from api.security import local_asker
    from api.security.people import add_person, link_for
    from graph.time import utc_now

    by, at = local_asker().name, utc_now()
    with opened(Act.PEOPLE) as services:
        store = services.office.store
        add_person(
            store, name=name, display_name=display_name, role=role, institution=institution,
            department=department, divisions=divisions.split(","), by=by, at=at,
        )  # fmt: skip
        _say_link(address, link_for(store, name, by=by, at=at))


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
    from api.security.people import change_person

    with opened(Act.PEOPLE) as services:
        changed = change_person(
            services.office.store, name, role=role, institution=institution, department=department,
            divisions=None if divisions is None else divisions.split(","), issuer=issuer,
            external_id=external_id, person_key=person_key,
        )  # fmt: skip
    answer_with(changed, as_json, lambda: print(f"已修改：{changed.name}（{changed.role_label}）"))


@commands.command()
def link(name: Name, address: Address = HERE) -> None:
    """一次性登录链接，24 小时内用一次 / a one-time link."""
    from api.security import local_asker
    from api.security.people import link_for
    from graph.time import utc_now

    with opened(Act.PEOPLE) as services:
        path = link_for(services.office.store, name, by=local_asker().name, at=utc_now())
    _say_link(address, path)


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
    from api.security.people import forget_second_factor

    with opened(Act.PEOPLE) as services:
        changed = forget_second_factor(services.office.store, name)
    answer_with(changed, as_json, lambda: print(f"已取消动态口令：{changed.name}"))


def _say_link(address: str, path: str) -> None:
    print(f"一次性登录链接（24 小时内用一次，请当面或者通过可信渠道交给本人）：{address}{path}")
