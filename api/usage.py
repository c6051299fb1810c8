"""What is wrong with how a command was typed, and with the machine under it, in two languages.

The command line library speaks English only; its sentences are few and known.  One that is not
known here is repeated as it is, after words that say what kind of fault it is.
"""

from __future__ import annotations

import errno
import re

__all__ = ["machine_sentence", "usage_sentence"]

_SENTENCES = (
    (r"Missing (?:argument|option|parameter) '(.+?)'.*", "缺少参数 {0}{help}。"),
    (r"Missing command\.", "缺少子命令。"),
    (r"No such option: (\S+)(?: \(Possible options: (.+)\))?", "没有选项 {0}{near}。"),
    (r"No such command '(.+?)'\.(?: Did you mean (.+)\?)?", "没有命令 {0}{near}。"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "多出的参数：{0}。"),
    (r"Option '(.+?)' requires an argument\.", "选项 {0} 后面缺少值。"),
    (r"Option '(.+?)' does not take a value\.", "选项 {0} 不带值。"),
    (r"Invalid value for '(.+?)': .*valid integer.*", "{0} 应为整数{help}。"),
    (r"Invalid value for '(.+?)': .*valid number.*", "{0} 应为数字{help}。"),
    (r"Invalid value for '(.+?)': \S+ '(.+)' does not exist\.", "{0} 指定的文件 {1} 不存在。"),
    (r"Invalid value for '(.+?)': .*greater than or equal to (\S+)", "{0} 不能小于 {1}。"),
    (r"Invalid value for '(.+?)': .*less than or equal to (\S+)", "{0} 不能大于 {1}。"),
    # what a command of ours says of its own arguments is Chinese already
    (r"Invalid value(?: for .+?)?: (.*[一-龥].*)", "{0}"),
)

_MACHINE = {
    errno.ENOSPC: ("磁盘已满。请腾出空间后再运行", "the disk is full"),
    errno.EDQUOT: ("磁盘配额已用完。请腾出空间后再运行", "the disk quota is used up"),
    errno.EROFS: ("所在的磁盘只读。请换一个目录", "the disk is read-only"),
    errno.EACCES: ("没有读写权限。请检查目录的所有者和权限", "permission denied"),
    errno.EPERM: ("没有读写权限。请检查目录的所有者和权限", "not permitted"),
    errno.ENOENT: ("文件或目录不存在。请核对路径", "no such file or folder"),
    errno.EEXIST: ("已有同名的文件。请换一个名称", "a file of that name is there already"),
    errno.ENOTDIR: ("应为目录，而它是一个文件。请核对路径", "a file stands where a folder should"),
    errno.EISDIR: ("应为文件，而它是一个目录。请核对路径", "a folder stands where a file should"),
    errno.ENAMETOOLONG: ("文件名过长。请缩短", "the name is too long"),
    errno.EMFILE: ("打开的文件过多。请关闭其他程序后再运行", "too many open files"),
}  # fmt: skip


def usage_sentence(error: Exception) -> str:
    """Two lines about a command that was typed wrongly: what is wrong, and how to see the usage."""
    told = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    command = re.sub(r"^\S+", "xinnong", context.command_path) if context else "xinnong"
    explained = getattr(getattr(error, "param", None), "help", None)
    meaning = f"（{explained.split(' / ')[0]}）" if explained else ""
    sentence = f"命令写法有误：{told}"
    for pattern, words in _SENTENCES:
        if found := re.fullmatch(pattern, told, re.DOTALL):
            parts = [part or "" for part in found.groups()]
            near = f"，是不是 {parts[1]}" if len(parts) > 1 and parts[1] else ""
            sentence = words.format(*parts, help=meaning, near=near)
            break
    english = "" if sentence == told.rpartition(": ")[2] else f"  {told}\n"
    return f"✗ {sentence}\n{english}  用法 / usage: {command} --help"


def machine_sentence(error: OSError) -> str | None:
    """Two lines about a file or a disk that does not do what a command needs; None for the rest."""
    if error.errno not in _MACHINE:
        return None
    zh, en = _MACHINE[error.errno]
    at = "" if error.filename is None else str(error.filename)
    return f"✗ {at + '：' if at else ''}{zh}；已接收的数据不受影响。\n  {at}: {en}."
