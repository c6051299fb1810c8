"""The engine's classes as they are once loaded and linked, kept for the next start.

A start loads some thirty thousand classes; from an archive it takes half the processor time (JEP
483, 514, 515: ahead-of-time class loading, linking and profiles).  An archive belongs to one Java, one
list of jars and one class path: its name says which, Java itself refuses it with another, and what
it holds is held to a hash as every jar is.  Without one the engine starts as ever.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from graph.engine.jar import sha256_of
from graph.engine.provision import java_home
from graph.settings import Settings

__all__ = ["ClassArchive", "class_archive"]

#: What an archive has seen (`graph.engine.archiving`): one that saw less is made anew.
_RECORDED = b"import, start, schema"


@dataclass(frozen=True)
class ClassArchive:
    """Where the archive of an engine lies, whether or not it has been made.

    Attributes:
        path: the archive itself; beside it lies what was noted when it was made.
        class_path: what it was made of, in order.
    """

    path: Path
    class_path: tuple[str, ...]

    @property
    def note(self) -> Path:
        """Size, time and sha256 of the archive, and the class path."""
        return self.path.with_suffix(".json")

    def is_whole(self) -> bool:
        """Whether it is there as it was made; what was touched since is held to its hash."""
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            state = self.path.stat()
            stamp, sha256 = noted["stamp"], noted["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if [state.st_size, state.st_mtime_ns] == stamp:
            return True
        if sha256_of(self.path) != sha256:
            return False
        self.keep_note()
        return True

    def keep_note(self) -> None:
        """Note what it is now."""
        state = self.path.stat()
        noted = {
            "stamp": [state.st_size, state.st_mtime_ns],
            "sha256": sha256_of(self.path),
            "class_path": self.class_path,
        }
        aside = self.note.with_name(f"{self.note.name}.{os.getpid()}")
        aside.write_text(json.dumps(noted), encoding="utf-8")
        aside.replace(self.note)

    def options(self) -> list[str]:
        """What Java is told, to start from it; nothing where it is not whole."""
        return [f"-XX:AOTCache={self.path}", "-Xlog:aot*=off"] if self.is_whole() else []

    def delete(self) -> None:
        """Throw it away."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def class_archive(settings: Settings, jars: Sequence[Path]) -> ClassArchive:
    """The archive that belongs to these jars, to this Java and to this Python environment."""
    # where it lies, without the bridge itself: only the engine's own process loads Java
    bridge = find_spec("jpype")
    assert bridge is not None and bridge.origin is not None
    support = Path(bridge.origin).resolve().parent.parent / "org.jpype.jar"
    class_path = (*map(str, jars), str(support))
    told = hashlib.sha256((java_home() / "release").read_bytes() + _RECORDED)
    for each in class_path:
        state = os.stat(each)
        told.update(f"{each} {state.st_size} {state.st_mtime_ns}\n".encode())
    name = f"classes-{settings.engine_version}-{told.hexdigest()[:16]}.aot"
    return ClassArchive(settings.cache.resolve() / name, class_path)
