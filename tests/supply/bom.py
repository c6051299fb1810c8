"""What the program is made of, as a bill of materials: CycloneDX 1.6 (ECMA-424) in JSON.

    python tests/supply/bom.py OUT.json [--wheel FILE.whl]      (`make sbom`)

Read from our own pins: each package that runs with the program, with the hash of every file that is
taken for it; each jar of the engine, of which the default version is needed and any other is not; and
what needs what, as the requirement file notes it.  Nothing of a browser is brought along: scripts and
styles are our own.  Licences are what packages say of themselves; of jars the pins know none but
Neo4j's.  The same pins make the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
from cyclonedx import schema as _schema
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from pins import REQUIREMENTS, ROOT, licence, pins, recorded

from graph.settings import Settings

__all__ = ["JARS", "bill", "main", "needed_by", "wrong_with"]

JARS = ROOT / "graph" / "engine" / "jars"
#: Licences of jars, as far as the page of licences says any.
_OF_GROUPS = {"org.neo4j": "GPL-3.0-only"}
_SCHEMAS = Path(_schema.__file__).parent / "_res"
_LICENCES = LicenseFactory()


def bill(wheel: Path | None = None) -> str:
    """The bill, as text; `wheel` is the file that is released, whose hash stands in it."""
    packages, jars, parents = [*_packages()], [*_jars()], needed_by()
    program = _program(wheel)
    bom = Bom(components=[*packages, *jars])
    bom.metadata.component = program
    # of some there are two versions, for older and newer Pythons
    needs: dict[str, list[Component]] = {}
    for component in packages:
        for parent in parents[component.name]:
            needs.setdefault(parent, []).append(component)
    bom.register_dependency(program, [*needs.pop("xinnong", ()), *jars])
    for component in packages:
        bom.register_dependency(component, needs.get(component.name, ()))
    made = json.loads(JsonV1Dot6(bom).output_as_string())
    # the same pins make the same bytes, whenever and wherever they are written
    del made["serialNumber"], made["metadata"]["timestamp"]
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    made["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, digest).urn
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def wrong_with(text: str) -> list[str]:
    """What the schema of CycloneDX says against a bill; nothing, where it is one."""
    told = json.loads(text)
    name = f"bom-{told.get('specVersion', '1.6')}.SNAPSHOT.schema.json"

    def lying_there(address: str) -> object:
        return json.loads((_SCHEMAS / address.rsplit("/", 1)[-1]).read_text(encoding="utf-8"))

    schema = json.loads((_SCHEMAS / name).read_text(encoding="utf-8"))
    checks = jsonschema_rs.validator_for(schema, retriever=lying_there)
    return [error.message for error in checks.iter_errors(told)]


def needed_by() -> dict[str, frozenset[str]]:
    """Package -> what needs it, as the requirement file notes it; `xinnong` is the program."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in (ROOT / REQUIREMENTS[0]).read_text(encoding="utf-8").splitlines():
        if stated := re.match(r"([A-Za-z0-9._-]+)==", line):
            name = stated[1].lower()
            found.setdefault(name, set())
        elif parent := re.match(r"\s+#\s+(?:via\s+)?([A-Za-z0-9._-]+)(?: \(pyproject.*\))?$", line):
            found[name].add(parent[1].lower())
    return {name: frozenset(parents - {"via"}) for name, parents in found.items()}


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


def _program(wheel: Path | None) -> Component:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    hashes = []
    if wheel is not None:
        hashes = [_sha256(hashlib.sha256(wheel.read_bytes()).hexdigest())]
    purl = PackageURL("pypi", None, told["name"], told["version"])
    return Component(
        name=told["name"], version=told["version"], type=ComponentType.APPLICATION, purl=purl,
        bom_ref=str(purl), description=told["description"], hashes=hashes,
        licenses=[_LICENCES.make_from_string(told["license"])],
    )  # fmt: skip


def _packages() -> Iterator[Component]:
    files = recorded()
    for pin in pins(REQUIREMENTS[0]):
        purl = PackageURL("pypi", None, pin.name, pin.version)
        words = licence(pin.name)
        yield Component(
            name=pin.name, version=pin.version, type=ComponentType.LIBRARY, purl=purl,
            bom_ref=str(purl), scope=ComponentScope.REQUIRED,
            licenses=[_LICENCES.make_from_string(words)] if words else [],
            external_references=[
                ExternalReference(
                    type=ExternalReferenceType.DISTRIBUTION,
                    url=XsUri(str(PackageURL("pypi", None, pin.name, pin.version, {"file_name": file}))),
                    hashes=[_sha256(digest)],
                )
                for digest, file in files[pin.name, pin.version].items()
                if digest in pin.hashes
            ],
        )  # fmt: skip


def _jars() -> Iterator[Component]:
    default = Settings.model_fields["engine_version"].default
    seen: set[BomRef | str] = set()
    # what the default version needs is needed, though another needs it too
    for listed in sorted(JARS.glob("*.txt"), key=lambda path: path.stem != default):
        for line in listed.read_text(encoding="utf-8").splitlines():
            coordinates, digest = line.split()
            group, artifact, version, *classifier = coordinates.split(":")
            more = {"classifier": classifier[0]} if classifier else {}
            purl = PackageURL("maven", group, artifact, version, more)
            if str(purl) in seen:
                continue
            seen.add(str(purl))
            words = next(
                (says for of, says in _OF_GROUPS.items() if f"{group}.".startswith(f"{of}.")), None
            )
            yield Component(
                name=artifact, group=group, version=version, type=ComponentType.LIBRARY, purl=purl,
                bom_ref=str(purl), hashes=[_sha256(digest)],
                scope=ComponentScope.REQUIRED if listed.stem == default else ComponentScope.OPTIONAL,
                licenses=[_LICENCES.make_from_string(words)] if words else [],
            )  # fmt: skip


def main() -> None:
    """Write it, and say how many parts it has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--wheel", type=Path, help="the file that is released")
    given = parser.parse_args()
    text = bill(given.wheel)
    if wrong := wrong_with(text):
        parser.exit(1, "\n".join(wrong[:5]) + "\n")
    given.out.write_text(text, encoding="utf-8")
    print(f"{len(json.loads(text)['components'])} components, {given.out}")


if __name__ == "__main__":
    main()
