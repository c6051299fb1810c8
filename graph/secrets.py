"""The random secrets of one installation: made once, never defaulted, never printed.

A log and its identity key belong together: under another key every person would be somebody else.
So no key is made beside a log, and each batch names the key that its persons are kept under by a
fingerprint, from which nobody reads the key.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import SettingsError
from graph.private import is_open_to_others, private_folder

__all__ = [
    "Secrets",
    "fingerprint",
    "key_in_use",
    "load_secrets",
    "make_secrets",
    "secrets_problems",
]

_LOG = "log"
_PERSON = re.compile("person:[0-9a-f]{32}")
_MANIFEST = "manifest.json"


@dataclass(frozen=True, repr=False)
class Secrets:
    """What must stay secret.

    Attributes:
        identity_key: key of the keyed hash that turns a resident id into a person key (hex).
            Losing it makes every person key unmatchable; changing it is a migration.
        engine_password: password of the default engine's `neo4j` user.
    """

    identity_key: str
    engine_password: str


def make_secrets(path: Path) -> Secrets:
    """Return the secrets kept in `path`, making them at random on the first call.

    The file appears whole or not at all, and only its owner may read it.

    Raises `SettingsError`: `secrets_lost` beside a log with persons, and as `load_secrets`.
    """
    if path.exists():
        return load_secrets(path)
    private_folder(path.parent)
    _refuse_beside_a_log(path)
    made = Secrets(secrets.token_hex(32), secrets.token_urlsafe(24))
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(made), stream)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        # link, unlike replace, refuses to overwrite: two first starts agree on one key
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return load_secrets(path)


def load_secrets(path: Path) -> Secrets:
    """Read the secrets.

    Raises `SettingsError`: `secrets_missing`, `secrets_lost` (beside a log), `secrets_damaged`,
    `secrets_of_another_log`.
    """
    found = _read(path)
    stated = _stated_key(path.with_name(_LOG))
    if stated and stated != fingerprint(found.identity_key):
        raise SettingsError(
            f"密钥文件 {path} 不是这份事实日志的：日志里的人员编号用另一把密钥生成。"
            "请从备份恢复与 log 目录同时保存的 secrets.json；换了密钥，同一个人会变成另一个人。",
            f"The secrets at {path} are another log's: this log's persons are kept under the key "
            f"{stated}. Restore the secrets.json that was backed up with the log.",
            code="secrets_of_another_log",
        )
    return found


def fingerprint(identity_key: str) -> str:
    """What names a key and does not tell it: 16 hex digits of HMAC(key, "fingerprint")."""
    said = hmac.digest(identity_key.encode(), b"fingerprint", "sha256")
    return said.hex()[:16]


def key_in_use(log_folder: Path) -> str:
    """Fingerprint of the key beside a log; empty where neither it nor the log has one.

    Raises `SettingsError` as `load_secrets`, where the log already names a key.
    """
    path = log_folder.with_name("secrets.json")
    if path.exists():
        return fingerprint(load_secrets(path).identity_key)
    if _stated_key(log_folder):
        _refuse_beside_a_log(path)
    return ""


def _stated_key(log_folder: Path) -> str:
    """The key that the last batch of a log names; empty where none is or it names none."""
    try:
        return str(json.loads((_last_batch(log_folder) / _MANIFEST).read_bytes()).get("key", ""))
    except (OSError, ValueError, AttributeError):
        return ""  # what is wrong with a log is said where it is read


def _last_batch(log_folder: Path) -> Path:
    return max(log_folder.glob("[0-9]*-*"), default=log_folder)


def _needs_a_key(log_folder: Path) -> bool:
    """Whether persons are kept in a log under some key; only asked where none is there."""
    if _stated_key(log_folder):
        return True
    import pyarrow.parquet as pq  # most commands read secrets, and none of them this

    # a log of before names no key: its persons tell
    for path in log_folder.glob("[0-9]*-*/Person.parquet"):
        with contextlib.suppress(OSError, ValueError):
            keys = pq.read_table(path, columns=["key"], partitioning=None)["key"]
            if any(_PERSON.fullmatch(key) for key in keys.slice(0, 100).to_pylist()):
                return True
    return False


def _refuse_beside_a_log(path: Path) -> None:
    log = path.with_name(_LOG)
    if _needs_a_key(log):
        raise SettingsError(
            f"密钥文件 {path} 不见了，而事实日志 {log} 还在。请从备份恢复 secrets.json；"
            "不要重新生成，否则库里每个人都会变成另一个人。没有备份的，请换一个空的数据目录重新接收各部门文件。",
            f"The secrets {path} are gone and the log is there: restore them from backup. With a "
            "new key every person would be another; without a backup take everything in anew into "
            "an empty data folder.",
            code="secrets_lost",
        )


def _read(path: Path) -> Secrets:
    try:
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        _refuse_beside_a_log(path)
        raise SettingsError(
            f"找不到密钥文件 {path}。请先运行 xinnong init。",
            f"No secrets at {path}: run `xinnong init` first.",
            code="secrets_missing",
        ) from None
    except (ValueError, TypeError) as error:
        raise SettingsError(
            f"密钥文件 {path} 已损坏。请从备份恢复；不要重新生成，否则旧的人员编号将无法对应。",
            f"The secrets file {path} is damaged ({type(error).__name__}): restore it from backup; "
            "a new one would orphan every person key.",
            code="secrets_damaged",
        ) from None


def secrets_problems(path: Path) -> list[str]:
    """What is wrong with the secrets file, in words: empty when it is whole and its owner's alone.

    Windows has no such permission bits: there only the content is looked at.
    """
    try:
        load_secrets(path)
    except SettingsError as error:
        return [str(error)]
    found = []
    if is_open_to_others(path):
        found.append(f"密钥文件 {path} 别人也能读。请运行 chmod 600 {path} / readable by others")
    if is_open_to_others(path.parent):
        found.append(
            f"数据目录 {path.parent} 别人也能进入。请运行 chmod 700 {path.parent} / open to others"
        )
    return found
