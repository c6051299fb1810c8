"""Integrity of public bodies: arrears with interest, commitments, disclosures, evaluation, staff checks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, instant_of, opened, table
from api.who_asks import local_scope

if TYPE_CHECKING:
    from datetime import date

    from api.services import Services
    from queries.government import GovernmentBook
    from queries.reader import Reader

__all__ = ["commands"]

commands = typer.Typer(
    name="government",
    help="政务诚信：拖欠账款、政务承诺、公开、名单、评价、录用核查 / integrity of public bodies",
    no_args_is_help=True,
)

State = Annotated[str, typer.Option(help="只列一种状态，代码 / of one state")]
Of = Annotated[str, typer.Option(help="只列一个单位，键 / of one body")]
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Year = Annotated[int, typer.Argument(help="年度 / year", min=2020, max=2100)]

#: Rows of one table on a terminal.
_LISTED = 100


@commands.command()
def figures(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """概况：各状态的合同、承诺、公开数，机关是否列入失信被执行人 / figures and the alarm."""
    from queries.government import summary

    with opened(Act.OFFICE) as services:
        found = summary(_book(services, as_of, known_at))

    def people() -> None:
        if found.alarm:
            print(f"警示：{found.debtors} 条失信被执行人记录涉及机关、事业单位，应为 0。")
        rows = [
            (name, one.label, one.count)
            for name, counts in (
                ("账款", found.arrears), ("承诺", found.commitments), ("公开", found.disclosures),
            )
            for one in counts
        ]  # fmt: skip
        table("政务诚信概况", ["类别", "状态", "数量"], rows)
        print(
            f"逾期未付本金 {_yuan(found.overdue_fen)}，应付未付利息 {_yuan(found.interest_owed_fen)}"
            f"（另有 {found.interest_untold} 份合同的利息尚不能计算）"
        )
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def arrears(
    state: State = "",
    body: Of = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """拖欠账款：状态、天数、利率和利息 / arrears with interest by the rule."""
    from queries.government import claims

    with opened(Act.OFFICE) as services:
        found = claims(_book(services, as_of, known_at), state=state, body=body, limit=_LISTED)

    def people() -> None:
        table(
            f"合同 {found.total} 份",
            ["付款方", "收款方", "合同", "状态", "逾期天数", "未付本金", "日利率%", "利息", "问题和待补充"],
            [
                (
                    one.debtor_name, one.creditor_name, one.contract_no, one.state_label,
                    one.overdue_days, _yuan(one.principal_fen), one.daily_percent,
                    _yuan(one.interest_fen), "；".join((*one.findings_label, *one.lacking_label)),
                )
                for one in found.rows
            ],
        )  # fmt: skip
        _more(found.total)
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def commitments(
    state: State = "",
    body: Of = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """政务承诺：已履行、未履行、未到期、不明 / commitments and what became of them."""
    from queries.government import commitments as cut

    with opened(Act.OFFICE) as services:
        found = cut(_book(services, as_of, known_at), state=state, body=body, limit=_LISTED)

    def people() -> None:
        table(
            f"承诺 {found.total} 项",
            ["单位", "编号", "内容", "期限", "结果", "日期", "依据"],
            [
                (one.body_name, one.commitment_no, one.content, one.due_on, one.outcome_label,
                 one.outcome_on, one.evidence)
                for one in found.rows
            ],
        )  # fmt: skip
        _more(found.total)
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def disclosures(
    state: State = "",
    body: Of = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """逾期未付款项是否按期（3月31日前）公开 / disclosures by 31 March."""
    from queries.government import disclosure_list

    with opened(Act.OFFICE) as services:
        book = _book(services, as_of, known_at)
        found = disclosure_list(book, state=state, body=body, limit=_LISTED)

    def people() -> None:
        table(
            f"单位年度 {found.total} 个",
            ["单位", "年度", "状态", "公开日期", "迟几天", "公开数", "公开金额", "已知数", "已知金额"],
            [
                (one.body_name, one.year, one.state_label, one.published_on, one.days_late,
                 one.stated_count, _yuan(one.stated_fen), one.known_count, _yuan(one.known_fen))
                for one in found.rows
            ],
        )  # fmt: skip
        _more(found.total)
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def debtors(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """列入失信被执行人等名单的机关、事业单位，应当没有 / listed public bodies: must be none."""
    from queries.government import listed

    with opened(Act.OFFICE) as services:
        found = listed(_book(services, as_of, known_at))

    def people() -> None:
        table(
            f"失信被执行人 {len(found.debtors)} 条，拖欠中小企业款项失信 {len(found.recorded)} 条",
            ["单位", "名单", "案号", "法院或机关", "发布日期", "按何认定"],
            [
                (one.name, one.list_label, one.case_no, one.authority, one.listed_on,
                 {"code": "代码一致", "name": "全称一致"}[one.matched_by])
                for one in (*found.debtors, *found.recorded)
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def evaluation(
    year: Year, body: Of = "", as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False
) -> None:
    """政务诚信评价表：每项的分子、分母和出处，不打分 / the evaluation table."""
    from queries.government import evaluate

    with opened(Act.OFFICE) as services:
        reader = _reader(services, as_of, known_at)
        found = evaluate(reader, services.office.store, year, body=body)

    def people() -> None:
        lines = {one.id: one for one in found.indicators}
        table(
            f"{year} 年政务诚信评价表",
            ["单位", "方面", "指标", "分子", "分母", "来源"],
            [
                (
                    found.bodies[one.body],
                    found.sides[lines[one.indicator].side],
                    lines[one.indicator].title,
                    one.numerator,
                    one.denominator,
                    "系统计算"
                    if lines[one.indicator].by == "computed"
                    else f"{one.entered_by} 填报" if one.entered_by else "待填报",
                )
                for one in found.figures
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command("enter")
def enter(
    year: Year,
    body: Annotated[str, typer.Argument(help="单位的键 / key of a body")],
    indicator: Annotated[str, typer.Argument(help="指标代码 / line")],
    numerator: Annotated[int, typer.Argument(help="分子 / numerator", min=0)],
    evidence: Annotated[str, typer.Option(help="依据材料 / paper")],
    by: By,
    denominator: Annotated[
        int | None, typer.Option(help="分母，计数的指标不写 / denominator", min=0)
    ] = None,
    as_json: Json = False,
) -> None:
    """人工填报一项评价数据 / enter a value that no fact gives."""
    from queries.government import enter_value

    with opened(Act.OFFICE) as services:
        kept = enter_value(
            _reader(services, "", ""), services.office.store, year, body, indicator,
            numerator=numerator, denominator=denominator, evidence=evidence, by=by,
        )  # fmt: skip
    answer_with(kept, as_json, lambda: print(f"已由 {kept.by} 填报：第 {kept.number} 条"))


@commands.command("staff-check")
def staff_check(
    authority: Annotated[str, typer.Option(help="招录机关统一社会信用代码 / who recruits")],
    purpose: Annotated[str, typer.Option(help="用途 / for which recruitment")],
    by: By,
    ground: Annotated[
        str, typer.Option(help="法律依据代码 / legal basis")
    ] = "civil_service_recruitment",
    as_json: Json = False,
) -> None:
    """录用核查：在列或者不在列；号码另行输入，不写在命令里 / listed or not listed.

    号码从键盘（不显示）或者标准输入的第一行读取。
    """
    from queries.government import check_staff

    number = typer.prompt("公民身份号码（输入时不显示）", hide_input=sys.stdin.isatty(), err=True)
    with opened(Act.OFFICE) as services:
        found = check_staff(
            _reader(services, "", ""), services.office.store, services.office.settings, number,
            ground=ground, authority=authority, purpose=purpose, by=by,
        )  # fmt: skip

    def people() -> None:
        print(f"{found.number}：{found.result}（{found.ground}；已核对：{'、'.join(found.lists)}）")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command("staff-checks")
def staff_checks(as_json: Json = False) -> None:
    """录用核查登记：谁、为哪个机关、依据、用途 / who asked, for whom and what for."""
    from queries.government import staff_log

    with opened(Act.OFFICE) as services:
        found = staff_log(services.office.store, limit=_LISTED)

    def people() -> None:
        table(
            f"录用核查 {found.total} 次",
            ["编号", "招录机关", "依据", "用途", "办理人", "时间"],
            [
                (one.number, one.authority, one.ground, one.purpose, one.by, one.at)
                for one in found.rows
            ],
        )
        _more(found.total)

    answer_with(found, as_json, people)


def _reader(services: Services, as_of: str, known_at: str) -> Reader:
    return services.reader(local_scope(), as_of=_day(as_of), known_at=instant_of(known_at))


def _book(services: Services, as_of: str, known_at: str) -> GovernmentBook:
    from queries.government import government_book

    return government_book(_reader(services, as_of, known_at))


def _day(text: str) -> date | None:
    from graph.time import parse_date

    return parse_date(text) if text else None


def _yuan(fen: int | None) -> str:
    """To the fen: interest by the rule is no rounded figure."""
    return "待补充" if fen is None else f"{fen / 100:,.2f} 元"


def _more(total: int) -> None:
    if total > _LISTED:
        print(f"另有 {total - _LISTED} 条，请用筛选缩小，或者用接口逐页取。")
