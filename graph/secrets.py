"""The random secrets of one installation: made once, never defaulted, never printed."""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import SettingsError

__all__ = ["Secrets", "load_secrets", "make_secrets", "secrets_problems"]


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
    """
    if path.exists():
        return load_secrets(path)
    path.parent.mkdir(parents=True, exist_ok=True)
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
    """Read the secrets; raises `SettingsError` when they are absent or unreadable."""
    try:
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
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
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [f"密钥文件 {path} 别人也能读。请运行 chmod 600 {path} / readable by others"]
    return []
