"""Whether everything of a data folder is in order, and what is put right on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.backup import RESTORING
from graph.catch_up import catch_up
from graph.connection import connect
from graph.engine import last_set_aside, renew_store, store_problem, used_by_others
from graph.errors import LogError
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore, operations_problems
from graph.progress import Progress, silent
from graph.projection import projected_to, same_history
from graph.secrets import secrets_problems
from graph.settings import Settings

__all__ = ["Examination", "examine", "give_up"]


@dataclass
class Examination:
    """What was found; `problems` are put right by a person, `notes` are to be known."""

    batches: int = 0
    graph_position: int = 0
    neo4j: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def examine(
    settings: Settings, *, repair: bool = False, progress: Progress | None = None
) -> Examination:
    """Look at log, operations store, secrets, the files of our own store, and how far the graph is.

    A store of our own that is damaged is set aside and filled from the log: that needs no leave.

    Args:
        repair: bring the graph up to the log first.
    """
    say = progress or silent
    found = Examination()
    if (settings.data / RESTORING).exists():
        found.problems.append(
            "恢复没有完成：数据目录里只有备份的一部分。请用同一份备份再运行一次 xinnong restore / "
            "a restore was cut off: run it again"
        )
        return found
    log = FactLog(settings.log_dir)
    say("检查事实日志", 0, None)
    found.problems += log.verify() + secrets_problems(settings.secrets_file)
    try:
        batches = log.batches()
    except LogError as error:
        # what the log says of itself is told already: nothing is measured against such a log
        found.problems += [] if found.problems else [error.message_zh]
        return found
    found.batches = len(batches)
    say("检查运行库", 0, None)
    found.problems += operations_problems(settings, batches)
    found.notes += _of_the_store(settings, say)
    if repair:
        catch_up(settings, progress=progress)
    with connect(settings) as graph:
        held = projected_to(graph)
        found.neo4j = graph.server_version()
    found.graph_position = held.position if held else 0
    if held and not same_history(batches, held):
        found.problems.append(
            "图不是由现在这份日志生成的：日志最后的批次丢失或被改动，或图属于另一个数据目录。"
            "请从备份恢复 log 目录，或核对 XINNONG_DATA 与 XINNONG_NEO4J_URI；"
            "日志丢失的批次确实找不回来的，运行 xinnong check --accept-loss。"
        )
    elif found.graph_position != found.batches:
        found.problems.append(
            f"图落后于日志：{found.graph_position} / {found.batches}。"
            "请运行 xinnong check --repair 补齐。"
        )
    return found


def give_up(settings: Settings) -> int:
    """Go on without batches that are lost for good; returns how many were missed.

    The graph of our own engine, which still shows them, is made again from what is there.
    """
    log = FactLog(settings.log_dir)
    lost = log.accept_loss()
    with OperationsStore(settings) as store:
        lost = max(lost, Ledger(store).accept_loss(log.batches()))
    with connect(settings) as graph:
        held = projected_to(graph)
    if settings.neo4j_uri is None and held and not same_history(log.batches(), held):
        lost = max(lost, held.position - len(log.batches()))
        renew_store(settings, "日志丢失的批次不再等待")
    catch_up(settings)
    return lost


def _of_the_store(settings: Settings, say: Progress) -> list[str]:
    """Check the files of our own store, and say what was set aside."""
    if settings.neo4j_uri is not None:
        return []
    notes = []
    if used_by_others(settings):
        notes.append("引擎正被其他程序使用，没有检查它的存储文件；停下它们后再运行一次可以检查")
    else:
        say("检查图存储", 0, None)
        if problem := store_problem(settings):
            renew_store(settings, problem)
            catch_up(settings)
    if aside := last_set_aside(settings):
        notes.append(
            f"图存储曾在 {aside.at:%Y-%m-%d %H:%M} UTC 被搁置并由日志重建（{aside.why}）；"
            f"旧存储在 {aside.folder}，不再需要时可以删除"
        )
    return notes
