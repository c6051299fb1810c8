"""A crowd of invented persons, and mentions of some of them as clerks write them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ingest.identity.record import Record

__all__ = ["crowd", "namesakes"]

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余单仇解查翟盖覃"
)
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国红梅文志海波林峰春生宝金银花"
_BY_EAR = {"英": "音", "国": "果", "芳": "方", "志": "至", "伟": "卫", "静": "敬", "平": "萍",
           "建": "健", "海": "孩", "玉": "育", "明": "名", "林": "临"}  # fmt: skip
_TRADITIONAL = {"国": "國", "丽": "麗", "军": "軍", "华": "華", "张": "張", "刘": "劉", "陈": "陳",
                "银": "銀", "宝": "寶", "强": "強"}  # fmt: skip


def crowd(seed: int, *, identified: int, mentions: int) -> tuple[list[Record], dict[str, str]]:
    """Records, and for each mention of somebody in the crowd whom it means: mention -> person.

    One mention in eight means nobody of the crowd.  A mention gives a name in one of several
    writings and some of village, phone and birth; one in ten gives a clerk's phone.
    """
    chance = random.Random(seed)
    people = [_person(chance, f"person:{number}") for number in range(identified)]
    records, truth = list(people), {}
    for number in range(mentions):
        key = f"provisional:{number}"
        outsider = chance.random() < 0.125
        meant = _person(chance, "nobody") if outsider else chance.choice(people)
        records.append(_mention(chance, key, meant))
        if not outsider:
            truth[key] = meant.key
    return records, truth


def namesakes(count: int) -> list[Record]:
    """张伟, so many of them, in five villages by turns; and two mentions, one of them of nowhere."""
    known = [
        Record(key=f"person:{n}", label="Person", name="张伟", village=f"610305110{n % 5:03d}",
               identifiers=frozenset({f"person:{n}"}))
        for n in range(count)
    ]  # fmt: skip
    here = Record(key="provisional:1", label="Person", name="张伟", village="610305110003")
    nowhere = Record(key="provisional:2", label="Person", name="张伟")
    return [*known, here, nowhere]


def _person(chance: random.Random, key: str) -> Record:
    name = chance.choice(_SURNAMES) + "".join(
        chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2, 2)))
    )
    return Record(
        key=key,
        label="Person",
        name=name,
        nicknames=(chance.choice(_GIVEN) * 2,) if chance.random() < 0.1 else (),
        identifiers=frozenset({key}),
        village=f"6103051{chance.randrange(13):02d}{200 + chance.randrange(14)}",
        phone=f"1{chance.choice('356789')}{chance.randrange(10)}****{chance.randrange(10_000):04d}",
        birth_on=date(1950, 1, 1) + timedelta(chance.randrange(20_000)),
        sex=chance.choice(["male", "female"]),
    )


def _mention(chance: random.Random, key: str, meant: Record) -> Record:
    assert meant.name is not None
    way = chance.random()
    table = _BY_EAR if way < 0.15 else _TRADITIONAL if way < 0.3 else {}
    phone = meant.phone if chance.random() < 0.5 else None
    return Record(
        key=key,
        label="Person",
        name="".join(table.get(character, character) for character in meant.name),
        village=meant.village if chance.random() < 0.9 else None,
        phone="138****0000" if chance.random() < 0.1 else phone,
        birth_on=meant.birth_on if chance.random() < 0.3 else None,
    )
