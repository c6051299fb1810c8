"""What every command shares: its settings, its arguments, and how it speaks to a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.acts import Act
from api.grid import Grid

if TYPE_CHECKING:
    from api.services import Services
    from graph.progress import Progress
    from graph.settings import Settings
    from queries.reader import Reader

__all__ = [
    "AsOf",
    "Bar",
    "Json",
    "Key",
    "KnownAt",
    "SourceName",
    "answer_with",
    "basis",
    "day_of",
    "fetch_engine",
    "instant_of",
    "obeyed_by_none",
    "open_settings",
    "opened",
    "pairs",
    "permitted",
    "reading",
    "say",
    "table",
]

AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", help="截至哪一天，如 2026-01-31；不写为今天 / as of, today if not given"
    ),
]
KnownAt = Annotated[
    str,
    typer.Option(
        "--known-at",
        help="按哪一时点所知，如 2026-01-31T08:00:00+08:00；不写为最新 / as it was known at",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
Key = Annotated[
    str, typer.Argument(help="主体的键，如 person:…，由 xinnong search 查得 / key of a party")
]
SourceName = Annotated[str, typer.Argument(help="来源名称，见 xinnong sources / name of a source")]


#: Control characters but for the end of a line and a tab, and marks that turn the direction of a line.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def permitted(act: Act) -> None:
    """For a command that opens nothing: raises `ForbiddenError` (`not_permitted`)."""
    if act.is_on_everything:
        from api.security import local_asker, permit

        permit(act, local_asker())


def open_settings(act: Act, *, enters: bool | None = None) -> Settings:
    """The settings of this environment, for a command that does that with what lies there.

    Args:
        enters: whether that it begins is entered into the audit; by default what reads of parties or
            acts on them is, and what only keeps the house is not: a damaged store is looked at too.

    Raises `ForbiddenError` (`not_permitted`), and as `api.audit_command.enter_command`.
    """
    from graph.settings import Settings

    permitted(act)
    settings = Settings()
    if act not in (Act.LOOK, Act.KEEP) if enters is None else enters:
        from api.audit_command import enter_command

        enter_command(act, settings)
    return settings


def fetch_engine(settings: Settings) -> None:
    """Fetch the engine's jars with a progress bar, before anything needs the engine."""
    from graph.engine.provision import jars

    if not settings.neo4j_uri:
        with Bar() as step:
            jars(settings, progress=step)


def day_of(as_of: str) -> date:
    """The day that an option names, today if it names none; raises `InputError` (code `date`)."""
    from graph.time import parse_date, today

    return parse_date(as_of) if as_of else today()


def instant_of(known_at: str) -> datetime | None:
    """The instant that `--known-at` names, None where it names none; raises `InputError`."""
    from graph.time import past_instant

    return past_instant(known_at) if known_at else None


def opened(act: Act, *, graph: bool = False) -> Services:
    """The stores of this environment, for one command; close them.

    Args:
        act: what the command does there (`api.needs`).
        graph: whether the graph is asked: an engine is started only where it is.

    Raises `ForbiddenError` (`not_permitted`).
    """
    from api.services import Services

    return Services(open_settings(act), reads_graph=graph, waits=True)


@contextmanager
def reading(as_of: str = "", known_at: str = "", *, graph: bool = False) -> Iterator[Reader]:
    """A reader for the answer of one command, at the moment that `--as-of` and `--known-at` name.

    Raises `InputError` (`date`, `instant`, `known_at_future`), and as `Services.moment`.
    """
    from api.who_asks import local_scope
    from graph.time import parse_date

    day = parse_date(as_of) if as_of else None
    with opened(Act.ASK, graph=graph) as services:
        yield services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))


def pairs(given: list[str]) -> dict[str, Any]:
    """`name=value` arguments; raises `typer.BadParameter` for one that is none."""
    found = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            # what a terminal would obey is not said again
            raise typer.BadParameter(f"参数写作 名称=值，收到 {obeyed_by_none(name)}")
        found[name] = value
    return found


def answer_with(answer: Any, as_json: bool, people: Callable[[], Any], *, thing: str = "") -> None:
    """Print the answer on standard output: JSON for programs, or what `people` prints.

    Args:
        thing: what was acted on, for the audit.
    """
    from api.audit_command import enter_answer
    from graph.encoding import encode

    encoded = encode(answer)
    enter_answer(encoded, thing)
    if as_json:
        print(json.dumps(encoded, ensure_ascii=False))
    else:
        people()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table for people; nothing in it is cut.

    What does not fit the terminal is folded; where even a key would have to be broken, each row is
    printed as a list of its own.  A file or a pipe gets the whole width.
    """
    from api.wording import show

    told = [[obeyed_by_none(show(value)) for value in row] for row in rows]
    Grid(obeyed_by_none(title), columns, told).print()


def obeyed_by_none(text: str) -> str:
    """A text without what a terminal would obey: control characters, and those that turn the line."""
    return _OBEYED.sub("�", text)


def basis(stated: Any) -> None:
    """Say on standard error as of when, from which data and by which policy an answer is."""
    from api.wording import basis_line
    from graph.encoding import encode

    print(basis_line(encode(stated)), file=sys.stderr)


def say(what: str) -> None:
    """One line about what is going on, on standard error."""
    print(f"· {what}", file=sys.stderr)


class Bar:
    """A progress bar on standard error; a pulse where the total is not known."""

    def __enter__(self) -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),  # a file's name is no markup
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        task = self._bar.add_task("", total=None)
        current = ""

        def step(what: str, done: int, total: int | None) -> None:
            nonlocal current
            if what != current:
                self._bar.reset(task)
                current = what
            self._bar.update(task, description=what, completed=done, total=total)

        return step

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
