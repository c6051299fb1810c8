"""The audit of commands: entered before they begin, and again with whom their answer is about.

What was typed is not kept: a name or an identity may stand there.  Kept are the command, and the keys of
parties among its arguments and in its answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.acts import Act
from api.audit_keys import keys_in

if TYPE_CHECKING:
    from graph.operations import AuditNote
    from graph.settings import Settings

__all__ = ["enter_answer", "enter_command"]

_META = "xinnong.audit"
_HERE = "本机"


def enter_command(act: Act, settings: Settings) -> None:
    """Enter that a command begins.

    Where there is no data yet there is nobody to read of: then it is entered at its end, if it made
    some.

    Raises `OperationsError` or `SettingsError`: what cannot be entered is not done.
    """
    context = _running()
    meta = {} if context is None else context.meta
    if (settings, act) == meta.get(_META, (None, None, None))[:2]:
        return
    note = _note(act, context)
    there = (
        settings.operations_url or settings.operations_file.exists() or settings.log_dir.exists()
    )
    if there:
        meta[_META] = settings, act, _entered(settings, note)
    elif context is not None:
        context.call_on_close(lambda: _enter_late(settings, note))


def enter_answer(answer: Any, thing: str = "") -> None:
    """Enter whom the answer of a command is about, before it is printed; raises as `enter_command`.

    Args:
        answer: as `graph.encoding.encode` gives it.
        thing: what was acted on.
    """
    context = _running()
    found = None if context is None else context.meta.get(_META)
    if found is None:
        return
    settings, act, number = found
    told = json.dumps(answer, ensure_ascii=False).encode()
    note = replace(
        _note(act, context),
        subjects=frozenset(keys_in(told)),
        thing=thing,
        result=hashlib.sha256(told).hexdigest(),
        follows=number,
    )
    _entered(settings, note)


def _running() -> Any:
    """The command that runs; None where none does."""
    # typer carries click within itself, and hands what runs out by no other door
    from typer._click.globals import get_current_context

    return get_current_context(silent=True)


def _note(act: Act, context: Any) -> AuditNote:
    from api.security import local_asker
    from graph.operations import AuditNote
    from graph.time import utc_now

    asker = local_asker()
    given = {} if context is None else context.params
    return AuditNote(
        at=utc_now(),
        who=asker.id,
        name=asker.name,
        role=asker.role.value,
        act=act.value,
        way="xinnong" if context is None else _way(context),
        subjects=frozenset(keys_in(json.dumps(list(given.values()), default=str).encode())),
        purpose=asker.scope.purpose,
        address=_HERE,
    )


def _way(context: Any) -> str:
    names = []
    while context is not None:
        # what the program was called by is no part of the command
        names.append(context.info_name if context.parent else "xinnong")
        context = context.parent
    return " ".join(name for name in reversed(names) if name)


def _entered(settings: Settings, note: AuditNote) -> int:
    from graph.operations import OperationsStore, Trail

    with OperationsStore(settings) as store:
        return Trail(store).append([note])[0]


def _enter_late(settings: Settings, note: AuditNote) -> None:
    if settings.operations_file.exists():
        _entered(settings, note)
