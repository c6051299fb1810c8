"""Why there is no backup, or none is restored, in words."""

from __future__ import annotations

from pathlib import Path

from graph.errors import BusyError, InputError, OperationsError, SettingsError

__all__ = [
    "alone",
    "another_begun",
    "damaged",
    "data_not_empty",
    "inside",
    "not_empty",
    "of_another",
    "store_not_empty",
    "unfinished",
    "unwritable",
]


def unfinished(folder: Path) -> InputError:
    return InputError(
        f"{folder} 不是完整的备份：没有清单 inventory.json。备份若被中断，请重新运行 xinnong backup；"
        "其他完整的备份不受影响。",
        f"{folder} is no whole backup: it has no inventory.json. Make it again, or name another.",
        code="backup_unfinished",
    )


def damaged(folder: Path, *what: str) -> InputError:
    told = "；".join(what[:3]) + ("……" if len(what) > 3 else "")
    return InputError(
        f"备份 {folder} 有 {len(what)} 处与写入时不同（{told}），没有恢复任何内容。请改用另一份备份。",
        f"The backup {folder} is not what was written ({len(what)} places); nothing was restored: "
        "use another backup.",
        code="backup_damaged",
    )


def of_another(secrets: Path) -> InputError:
    return InputError(
        f"{secrets} 不是这份备份的密钥。请用 --secrets 指明与它同时生成的密钥目录；"
        "换了密钥，同一个人会变成另一个人。",
        f"{secrets} are the secrets of another backup: name those made together with it.",
        code="backup_secrets_of_another",
    )


def not_empty(folder: Path) -> InputError:
    return InputError(
        f"{folder} 里已有其他文件。每份备份用一个新目录，例如以日期命名。",
        f"{folder} is not empty: every backup has a folder of its own.",
        code="backup_not_empty",
    )


def inside(folder: Path) -> InputError:
    return InputError(
        f"备份不能放在数据目录里面（{folder}）：数据目录丢失时它会一起丢失。请放到另一块盘或另一台机器。",
        f"A backup inside the data folder ({folder}) is lost with it: put it on another disk.",
        code="backup_inside",
    )


def unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"写不进 {folder}（{error.strerror or '原因不明'}）。请检查磁盘空间和目录权限后重新运行；"
        "没有写完的部分会先被清除。",
        f"{folder} cannot be written ({error.strerror}): check room and permissions, then run again.",
        code="backup_unwritable",
    )


def data_not_empty(data: Path, name: str) -> SettingsError:
    return SettingsError(
        f"数据目录 {data} 不是空的（有 {name}），没有恢复任何内容：恢复绝不覆盖已有数据。"
        "请用 XINNONG_DATA 指向一个空目录，确认无误后再换过去。",
        f"The data folder {data} is not empty ({name}): a restore overwrites nothing. "
        "Point XINNONG_DATA at an empty folder.",
        code="restore_not_empty",
    )


def store_not_empty() -> OperationsError:
    return OperationsError(
        "XINNONG_OPERATIONS_URL 指向的库里已有数据，没有恢复任何内容。请新建一个空库再恢复。",
        "The database of XINNONG_OPERATIONS_URL holds rows already: restore into an empty one.",
        code="restore_not_empty",
    )


def another_begun(data: Path) -> SettingsError:
    return SettingsError(
        f"数据目录 {data} 里有另一份备份恢复到一半。请先用那份备份再运行一次 xinnong restore，"
        "或清空该目录。",
        f"Another backup is half restored in {data}: finish that one, or empty the folder.",
        code="restore_of_another",
    )


def alone(data: Path) -> BusyError:
    return BusyError(
        f"另一个进程正在恢复到 {data}。请等它结束。",
        f"Another process is restoring into {data}: wait until it is done.",
        code="restore_running",
    )
