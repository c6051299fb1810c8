"""What the administrator sees first: people, programs, rules, calendar, audit, backups, retention, health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from api.security.clients import client_files
from api.security.people import list_people
from api.security.rights import is_alone, latest_changes
from api.wording import version as version_said
from graph.backup import Turn, backups_in
from graph.errors import XinnongError
from graph.operations import RetentionTurns
from graph.operations.audit import heads
from graph.schema import SCHEMA
from graph.time import day_of
from queries.eligibility.scorecard import card_in_force
from queries.lawful import retention_rules
from queries.risk.calibration import policy_in_force
from queries.working_days import calendar_in_force

if TYPE_CHECKING:
    from api.services import Services

__all__ = ["HouseLine", "house_lines"]

#: A backup that is older is one that was forgotten; a secret that ends sooner has to be renewed.
_OLD, _SOON = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class HouseLine:
    """One thing of the house.

    Attributes:
        path: of the page where it is looked after; empty: there is none, or it may not be opened.
        is_wrong: whether somebody has to do something.
    """

    title: str
    said: str
    path: str = ""
    is_wrong: bool = False


def house_lines(
    services: Services, opens: Callable[[str], bool], *, at: datetime
) -> dict[str, tuple[HouseLine, ...]]:
    """Every line by its heading; a link only where `opens` says that it may be opened."""
    found = {
        "运行": (*_health(services), *_versions(services)),
        "人员和系统": tuple(_people(services, at)),
        "规则和日历": tuple(_rules(services, at)),
        "审计、备份和保存期限": (
            *_audit(services), *_backups(services, at), *_retention(services, at),
        ),
    }  # fmt: skip
    return {
        title: tuple(line if opens(line.path) else replace(line, path="") for line in lines)
        for title, lines in found.items()
    }


def _health(services: Services) -> Iterator[HouseLine]:
    try:
        graph_at, log_at = services.positions()
        engine = services.graph.server_version()
    except XinnongError as error:
        yield HouseLine("图数据库", error.message_zh, is_wrong=True)
    else:
        yield HouseLine("图数据库", f"Neo4j {engine}，应答正常")
        behind = "，与日志一致" if graph_at == log_at else f"，日志已到第 {log_at} 批，正在补齐"
        yield HouseLine("图中数据", f"到第 {graph_at} 批{behind}", is_wrong=graph_at != log_at)
    kind = "独立的数据库" if services.settings.operations_url else "数据目录里的文件库"
    yield HouseLine("运行库", f"{kind}，应答正常")


def _versions(services: Services) -> Iterator[HouseLine]:
    yield HouseLine("程序版本", f"{version('xinnong')}；引擎 {services.settings.engine_version}")
    yield HouseLine("数据模型", f"{len([*SCHEMA.kinds])} 种事实")


def _people(services: Services, at: datetime) -> Iterator[HouseLine]:
    store = services.store
    people = [one for one in list_people(store) if one.is_active]
    waiting = len(latest_changes(store, of_clients=False, at=at, waiting=True))
    alone = "；尚无第二位管理员" if is_alone(store) else ""
    yield HouseLine("用户", f"{len(people)} 人在用，{waiting} 项变更待另一人确认{alone}", "/users",
                    is_wrong=bool(waiting))  # fmt: skip
    files = [one for one in client_files(store) if one.client.ended_at is None]
    ends = [one.ends_at for file in files for one in file.credentials if at <= one.ends_at]
    soon = sum(end - at < _SOON for end in ends)
    said = f"{len(files)} 个在用"
    said += f"，{soon} 个凭据三十天内到期" if soon else ""
    yield HouseLine("接入客户端", said, "/clients", is_wrong=bool(soon))
    yield HouseLine("信息授权", "由信贷和信用办登记、撤回", "/consents")


def _rules(services: Services, at: datetime) -> Iterator[HouseLine]:
    store = services.store
    yield HouseLine("产品规定", f"{len(services.publishing.products())} 个产品", "/products")
    yield HouseLine("风险政策", version_said(policy_in_force(store).name), "/calibration")
    yield HouseLine("信用评分", version_said(card_in_force(store).name))
    years = calendar_in_force(store).years
    ends = day_of(at).year + 1
    lacking = years.stop - 1 < ends
    said = f"到 {years.stop - 1} 年"
    said += f"；{ends} 年的放假安排公布后请信用办录入" if lacking else ""
    yield HouseLine("工作日历", said, "/calendar", is_wrong=years.stop - 1 < day_of(at).year)


def _audit(services: Services) -> Iterator[HouseLine]:
    signed = heads(services.store)
    if signed:
        last = signed[-1]
        said = f"最近一次签名到第 {last.number} 条（{last.ended_on}）；核验由审计员办理"
    else:
        said = "还没有签名的日首"
    yield HouseLine("审计核验", said, "/audit/heads")


def _backups(services: Services, at: datetime) -> Iterator[HouseLine]:
    folder = services.settings.backups
    if folder is None:
        yield HouseLine(
            "备份", "没有设置备份目录，不知道最近一份是何时的；请技术人员按手册设置", is_wrong=True
        )
        return
    found: tuple[Turn, ...] = ()
    with suppress(XinnongError):
        found = backups_in(services.settings, folder)
    if not found:
        yield HouseLine("备份", "备份目录里没有这份日志的完整备份", is_wrong=True)
        return
    last = found[0]
    age = at - last.made_at
    said = f"最近一份 {day_of(last.made_at)}，{age.days} 天前，到第 {last.position} 批；共 {len(found)} 份"
    holding = sum(one.holds_deleted for one in found)
    said += f"，{holding} 份仍含已依法删除的内容" if holding else ""
    yield HouseLine("备份", said, is_wrong=age > _OLD)


def _retention(services: Services, at: datetime) -> Iterator[HouseLine]:
    last = RetentionTurns(services.store).last()
    if last is None:
        yield HouseLine("保存期限", "还没有办理过；服务每天自动办理一次")
        return
    waits = sum(last.waiting.values())
    said = f"最近一次 {last.turned_on}，删除 {sum(last.rows.values())} 行"
    said += f"；日志里有 {waits} 条届满，须停机办理" if waits else ""
    is_late = day_of(at) - last.turned_on > timedelta(days=2)
    yield HouseLine(
        "保存期限",
        f"{said}；规则 {version_said(retention_rules().name)}",
        is_wrong=bool(waits) or is_late,
    )
