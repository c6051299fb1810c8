"""Make the jar list of a version: `python -m graph.engine.pin VERSION`.  For maintainers.

Resolves `org.neo4j:neo4j:VERSION` from Maven Central and writes `jars/VERSION.txt`, the pinned
coordinates and hashes that every other machine is held to.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import jgo

from graph.engine.provision import java_home

__all__ = ["pin", "resolve"]


def pin(version: str) -> Path:
    """Write the list of one version; returns its path."""
    target = Path(__file__).parent / "jars" / f"{version}.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(resolve(f"org.neo4j:neo4j:{version}")) + "\n", encoding="utf-8")
    return target


def resolve(*coordinates: str) -> list[str]:
    """Lines of a list: every jar that these need, with its sha256, as Maven Central has them."""
    # without it jgo looks for a Java on the net to tell modules from plain jars
    os.environ["JAVA_HOME"] = str(java_home())
    environment = jgo.build("+".join(coordinates))
    locked = tomllib.loads(Path(environment.lock_path).read_text(encoding="utf-8"))
    lines = set()
    for item in locked["dependencies"]:
        parts = [item["groupId"], item["artifactId"], item["version"]]
        if item.get("classifier"):
            parts.append(item["classifier"])
        lines.add(f"{':'.join(parts)} {item['sha256']}")
    return sorted(lines)


if __name__ == "__main__":
    print(pin(sys.argv[1]))
