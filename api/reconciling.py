"""What the Reconciliation Service API (0.2) speaks: its manifest, its queries, its results.

{"q0": {"query": "宝鸡市丰硕果业有限公司", "type": "Organisation", "limit": 3,
        "properties": [{"pid": "number", "v": "9161…"}]}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from graph.errors import InputError
from ingest.matching import KINDS, Matched, SaidOf, Subject, subject_of
from queries.lawful.lists import list_catalogue
from queries.reader import Reader

__all__ = [
    "EXTENSIONS", "MOST_QUERIES", "PROPERTIES", "TYPES", "extended", "manifest", "read_extension",
    "read_queries", "results_of",
]  # fmt: skip

MOST_QUERIES = 50
_MOST_LIMIT = 20
_LONGEST = 100
_AGE = 3

TYPES = [{"id": kind.capitalize(), "name": term} for kind, term in KINDS.items()]
_KIND_OF = {one["id"]: kind for one, kind in zip(TYPES, KINDS, strict=True)}
#: Said of who is looked for -> field.
PROPERTIES = [
    {"id": "number", "name": "证件号码或统一社会信用代码"},
    {"id": "town", "name": "乡镇"},
    {"id": "village", "name": "村"},
    {"id": "age", "name": "年龄"},
    {"id": "phone", "name": "手机号码"},
]
_PIDS = {one["id"] for one in PROPERTIES}
#: Told of who was found: what is public of organisations, and lists, that are of everybody.
EXTENSIONS = (
    {"id": "code", "name": "统一社会信用代码"},
    {"id": "town", "name": "乡镇"},
    {"id": "lists", "name": "现在可以使用的名单记录"},
)


def manifest(base: str) -> dict[str, Any]:
    """The service as its manifest says it; `base` is the address under which it is reached."""
    service = f"{base}/v1/reconcile"
    return {
        "versions": ["0.2"],
        "name": "信农：农村与企业信用主体",
        "identifierSpace": f"{base}/parties/",
        "schemaSpace": f"{service}/properties",
        "documentation": f"{base}/v1/openapi.json",
        "defaultTypes": TYPES,
        "view": {"url": f"{base}/parties/{{{{id}}}}"},
        "batchSize": MOST_QUERIES,
        "suggest": {
            name: {"service_url": service, "service_path": f"/suggest/{name}"}
            for name in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
    }


def read_queries(text: str, identity_key: str) -> tuple[list[str], list[Subject | None], list[int]]:
    """Names of the queries, who is looked for (None: too little is said), how many results each wants.

    Raises `InputError` (`reconcile_form`).
    """
    told = _object(text)
    if not 0 < len(told) <= MOST_QUERIES:
        raise _refused(f"一次 1 到 {MOST_QUERIES} 项", f"1 to {MOST_QUERIES} queries at once")
    names: list[str] = []
    subjects: list[Subject | None] = []
    limits: list[int] = []
    for name, query in told.items():
        if not isinstance(query, dict):
            raise _refused("每项是一个对象", "a query is an object")
        names.append(name)
        try:
            subjects.append(_subject(query, identity_key))
        except InputError:
            # a blank cell, a single character: nobody is meant by it
            subjects.append(None)
        limits.append(_limit(query.get("limit")))
    return names, subjects, limits


def results_of(one: Matched, limit: int) -> list[dict[str, Any]]:
    """Candidates as the specification writes them; features are the reasons in bits."""
    return [
        {
            "id": each.key,
            "name": each.name or each.key,
            "description": "　".join(
                filter(
                    None, (f"{each.town or ''}{each.village or ''}", each.masked, each.band_label)
                )
            ),
            "type": [_type_of(each.labels)],
            "score": each.score,
            "match": each.is_proven and one.proven is each,
            "features": [
                {"id": f"{reason.rule}.{reason.level}", "value": reason.bits}
                for reason in each.reasons
            ],
        }
        for each in one.candidates[:limit]
    ]


def read_extension(text: str) -> tuple[list[str], list[str]]:
    """Keys and properties of a request for data; raises `InputError` (`reconcile_form`)."""
    told = _object(text)
    keys, wanted = told.get("ids"), told.get("properties")
    known = {one["id"] for one in EXTENSIONS}
    if (
        not isinstance(keys, list)
        or not isinstance(wanted, list)
        or not 0 < len(keys) <= MOST_QUERIES
        or not all(isinstance(key, str) and 0 < len(key) <= _LONGEST for key in keys)
        or not all(isinstance(one, dict) and one.get("id") in known for one in wanted)
    ):
        raise _refused(
            f"ids 为 1 到 {MOST_QUERIES} 个主体编号，properties 为 {'、'.join(sorted(known))}",
            "`ids` are keys of parties and `properties` those proposed",
        )
    return list(dict.fromkeys(keys)), [one["id"] for one in wanted]


def extended(reader: Reader, keys: Sequence[str], properties: Sequence[str]) -> dict[str, Any]:
    """Properties of parties; of a person only its lists, of nobody what the reader does not see."""
    found = dict(
        zip(keys, reader.ask_many(("find_party", {"text": key}) for key in keys), strict=True)
    )
    known = [key for key, answer in found.items() if _row(answer.rows) is not None]
    entries = {}
    if "lists" in properties:
        answers = reader.ask_many(("list_entries", {"key": key}) for key in known)
        entries = {key: answer.rows for key, answer in zip(known, answers, strict=True)}
    titles = {code: rule.title for code, rule in list_catalogue().lists.items()}
    rows = {}
    for key in keys:
        row = _row(found[key].rows)
        is_firm = key.startswith("org:") and row is not None
        told = {
            "code": [row["masked"]] if is_firm and row and row["masked"] else [],
            "town": [row["town"]] if is_firm and row and row["town"] else [],
            "lists": [
                titles[each["list_kind"]] for each in entries.get(key, ()) if each["certainty"] >= 1
            ],
        }
        rows[key] = {name: [{"str": value} for value in told[name]] for name in properties}
    meta = [one for one in EXTENSIONS if one["id"] in properties]
    return {"meta": meta, "rows": rows}


def _row(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    return next((row for row in rows if row["match"] == "key"), None)


def _subject(query: dict[str, Any], identity_key: str) -> Subject:
    said: dict[str, Any] = {"name": _said(query.get("query"))}
    told = query.get("properties")
    for one in told if isinstance(told, list) else ():
        pid = one.get("pid") if isinstance(one, dict) else None
        if isinstance(pid, str) and pid in _PIDS:
            value = one.get("v")
            said[pid] = _said(value[0] if isinstance(value, list) and value else value)
    age = said.pop("age", "")
    kinds = query.get("type")
    named = kinds[0] if isinstance(kinds, list) and kinds else kinds
    kind = _KIND_OF.get(named) if isinstance(named, str) else None
    name = said["name"]
    if "number" not in said and name.isascii() and sum(map(str.isdigit, name)) > len(name) // 2:
        # a column of codes is reconciled as one of names
        said |= {"name": "", "number": name}
    return subject_of(
        SaidOf(
            **said,
            age=int(age) if age.isascii() and age.isdigit() and len(age) <= _AGE else None,
            kind=kind,
        ),
        identity_key,
    )


def _said(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:_LONGEST]


def _limit(told: Any) -> int:
    if isinstance(told, int) and not isinstance(told, bool) and told > 0:
        return min(told, _MOST_LIMIT)
    return 5


def _type_of(labels: Sequence[str]) -> dict[str, str]:
    for kind in ("Person", "Household"):
        if kind in labels:
            return next(one for one in TYPES if one["id"] == kind)
    return next(one for one in TYPES if one["id"] == "Organisation")


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _refused("内容为一个 JSON 对象", "it is a JSON object")
    return told


def _refused(zh: str, en: str) -> InputError:
    return InputError(
        f"对照请求的写法不对：{zh}。", f"No request of the service: {en}.", code="reconcile_form"
    )
