"""How commands show changes of rights, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.terminal import answer_with, say, table

if TYPE_CHECKING:
    from api.security.rights import RightsAnswer, RightsView

__all__ = ["LINK_SAID", "say_change", "say_changed", "say_changes"]

LINK_SAID = "一次性登录链接（24 小时内用一次，请当面或者通过可信渠道交给本人）"


def say_changes(changes: Sequence[RightsView], as_json: bool) -> None:
    """Every change with who put it forward, and what became of it."""
    rows = [
        (
            one.number, one.kind_label, one.said, one.by, one.at, one.state_label, one.decided_by,
        )
        for one in changes
    ]  # fmt: skip
    columns = ["编号", "事项", "内容", "提出人", "提出时间", "结果", "确认人"]
    title = f"权限变更（{len(changes)} 项）"
    answer_with(changes, as_json, lambda: table(title, columns, rows))


def say_changed(answer: RightsAnswer, as_json: bool, group: str, *, address: str = "") -> None:
    """A change that was confirmed, refused, put forward or is in force."""
    answer_with(
        answer, as_json, lambda: say_change(answer, group, address=address), thing=answer.noted
    )


def say_change(answer: RightsAnswer, group: str, *, address: str = "") -> None:
    """The same for people, of a group of commands."""
    change = answer.change
    if change is not None:
        print(f"{change.kind_label}（编号 {change.number}）：{change.state_label}。{change.said}")
        if change.state == "waiting":
            say(
                f"请另一位管理员在七天内确认：用户或客户端页面，或者 xinnong {group} confirm {change.number}"
            )
    if answer.path is not None:
        print(f"{LINK_SAID}：{address}{answer.path}")
    if answer.secret is not None:
        print(answer.secret)
        say("密钥只显示这一次，请用加密方式交给对方")
