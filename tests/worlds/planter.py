"""A farm household file of any size with planted faults, and the truth about every one of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from graph.identifiers import resident_id

__all__ = ["KINDS", "VILLAGE", "Planted", "plant"]

VILLAGE = "610305100201"
_HEAD = (
    "户号", "户主姓名", "与户主关系", "姓名", "公民身份号码", "村编码", "住址", "联系电话",
    "文化程度", "婚姻状况", "职业", "家庭人口", "劳动力人数", "家庭年总收入（元）",
    "家庭年总支出（元）", "承包地面积（亩）", "果园面积（亩）", "信用等级", "信用户级别", "采集日期",
)  # fmt: skip
_ROLES = ("户主", "配偶", "子", "女")
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴", "建国文志明海小春秋玉桂秀"
_GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "C", "不评级")
_SCHOOLS = ("小学", "初中", "高中", "中专", "大专", "本科", "其他")
_LEVELS = ("1", "2", "3", "9", "县级", "乡镇级", "村级", "非信用户")
_DAYS = ("2026-03-15", "2026/3/15", "20260315", "2026年3月15日", "2026.3.15", "46096")

Row = dict[str, str]


def _first17(person: str, **changed: str) -> str:
    area, birth, sequence = person[:6], person[6:14], person[14:17]
    return resident_id.complete(
        changed.get("area", area) + changed.get("birth", birth) + changed.get("sequence", sequence)
    )


def _wrong_digit(person: str) -> str:
    return person[:-1] + ("1" if person[-1] != "1" else "2")


#: kind -> (column, code, severity, what becomes of the cell).
_CELLS: dict[str, tuple[str, str, str, Callable[[str], str]]] = {
    "id_check_digit": ("公民身份号码", "check_digit", "error", _wrong_digit),
    "id_short": ("公民身份号码", "short_id", "error", lambda old: old[:17]),
    "id_letter": ("公民身份号码", "alphabet", "error", lambda old: old[:9] + "O" + old[10:]),
    "id_birth": ("公民身份号码", "birth_date", "error", lambda old: _first17(old, birth="19750230")),
    "id_province": ("公民身份号码", "division", "error", lambda old: _first17(old, area="030322")),
    "id_other_county": ("公民身份号码", "division_birth_year", "warning", lambda old: _first17(old, area="610305")),
    "name_missing": ("姓名", "required", "error", lambda _: ""),
    "household_missing": ("户号", "required", "error", lambda _: "  "),
    "role_unknown": ("与户主关系", "unknown_code", "error", lambda _: "户长"),
    "school_unknown": ("文化程度", "unknown_code", "error", lambda _: "博士后"),
    "income_in_words": ("家庭年总收入（元）", "not_a_number", "error", lambda _: "五万"),
    "income_too_fine": ("家庭年总收入（元）", "not_whole", "error", lambda _: "123.456"),
    "expense_negative": ("家庭年总支出（元）", "out_of_range", "error", lambda _: "-1"),
    "people_too_many": ("家庭人口", "out_of_range", "error", lambda _: "31"),
    "labour_half": ("劳动力人数", "not_whole", "error", lambda _: "2.5"),
    "land_with_unit": ("承包地面积（亩）", "not_a_number", "error", lambda _: "3亩"),
    "day_impossible": ("采集日期", "not_a_date", "error", lambda _: "2026-02-30"),
    "day_in_words": ("采集日期", "not_a_date", "error", lambda _: "去年"),
    "day_missing": ("采集日期", "required", "error", lambda _: ""),
    "village_unknown": ("村编码", "dangling_reference", "error", lambda _: "610305100999"),
    "village_short": ("村编码", "length", "error", lambda old: old[:10]),
    "phone_short": ("联系电话", "not_a_phone", "error", lambda _: "12345"),
}  # fmt: skip
_ROWS = ("cell_too_many", "cell_too_few", "row_twice", "key_twice")

#: Every kind of fault that is planted.
KINDS = (*_CELLS, *_ROWS)


@dataclass
class Planted:
    """What was planted: (row, column, code, severity), and how many rows there are of each fate."""

    findings: set[tuple[int, str | None, str, str]] = field(default_factory=set)
    rows: int = 0
    quarantined: int = 0
    kinds: set[str] = field(default_factory=set)


def plant(path: Path, rows: int, *, share: float = 0.05, seed: int = 20260401) -> Planted:
    """Write a file of `rows` rows (GB18030) of which a share is faulty; returns the truth.

    One faulty row in ten has a second fault, in another column.
    """
    chance = random.Random(seed)
    truth = Planted(rows=rows)
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEAD)
        number = 1
        kinds = list(KINDS)
        while number < rows + 1:
            number += 1
            row = _clean(number, chance)
            if chance.random() >= share:
                writer.writerow(row.values())
                continue
            kind = kinds[len(truth.findings) % len(kinds)]
            if kind in ("row_twice", "key_twice") and number > rows:
                kind = "phone_short"  # no room for a twin
            truth.kinds.add(kind)
            if kind in _CELLS:
                _spoil(row, kind, number, truth, chance)
                writer.writerow(row.values())
            else:
                number += _misshape(row, kind, number, truth, writer.writerow)
    return truth


def _clean(number: int, chance: random.Random) -> Row:
    born = date(1950, 1, 1) + timedelta(days=number % 16_000)
    person = resident_id.complete(f"610322{born:%Y%m%d}{900 + number // 16_000:03d}")
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
    cells = (
        f"{VILLAGE}-{number // 4:06d}", name, _ROLES[number % 4], name, person, VILLAGE,
        f"样例路{number}号", f"199{number:08d}", chance.choice(_SCHOOLS), "已婚",
        chance.choice(("务农", "务工", "")), "4", "2", f"{chance.randrange(10**5):,}",
        str(chance.randrange(10**4)), f"{chance.randrange(300) / 10}", "0",
        chance.choice(_GRADES), chance.choice(_LEVELS), chance.choice(_DAYS),
    )  # fmt: skip
    return dict(zip(_HEAD, cells, strict=True))


def _spoil(row: Row, kind: str, number: int, truth: Planted, chance: random.Random) -> None:
    spoilt = [kind]
    if chance.random() < 0.1:
        column = _CELLS[kind][0]
        spoilt.append(chance.choice([k for k, each in _CELLS.items() if each[0] != column]))
    severities = set()
    for each in spoilt:
        column, code, severity, change = _CELLS[each]
        row[column] = change(row[column])
        truth.findings.add((number, column, code, severity))
        severities.add(severity)
    truth.quarantined += "error" in severities


def _misshape(
    row: Row, kind: str, number: int, truth: Planted, write: Callable[[list[str]], object]
) -> int:
    """Write a row that is no row, or its twin below it; returns how many rows it took more."""
    cells = list(row.values())
    if kind in ("cell_too_many", "cell_too_few"):
        write([*cells, "多"] if kind == "cell_too_many" else cells[:-1])
        truth.findings.add((number, None, "ragged_row", "error"))
        truth.quarantined += 1
        return 0
    write(cells)
    if kind == "row_twice":
        write(cells)
        truth.findings.add((number + 1, "公民身份号码", "duplicate_row", "error"))
        truth.quarantined += 1
    else:
        write(["另名" if title in ("姓名", "户主姓名") else row[title] for title in _HEAD])
        for at in (number, number + 1):
            truth.findings.add((at, "公民身份号码", "duplicate_key", "error"))
        truth.quarantined += 2
    return 1
