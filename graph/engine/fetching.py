"""Jars come from Maven Central, side by side."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from graph.engine.jar import Jar, sha256_of
from graph.errors import EngineError
from graph.progress import Progress

__all__ = ["fetch_all"]

_FETCHERS = 8
_TIMEOUT_S = 120

#: Seconds before another try at a jar; of two hundred jars one is now and then cut off.
_PAUSES_S = (1.0, 4.0, 10.0)


def fetch_all(absent: Sequence[Jar], folder: Path, progress: Progress | None) -> None:
    """Fetch jars into a folder, each held to its hash; raises `EngineError` (`jar_altered`, `fetch_failed`)."""
    with ThreadPoolExecutor(_FETCHERS) as pool:
        running = {pool.submit(_fetch, jar, folder): jar for jar in absent}
        try:
            for done, future in enumerate(as_completed(running), start=1):
                future.result()
                if progress:
                    progress("下载图数据库引擎", done, len(absent))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch(jar: Jar, folder: Path) -> None:
    from jgo.constants import MAVEN_CENTRAL_URL  # a tenth of a second

    aside = folder / f".{jar.name}.{os.getpid()}"
    try:
        aside.write_bytes(_downloaded(f"{MAVEN_CENTRAL_URL}/{jar.path}"))
        if sha256_of(aside) != jar.sha256:
            raise EngineError(
                f"下载的 {jar.name} 与清单的校验值不符，已丢弃。请检查网络代理后重试。",
                f"{jar.name} as fetched has another sha256 than pinned; it was thrown away.",
                code="jar_altered",
            )
        aside.rename(folder / jar.name)
    except (OSError, HTTPException) as error:
        raise EngineError(
            f"无法下载 {jar.name}。请检查网络后重试（已下载的不会重下）；"
            "不能上网的机器请把 jar 放入一个目录，并设置 XINNONG_ENGINE_JARS。",
            f"{jar.name} cannot be fetched ({error}). Try again, what is there is kept; without "
            "a network put the jars into a folder and set XINNONG_ENGINE_JARS.",
            code="fetch_failed",
        ) from error
    finally:
        aside.unlink(missing_ok=True)


def _downloaded(address: str) -> bytes:
    for pause in _PAUSES_S:
        try:
            return _answered(address)
        # HTTPException: the answer ended before its end
        except (OSError, HTTPException):
            time.sleep(pause)
    return _answered(address)


def _answered(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - https
            return bytes(answer.read())
    except HTTPError as error:
        error.close()  # it holds the connection
        raise
