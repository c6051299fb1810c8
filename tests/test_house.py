"""The house rules, walked over every file."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

from api.pages import router as pages
from api.routes import routers
from graph.schema import SCHEMA
from graph.settings import Settings
from ingest import in_order, load_source, source_names

ROOT = Path(__file__).parents[1]
ROOMS = ("graph", "queries", "ingest", "api")
#: Where text of Cypher is built: the writer, the way to the store, and the words that questions expand.
CYPHER_IS_BUILT_IN = {
    "cypher.py", "projection.py", "connection.py", "question.py", "expansion.py", "seen.py",
}  # fmt: skip
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert path.stem not in {"utils", "helpers", "common", "base", "types", "misc"}
    if text and path.parts[-2] != "schema":
        assert text.startswith('"""')
        if path.name != "__init__.py":
            assert "__all__" in text
    if path.name not in CYPHER_IS_BUILT_IN:
        assert not re.search(r"\b(MATCH|UNWIND)\b \(", text), "Cypher lives in .cypher files"


def test_sources_are_named_where_everybody_finds_them() -> None:
    """A law and its article, a standard and its clause, or that there is none: no private numbering."""
    told = [
        path
        for room in ROOMS
        for ending in ("*.py", "*.yaml", "*.cypher", "*.md")
        for path in (ROOT / room).rglob(ending)
        if re.search(r"\bdomain \d|\bF\d{2}\b", _of_today(path))
    ]
    assert told == []


def _of_today(path: Path) -> str:
    """A file without what decided something: it is never changed."""
    text = path.read_text(encoding="utf-8")
    if path.stem == "first_loan" or (path.parent.name, path.stem) == ("conditions", "2026.1"):
        return ""
    parts = re.split(r"(?m)^(?=  - version: )", text) if path.parent.name == "products" else [text]
    return "".join(part for part in parts if not part.startswith('  - version: "2026.1"'))


def test_everything_in_the_schema_has_a_chinese_term() -> None:
    for kind in SCHEMA.kinds:
        for term in (kind.term, *(item.term for item in kind.properties)):
            assert re.search(r"[\u4e00-\u9fff]", term), term


@pytest.mark.parametrize("name", source_names())
def test_source(name: str) -> None:
    source = load_source(name)
    folder = ROOT / "ingest" / "sources" / name
    assert {item.name for item in folder.iterdir() if item.is_file()} == {
        "source.yaml", "__init__.py",
    }  # fmt: skip
    for table, spec in source.tables.items():
        assert callable(getattr(__import__(f"ingest.sources.{name}", fromlist=[table]), table))
        names = [item.name for item in spec.fields]
        assert len(set(names)) == len(names)
        assert set(spec.key) <= set(names)
        # a template is named by it; a clerk does not read the name of the table
        assert len(source.tables) == 1 or spec.title or name == "finbench"
    assert set(source.needs) <= set(source_names())


def test_sources_come_after_what_they_need() -> None:
    order = in_order(source_names())
    for name in order:
        assert all(order.index(need) < order.index(name) for need in load_source(name).needs)


def test_settings_are_documented() -> None:
    manual = (ROOT / "docs" / "manual" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"XINNONG_{name.upper()}" in manual


def test_compose() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    services = compose["services"]
    version = Settings.model_fields["engine_version"].default
    assert services["neo4j"]["image"].startswith(f"neo4j:{version.rsplit('.', 1)[0]}")
    volumes, secrets = set(), set()
    for service in services.values():
        assert service["healthcheck"]["test"] and service["restart"]
        # an image is named by its version, and is not whatever is newest on that day
        assert "build" in service or re.search(r":\d+\.\d+", service["image"])
        # nothing of it is reached from outside
        assert "ports" not in service
        volumes |= {volume.partition(":")[0] for volume in service["volumes"]}
        secrets |= set(service["secrets"])
        for name, value in service["environment"].items():
            assert name.endswith("_FILE") or not re.search("(?i)password|auth$|url", name), name
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert volumes == set(compose["volumes"]) and secrets == set(compose["secrets"])
    for needed in ("neo4j", "postgres"):
        assert services["app"]["depends_on"][needed] == {"condition": "service_healthy"}
    known = {f"XINNONG_{name.upper()}" for name in Settings.model_fields}
    known |= {"XINNONG_SECRETS", "NUMBA_CACHE_DIR"}
    assert set(services["app"]["environment"]) <= known
    # a secret of the app is a file of a setting's name
    assert {name.upper() for name in services["app"]["secrets"]} <= known
    # what holds them is in no clone
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/secrets/" in ignored


def test_units_of_systemd() -> None:
    """What the service's unit names is there: its command, its settings, its folders."""
    unit = (ROOT / "deploy" / "xinnong.service").read_text(encoding="utf-8")
    told = [line.partition("=")[::2] for line in unit.splitlines() if re.match("[A-Z]", line)]
    settings = [value.partition("=")[0] for name, value in told if name == "Environment"]
    settings += re.findall(r"LoadCredential=(\w+):", unit)
    known = {f"XINNONG_{name.upper()}" for name in Settings.model_fields}
    assert {name.upper() for name in settings} <= {*known, "NUMBA_CACHE_DIR"}
    said = dict(told)
    assert said["User"] == "xinnong" and said["ProtectSystem"] == "strict"
    assert said["UMask"] == "0077" and said["StateDirectoryMode"] == "0700"
    assert "MemoryDenyWriteExecute" not in said
    for path in (ROOT / "deploy").glob("*.service"):
        assert "xinnong/bin/xinnong " in path.read_text(encoding="utf-8")


def test_version_agrees_with_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest and newest[1] == project["version"]


def test_every_decision_is_in_the_index_once() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^- \[(\d+)\]\((\S+?\.md)\) (.+)$", index, re.MULTILINE)
    pages = {path.name: path for path in folder.glob("[0-9]*.md")}
    assert sorted(name for _, name, _ in named) == sorted(pages)
    for number, name, title in named:
        assert pages[name].read_text(encoding="utf-8").startswith(f"# {number}. {title}\n")


@pytest.mark.parametrize(
    "page",
    sorted(
        [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]
    ),
    ids=lambda path: path.name,
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        assert "://" in link or (page.parent / link).exists(), link


def test_what_contributors_are_told_to_touch_and_to_run_is_there() -> None:
    """Paths and targets of CONTRIBUTING.md and of the architecture page; capitals stand for a name."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("CONTRIBUTING.md", "docs/architecture.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
            assert target in targets, target
        for path in re.findall(r"\b((?:api|docs|graph|ingest|queries|tests)/[\w/.]+)", text):
            told = re.split(r"[A-Z]{4}", path)[0].rstrip("/.")
            assert (ROOT / told).exists() or list(ROOT.glob(f"{told}*")), path


def test_requirements_are_hashed_and_name_no_host() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_no_two_routes_answer_the_same_request() -> None:
    """They are found, not registered: the second of two would never be heard."""
    told = Counter(
        (method, route.path)
        for router in (*routers(), pages)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    )
    assert len(told) > 50
    assert [request for request, count in told.items() if count > 1] == []
