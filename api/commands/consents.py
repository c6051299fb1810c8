"""Consents on the command line: purposes, lists, one consent with its text, registering, revoking."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, permitted, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="consents",
    help="信息主体授权：登记、复核、撤回 / consents of subjects",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Number = Annotated[int, typer.Argument(min=1, help="授权编号 / number")]


@commands.command()
def purposes(as_json: Json = False) -> None:
    """授权目的、最长期限和可请求的信息类别 / purposes and what may be asked for each."""
    permitted(Act.LOOK)
    from queries.consent import consent_rules

    rules = consent_rules()

    def people() -> None:
        table(
            f"敏感信息须单独同意（{rules.sensitive.basis}）："
            + "、".join(sorted(item.term for item in rules.sensitive.classes)),
            ["代码", "目的", "最长天数", "信息类别", "依据"],
            [
                (one.code, one.term, one.days, "、".join(sorted(item.term for item in one.classes)), one.clause)
                for one in rules.purposes
            ],
        )  # fmt: skip

    answer_with(rules, as_json, people)


@commands.command("list")
def listed(
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几份 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几份起 / from")] = 0,
    as_json: Json = False,
) -> None:
    """授权列表，新的在前 / consents, the newest first."""
    from graph.time import utc_now
    from queries.consent.desk import consents_of

    with opened(Act.CONSENT) as services:
        found = consents_of(
            services.office, local_scope(), at=utc_now(), limit=limit, offset=offset
        )

    def people() -> None:
        table(
            f"授权共 {found.total} 份",
            ["编号", "主体", "机构", "目的", "起", "止", "状态"],
            [
                (one.number, one.subject, one.institution, one.purpose_label, one.from_on, one.to_on,
                 one.state_label)
                for one in found.rows
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def show(number: Number, as_json: Json = False) -> None:
    """一份授权和当时的授权书全文 / one consent with its text."""
    from graph.time import utc_now
    from queries.consent.desk import consent_view, text_of

    with opened(Act.CONSENT) as services:
        found = consent_view(services.office, local_scope(), number, at=utc_now())
        text = text_of(services.office, found)

    def people() -> None:
        table(
            f"{found.name}：{found.state_label}",
            ["信息类别", "敏感", "打开"],
            [
                (item.term, "是" if item.is_sensitive else "否", "是" if item.is_open else "否")
                for item in found.items
            ],
        )
        print(text)

    answer_with(found, as_json, people)


@commands.command()
def register(
    subject: Annotated[str, typer.Argument(help="主体编号 / key of the subject")],
    institution: Annotated[str, typer.Argument(help="被授权机构编号 / institution")],
    purpose: Annotated[str, typer.Argument(help="目的代码 / purpose")],
    items: Annotated[list[str], typer.Option("--item", help="信息类别代码，可重复 / class")],
    by: By,
    to_on: Annotated[str, typer.Option("--to", help="止期 / last day")] = "",
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="已单独同意敏感信息 / ticked")
    ] = False,
    onward: Annotated[
        bool, typer.Option("--onward", help="已单独同意提供给该机构 / ticked")
    ] = False,
    scan: Annotated[str, typer.Option(help="签字的授权书扫描件文件 / file of the scan")] = "",
    as_json: Json = False,
) -> None:
    """登记一份窗口办理的授权 / register a consent given at a window."""
    from pathlib import Path

    from graph.time import parse_date, today, utc_now
    from queries.consent import AskedConsent
    from queries.consent.desk import enter_consent, store_scan, typed_subject

    last: date | None = parse_date(to_on) if to_on else None
    with opened(Act.CONSENT) as services:
        who = typed_subject(services.office, subject)
        asked = AskedConsent(
            subject=who.key,
            birth_on=who.birth_on,
            institution=institution,
            purpose=purpose,
            items=tuple(items),
            from_on=today(),
            to_on=last,
            sensitive_tick=sensitive,
            onward_tick=onward,
            evidence_sha256=store_scan(services.office, Path(scan).read_bytes()) if scan else None,
        )
        made = enter_consent(services.office, local_scope(), asked, by=by, at=utc_now())
    answer_with(made, as_json, lambda: print(f"已登记：{made.name}，{made.state_label}。"))


@commands.command()
def confirm(number: Number, by: By, as_json: Json = False) -> None:
    """复核一份纸质授权 / confirm a paper as a second person."""
    from graph.time import utc_now
    from queries.consent.desk import confirm_consent

    with opened(Act.CONSENT) as services:
        made = confirm_consent(services.office, local_scope(), number, by=by, at=utc_now())
    answer_with(made, as_json, lambda: print(f"{made.name}：{made.state_label}。"))


@commands.command()
def revoke(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="情况 / why")] = "",
    as_json: Json = False,
) -> None:
    """撤回一份授权，即时生效 / revoke a consent."""
    from graph.time import utc_now
    from queries.consent.desk import revoke_consent

    with opened(Act.CONSENT) as services:
        made = revoke_consent(
            services.office, local_scope(), number, how="窗口", reason=reason, by=by, at=utc_now()
        )
    answer_with(made, as_json, lambda: print(f"{made.name}：{made.state_label}。"))
