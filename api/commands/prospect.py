"""First-loan prospects, and how the scorecard treats people."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, reading, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def prospects(
    village: Annotated[str, typer.Option(help="只看一个村，写区划代码 / one village")] = "",
    product: Annotated[str, typer.Option(help="只看一个产品 / one product")] = "",
    most: Annotated[int, typer.Option(help="最多差几项 / conditions lacking at most")] = 1,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """首贷培植：谁还没有贷过款，只差什么 / who never had a loan as far as we know."""
    from queries.eligibility.decisions.prospects import brought
    from queries.eligibility.scorecard.village import town_of

    with reading(as_of, known_at) as reader:
        found, names = reader.prospects(), reader.division_names()
        stated = reader.basis
    basis(stated)
    if not village:
        rows = found.summary()

        def people() -> None:
            table(
                f"首贷培植：{found.units} 户（家）没有已知贷款；没有记录不等于没有贷过款",
                ["乡镇", "村", "村编码", "产品", "材料备齐即可", "另差一项"],
                [
                    (names.get(town_of(r.village)), names.get(r.village), r.village,
                     r.title, r.ready, r.one_missing)
                    for r in rows
                ],
            )  # fmt: skip

        answer_with(rows, as_json, people)
        return
    sheet = found.village(village, product=product or None, most=most)
    answer_with(
        sheet,
        as_json,
        lambda: table(
            f"走访名单（征信报告待查，尚不能断定为首贷）；每户备齐：{brought()}",
            ["姓名", "户号", "经营", "产品", "另外还差"],
            [
                (
                    one.name,
                    one.household_no,
                    "，".join(one.farms) or None,
                    one.title,
                    "；".join(way.how for way in one.errands) or "材料备齐即可",
                )
                for one in sheet
            ],
        ),
    )


@commands.command()
def grades(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """信用等级按性别、年龄段、村的分布 / grades by sex, age band and village."""
    with reading(as_of, known_at) as reader:
        card, rows, stated = reader.card, reader.grades(), reader.basis
    basis(stated)

    def people() -> None:
        table(
            f"信用等级分布（评分卡 {card.name}）",
            ["分组", "值", "户主", "已评等级", "到期复评", "按评分卡", "分数区间（平均）"],
            [
                (
                    row.by,
                    row.value,
                    row.householders,
                    " ".join(f"{name} {count}" for name, count in row.stated.items()),
                    row.due,
                    " ".join(f"{name} {count}" for name, count in row.scored.items()),
                    f"{row.mean_low:g}–{row.mean_high:g}",
                )
                for row in rows
            ],
        )
        for barred in card.not_used:
            print(f"不得使用：{barred.term}（{barred.why}）")

    answer_with(rows, as_json, people)
