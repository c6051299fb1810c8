"""The description of the interface in one language.

Words stand in it as they stand in the code, Chinese before English with " / " between; where one
of them is not said, the Chinese description says what a route needs, and the English one keeps the
name.  Codes, examples and values are the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.needs import is_open, routes_of

__all__ = ["Language", "described", "in_language"]

Language = Literal["zh", "en"]

_CHINESE = re.compile("[\u3400-\u9fff]")
#: Words for people; everything else is for programs.
_WORDS = ("title", "description", "summary")
#: What belongs to somebody else: values, and names that programs compare.
_LEFT = ("example", "examples", "default", "enum", "const", "pattern", "securitySchemes")
_USUAL = {"Successful Response": {"zh": "办理成功", "en": "Done"},
          "Validation Error": {"zh": "格式不对", "en": "Malformed"}}  # fmt: skip
_CLASSES = "读取的信息类别"
_NAME = {"zh": "信农", "en": "Xinnong"}
_ANSWER = {"zh": "答复", "en": "The answer"}


def described(app: FastAPI, language: Language | None) -> dict[str, Any]:
    """The description of an application in a language, made once; None: both side by side."""
    if language is None:
        return app.openapi()
    if not hasattr(app.state, "descriptions"):
        app.state.descriptions = {}
    held: dict[str, dict[str, Any]] = app.state.descriptions
    if language not in held:
        held[language] = in_language(app.openapi(), routes_of([app]), language)
    return held[language]


def in_language(
    description: Mapping[str, Any], routes: Iterable[APIRoute], language: Language
) -> dict[str, Any]:
    """A description with its words in one language."""
    made = deepcopy(dict(description))
    endpoints = {
        (route.path_format, method.lower()): route.endpoint
        for route in routes
        for method in route.methods or ()
    }
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            endpoint = endpoints.get((path, method))
            if language == "zh" and endpoint is not None:
                operation["description"] = _needed(endpoint)
    title = _NAME[language]
    _speak(made, language)
    made["info"] |= {"title": title, "x-language": language}
    for operations in made["paths"].values():
        for operation in operations.values():
            operation.setdefault("description", operation.get("summary", ""))
            for answer in operation["responses"].values():
                answer.setdefault("description", _ANSWER[language])
    return made


def _needed(endpoint: Any) -> str:
    """What a route needs, in Chinese."""
    if is_open(endpoint):
        return "任何人都可以查询，不必登录。"
    needs = endpoint.needs
    told = f"需要的权限：{needs.act.term}（{needs.act.value}）。"
    if needs.access:
        terms = "、".join(sorted(item.term for item in needs.access))
        told += f"{_CLASSES}：{terms}。"
    return told


def _speak(part: Any, language: Language, name: str = "") -> None:
    if isinstance(part, list):
        for each in part:
            _speak(each, language, name)
        return
    if not isinstance(part, dict):
        return
    for key in list(part):
        value = part[key]
        if key in _LEFT and name != "properties":
            continue
        # a field may be called so
        if key in _WORDS and isinstance(value, str) and name != "properties":
            told = _said(value, language)
            if told is None and key == "title":
                told = _plain(value, name, language)
            if told is None:
                del part[key]
            else:
                part[key] = told
        else:
            _speak(value, language, key)


def _said(text: str, language: Language) -> str | None:
    """A text in one language; None where it is said in the other alone."""
    if text in _USUAL:
        return _USUAL[text][language]
    parts = [part.strip() for part in text.split(" / ")]
    mine = [part for part in parts if bool(_CHINESE.search(part)) is (language == "zh")]
    if mine:
        return " / ".join(mine)
    return None


def _plain(value: str, name: str, language: Language) -> str | None:
    """The title of something that has none in a language: its name; in Chinese none."""
    if language == "zh" or not name or name in ("schema", "items", "anyOf", "info"):
        return None
    return value if not _CHINESE.search(value) else name.replace("_", " ").capitalize()
