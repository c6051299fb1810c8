"""The worlds of a run divided among Ray tasks: on other machines, or other processes of this one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from graph.errors import SettingsError
from queries.risk.cascade.sampled import Net, Sampled, count_share, shares_of

__all__ = ["count_on_ray"]


def count_on_ray(net: Net, worlds: int = 4096, *, tasks: int) -> Sampled:
    """As `count_reached`, bit for bit; Ray must be running (`ray.init`).

    The net travels once to every machine, and counts come back; a task that is lost is run again
    and finds the same.  Raises `SettingsError` (`ray_missing`) where Ray is not installed.
    """
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise SettingsError(
            "本环境没有安装 Ray。请运行 pip install 'xinnong[ray]'，或改用单机多线程。",
            "Ray is not installed: pip install 'xinnong[ray]', or use threads.",
            code="ray_missing",
        ) from error
    held, count = ray.put(net), ray.remote(count_share)
    waiting = [count.remote(held, share) for share in shares_of(worlds, tasks)]
    return Sampled.sum((ray.get(one) for one in waiting), worlds)
