"""Where Xinnong keeps its things and which graph it talks to.

Every setting is read from the environment with the prefix `XINNONG_`, once, into a frozen object
that is handed on.  Nothing here touches the disk: folders are made by the command that needs them.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "xinnong"


class Settings(BaseSettings):
    """The settings of one installation; immutable after reading."""

    model_config = SettingsConfigDict(env_prefix="XINNONG_", frozen=True, extra="ignore")

    data: Path = Field(
        default_factory=lambda: Path.home() / ".xinnong",
        description="数据目录：事实日志、引擎存储、台账和密钥 / the data folder",
    )
    cache: Path = Field(
        default_factory=_default_cache,
        description="下载缓存：引擎的 jar 文件，可由多个数据目录共用 / fetched engine jars",
    )
    neo4j_uri: str | None = Field(
        default=None,
        description="已有 Neo4j 的地址；不设则启动自带引擎 / an existing Neo4j; unset: our own",
    )
    neo4j_user: str = Field(default="neo4j", description="Neo4j 用户名 / its user")
    neo4j_password: SecretStr | None = Field(
        default=None, description="Neo4j 密码（仅配合 neo4j_uri）/ its password"
    )
    neo4j_database: str = Field(default="neo4j", description="Neo4j 库名 / its database")
    engine_version: str = Field(
        default="2026.08.1", description="自带引擎的版本 / version of the default engine"
    )
    engine_jars: Path | None = Field(
        default=None,
        description="断网环境：已放好 jar 的目录 / a folder of jars for machines without a way out",
    )
    engine_heap_mb: int = Field(default=1024, ge=256, description="引擎堆内存 MB / heap")
    engine_page_cache_mb: int = Field(default=512, ge=64, description="页缓存 MB / page cache")
    engine_port: int | None = Field(
        default=None, description="固定 Bolt 端口；不设则自选 / fixed Bolt port; unset: a free one"
    )
    engine_idle_minutes: float = Field(
        default=30.0, gt=0, description="无人使用多少分钟后自行停止 / stops itself when idle"
    )
    operations_url: SecretStr | None = Field(
        default=None,
        description="运行库地址，默认 SQLite / operations store; unset: SQLite in the data folder",
    )

    @property
    def log_dir(self) -> Path:
        """The fact log: the truth, and the backup."""
        return self.data / "log"

    @property
    def forms_dir(self) -> Path:
        """Forms of the counties: other headings for a source's fields (`ingest.catalogue.form`)."""
        return self.data / "forms"

    @property
    def quarantine_dir(self) -> Path:
        """What refused rows said, until they are put right: personal data, deleted in time."""
        return self.data / "quarantine"

    @property
    def engine_dir(self) -> Path:
        """Home of the default engine: its store, configuration, log and state file."""
        return self.data / "engine"

    @property
    def secrets_file(self) -> Path:
        """Random secrets made by `xinnong init`; readable by the owner only."""
        return self.data / "secrets.json"

    @property
    def lease_dir(self) -> Path:
        """A lock file for each source that was ever taken in."""
        return self.data / "leases"

    @property
    def operations_file(self) -> Path:
        """The SQLite file of the operations store."""
        return self.data / "operations.sqlite3"
