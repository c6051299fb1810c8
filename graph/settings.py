"""Where Xinnong keeps its things and which graph it talks to.

Every setting is read from the environment with the prefix `XINNONG_`, once, into a frozen object
that is handed on.  An empty variable counts as none.  What is secret may stand in files of the same
names in lower case instead, in the folder that `XINNONG_SECRETS` names, or systemd's credentials.
Nothing here writes to the disk: folders are made by the command that needs them.
"""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import SettingsError

__all__ = ["Settings"]

_NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "xinnong"


def _secrets_folder() -> str | None:
    """Where files of secrets lie: of a container, or of a unit of systemd."""
    for name in ("XINNONG_SECRETS", "CREDENTIALS_DIRECTORY"):
        folder = os.environ.get(name)
        if folder and os.path.isdir(folder):
            return folder
    return None


class Settings(BaseSettings):
    """The settings of one installation; immutable after reading.

    Raises `SettingsError` (`setting_wrong`), which names every variable that cannot be used, what
    it may be, and what to do.
    """

    model_config = SettingsConfigDict(
        env_prefix="XINNONG_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

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
        default=None,
        ge=1,
        le=65535,
        description="固定 Bolt 端口；不设则自选 / fixed Bolt port; unset: a free one",
    )
    engine_idle_minutes: float = Field(
        default=30.0, gt=0, description="无人使用多少分钟后自行停止 / stops itself when idle"
    )
    operations_url: SecretStr | None = Field(
        default=None,
        description="运行库地址，默认 SQLite / operations store; unset: SQLite in the data folder",
    )
    audit_heads: Path | None = Field(
        default=None,
        description="审计日首另存的目录，宜在另一台机器上；不设则只存运行库"
        " / a second place for the signed heads of the audit, best on another machine",
    )
    backups: Path | None = Field(
        default=None,
        description="历次备份所在的目录（xinnong backups 的目录），管理页据此显示最近一份；不设则不显示"
        " / folder of the backups, of which the administration page shows the last",
    )
    hook_networks: str = Field(
        default="",
        description="允许事件推送到的内部网段，以逗号分隔，如 10.1.2.0/24；不设则只推送到公网的 https 地址"
        " / networks of one's own that events may be sent to",
    )
    hook_authorities: Path | None = Field(
        default=None,
        description="事件推送另外信任的证书机构（PEM 文件）/ authorities trusted for events besides",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="运行指标（Prometheus）的本机端口；不设则不开 / port of metrics, loopback only",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+(/[^?#@\s]*)?$",
        description="OpenTelemetry 收集端的地址（OTLP/HTTP），如 http://127.0.0.1:4318；不设则不送，"
        "须安装 xinnong[opentelemetry] / a collector of traces; unset: nothing is sent",
    )
    trusted_proxies: str = Field(
        default="",
        description="反向代理的地址或网段，以逗号分隔；只有它们转来的来源地址和主机名才被采信"
        " / proxies whose forwarding headers are believed",
    )
    hosts: str = Field(
        default="",
        description="除本机名称外，服务还以哪些主机名应答，以逗号分隔 / host names besides loopback",
    )
    stop_s: float = Field(
        default=20.0,
        gt=0,
        description="停止服务时等待正在进行的回答多少秒 / seconds that running answers are given",
    )
    log_to: Literal["file", "stderr"] = Field(
        default="file",
        description="服务日志：file 为数据目录 service_log 下每日一个 JSON 文件，stderr 为标准错误"
        " / the service's log: a JSON file a day, or standard error",
    )
    log_keep_days: int = Field(
        default=200,
        ge=184,
        description="服务日志保留天数，依法不少于六个月 / days kept; the law asks for six months",
    )

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+(/[^?#@\s]*[^/?#@\s])?$",
        description="对外地址，如 https://xinnong.example；令牌由它签发、只在它有效；不设则为所访问的地址"
        " / the address others use; tokens are of it and for it; unset: the one that was asked",
    )

    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#@\s]+[^/?#@\s]$",
        description="外部登录（OpenID Connect）的签发方地址；不设则只用本系统的密码"
        " / issuer of an external log-in; unset: our own passwords alone",
    )
    oidc_client_id: str = Field(
        default="xinnong", description="在外部登录处登记的编号 / our name at the issuer"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="在外部登录处登记的密钥 / our secret there"
    )

    def __init__(self, **given: Any) -> None:
        if folder := _secrets_folder():
            given.setdefault("_secrets_dir", folder)
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise _refusal(error) from None

    @field_validator("data", "cache", "engine_jars", "audit_heads", "backups")
    @classmethod
    def _folder(cls, path: Path | None) -> Path | None:
        """A folder, there or not yet: `~` is the home folder, a file is refused."""
        if path is None:
            return None
        try:
            path = path.expanduser()
        except RuntimeError:
            raise PydanticCustomError("home", "no such home folder") from None
        there = next(part for part in (path, *path.parents) if os.path.lexists(part))
        if not os.path.isdir(there):
            raise PydanticCustomError("no_folder", "{at}", {"at": str(there)})
        return path

    @field_validator("hook_networks", "trusted_proxies")
    @classmethod
    def _networks(cls, text: str) -> str:
        """Addresses and networks, with commas."""
        try:
            for part in text.split(","):
                if part.strip():
                    ip_network(part.strip(), strict=False)
        except ValueError:
            raise PydanticCustomError("no_network", "no networks") from None
        return text

    @field_validator("neo4j_uri")
    @classmethod
    def _bolt(cls, address: str | None) -> str | None:
        """An address that the driver speaks to: Bolt, not HTTP."""
        if address is not None:
            parts = urlsplit(address)
            if parts.scheme not in _NEO4J_SCHEMES or not parts.hostname:
                raise PydanticCustomError("no_bolt", "no address of Bolt")
        return address

    @property
    def log_dir(self) -> Path:
        """The fact log: the truth, and the backup."""
        return self.data / "log"

    @property
    def forms_dir(self) -> Path:
        """Forms of the counties: other headings for a source's fields (`ingest.catalogue.form`)."""
        return self.data / "forms"

    @property
    def catalogues_dir(self) -> Path:
        """Local catalogues and lists of duties, each with its document (`ingest.catalogue.local`)."""
        return self.data / "catalogues"

    @property
    def quarantine_dir(self) -> Path:
        """What refused rows said, until they are put right: personal data, deleted in time."""
        return self.data / "quarantine"

    @property
    def engine_dir(self) -> Path:
        """Home of the default engine: its store, configuration, log and state file."""
        return self.data / "engine"

    @property
    def service_log_dir(self) -> Path:
        """What the service was asked and what went wrong, a file a day; names nobody."""
        return self.data / "service_log"

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


#: What a setting may be, by the kind of what is wrong with it: Chinese, English.
_MAY_BE = {
    "int_parsing": ("应为整数", "a whole number"),
    "int_from_float": ("应为整数", "a whole number"),
    "float_parsing": ("应为数字", "a number"),
    "greater_than_equal": ("不能小于 {ge}", "at least {ge}"),
    "greater_than": ("应大于 {gt}", "more than {gt}"),
    "less_than_equal": ("不能大于 {le}", "at most {le}"),
    "literal_error": ("应为 {expected} 之一", "one of {expected}"),
    "home": ("“~”后面的用户不存在", "the home folder of a user who exists"),
    "no_folder": ("应为目录，而 {at} 是一个文件", "a folder, and {at} is a file"),
    "string_pattern_mismatch": (
        "应为 https:// 或 http:// 开头、不以 / 结尾的地址",
        "an address that begins with https:// or http:// and does not end with a slash",
    ),
    "no_network": (
        "应为以逗号分隔的地址或网段，如 10.1.2.0/24,127.0.0.1",
        "addresses and networks with commas, such as 10.1.2.0/24,127.0.0.1",
    ),
    "no_bolt": (
        f"应为 {'、'.join(_NEO4J_SCHEMES)} 开头的地址，如 bolt://127.0.0.1:7687"
        "（7474 端口的网页地址不行）",
        "an address of Bolt such as bolt://127.0.0.1:7687, not the web page's",
    ),
}


def _refusal(error: ValidationError) -> SettingsError:
    """Every wrong setting in words; what was given is repeated, unless it is a secret."""
    zh, en = [], []
    for item in error.errors(include_url=False):
        name = str(item["loc"][0])
        context = item.get("ctx", {})
        may_zh, may_en = _MAY_BE.get(item["type"], ("格式不对", str(item["msg"])))
        field = Settings.model_fields[name]
        # an address may hold a password
        secret = "SecretStr" in str(field.annotation) or "@" in str(item["input"])
        given = "" if secret else f"={item['input']}"
        zh.append(f"环境变量 XINNONG_{name.upper()}{given} 不能用：{may_zh.format(**context)}。")
        en.append(f"XINNONG_{name.upper()} must be {may_en.format(**context)}.")
    zh.append("请改正，或取消这个变量以使用默认值（说明见 docs/manual/settings.md）。")
    return SettingsError("".join(zh), " ".join(en), code="setting_wrong")
