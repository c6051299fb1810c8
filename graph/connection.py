"""The one door to Neo4j: the only module that imports its driver.

Only managed transactions.  Reads are READ transactions with a timeout and a row budget, and the
answer says when the budget cut it.  A supervised engine that was killed is started again: a command
waits for it and its call is repeated once, since every write of ours may be; a service tells its
readers at once to come again (`waits`).  Where Neo4j itself fails over our own store, the store is
checked, and one that is damaged is set aside and filled from the log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import graph.frameless  # noqa: F401 - before the driver, which would load pandas

# isort: split
import neo4j
import neo4j.time
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DatabaseError,
    DatabaseUnavailable,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph.closing import Closing
from graph.engine import Endpoint, awaits_filling, ensure_engine, renew_store, store_problem
from graph.errors import GraphUnavailableError, InputError, XinnongError
from graph.settings import Settings
from graph.statement import Rows, Statement

__all__ = ["STORE_RENEWED", "Graph", "connect"]

_RETRY_S = 15.0
_CONNECT_S = 5.0
#: A question that is late this soon after the connection was opened is asked once more: an engine
#: that just started plans and reads everything for the first time.
_COLD_S = 120.0
#: What the driver raises when the engine went away.
_LOST = (ServiceUnavailable, SessionExpired, OSError)
_DAMAGED = "graph_damaged"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Code of the error where the store was set aside in the middle of filling it.
STORE_RENEWED = "store_renewed"
T = TypeVar("T")


class Graph(Closing):
    """A connection to one Neo4j database; use it as a context manager.  Safe across threads.

    Args:
        waits: whether a call waits for an engine that was killed; otherwise it is started again
            aside, and until it answers every call raises (`graph_restarting`).
        fills: a store that is new is filled from the log before anybody reads it.
    """

    def __init__(
        self, settings: Settings, *, owned: bool = False, waits: bool = True, fills: bool = True
    ) -> None:
        self._settings = settings
        self._owned = owned
        self._waits = waits
        self._fills = fills
        self._examined = False
        self._reopening = threading.Lock()
        self._closed = False
        self._endpoint, self._driver = self._open()
        self._store = awaits_filling(settings)

    @property
    def endpoint(self) -> Endpoint:
        """Where this graph answers."""
        return self._endpoint

    def read(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout_s: float = 10.0,
        max_rows: int = 10_000,
    ) -> Rows:
        """Run a read; temporal values come back as Python dates and UTC datetimes.

        Raises `InputError` (`read_only`, `query_refused`) and `GraphUnavailableError`
        (`query_timeout` where the answer did not come in time).
        """

        statement = Statement(text, parameters or {}, max_rows)
        return self.read_many([statement], timeout_s=timeout_s)[0]

    def read_many(self, statements: Sequence[Statement], *, timeout_s: float = 10.0) -> list[Rows]:
        """Run reads one after the other in one transaction; the engine goes on to the next while
        the rows of the last are read.

        Args:
            timeout_s: for all of them together.

        Raises as `read`.
        """

        def work(transaction: neo4j.ManagedTransaction) -> list[Rows]:
            begun = [transaction.run(each.text, dict(each.parameters)) for each in statements]
            return [_fetched(one, each) for one, each in zip(begun, statements, strict=True)]

        def once() -> list[Rows]:
            return self._run(
                lambda session: session.execute_read(_limited(work, timeout_s)), "READ"
            )

        try:
            return once()
        except GraphUnavailableError as error:
            if error.cause_code != "query_timeout" or time.monotonic() - self._opened > _COLD_S:
                raise
        return once()

    def write(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout_s: float = 120.0,
    ) -> None:
        """Run a write that may safely be repeated."""
        self.write_many([Statement(text, parameters or {})], timeout_s=timeout_s)

    def write_many(self, statements: Sequence[Statement], *, timeout_s: float = 120.0) -> None:
        """Run writes in one transaction, which may safely be repeated.

        Args:
            timeout_s: for all of them together.

        Raises as `read`.
        """

        def work(transaction: neo4j.ManagedTransaction) -> None:
            for each in statements:
                transaction.run(each.text, dict(each.parameters)).consume()

        self._run(lambda session: session.execute_write(_limited(work, timeout_s)), "WRITE")

    def explain(self, text: str, parameters: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Names of the operators in the plan of a query, without running it."""

        def work(transaction: neo4j.ManagedTransaction) -> Any:
            stated = f"EXPLAIN {text}"
            return transaction.run(stated, dict(parameters or {})).consume().plan

        plan = self._run(lambda session: session.execute_read(work), "READ")
        return tuple(_operators(plan))

    def server_version(self) -> str:
        """Version of the server that answers."""
        rows = self.read("CALL dbms.components() YIELD versions RETURN versions[0] AS version").rows
        return str(rows[0]["version"])

    def close(self) -> None:
        """Give the connections back."""
        self._closed = True
        self._driver.close()

    def _open(self) -> tuple[Endpoint, neo4j.Driver]:
        try:
            return self._connected()
        except GraphUnavailableError as error:
            # our own password is refused only where the store lost it
            if self._settings.neo4j_uri or error.cause_code != "graph_auth":
                raise
        renew_store(self._settings, "系统库丢失，密码不被接受")
        return self._connected()

    def _connected(self) -> tuple[Endpoint, neo4j.Driver]:
        endpoint = ensure_engine(self._settings, owned=self._owned)
        if self._fills and awaits_filling(self._settings):
            from graph.catch_up import catch_up  # it comes through this door itself

            catch_up(self._settings, owned=self._owned)
            endpoint = ensure_engine(self._settings, owned=self._owned)
        driver = self._driver_of(endpoint)
        try:
            driver.verify_connectivity()
        except (Neo4jError, DriverError) as error:
            driver.close()
            raise _translated(error, endpoint) from error
        self._opened = time.monotonic()
        return endpoint, driver

    def _driver_of(self, endpoint: Endpoint) -> neo4j.Driver:
        try:
            return neo4j.GraphDatabase.driver(
                endpoint.uri,
                auth=(endpoint.user, endpoint.password.get_secret_value()),
                max_transaction_retry_time=_RETRY_S if self._waits else 0.0,
                connection_timeout=_CONNECT_S,
                notifications_min_severity="OFF",
            )
        except (DriverError, ValueError) as error:
            raise _unreachable(endpoint, error) from error

    def _run(self, work: Callable[[neo4j.Session], T], access: str) -> T:
        if not self._waits and self._reopening.locked():
            raise _restarting()
        lost = self._driver
        try:
            return self._once(work, access)
        except _LOST as error:
            if not self._endpoint.supervised:
                raise _unreachable(self._endpoint, error) from error
            if not self._waits:
                self._reopen_aside(lost)
                raise _restarting() from error
        except GraphUnavailableError as error:
            if error.cause_code != _DAMAGED or not self._endpoint.supervised or self._examined:
                raise
            # once for each connection: what fails again over a whole store is another fault
            self._examined = True
            if not self._waits:
                self._reopen_aside(lost, examine=True)
                raise _restarting() from error
            self._examine()
        with self._reopening:
            self._reopen(lost)
        if not self._fills and awaits_filling(self._settings) != self._store:
            raise GraphUnavailableError(
                "图存储刚被搁置重建，请重试。",
                "The store was set aside in the middle of the work: begin it again.",
                code=STORE_RENEWED,
            )
        try:
            return self._once(work, access)
        except _LOST as error:
            raise _unreachable(self._endpoint, error) from error

    def _examine(self) -> None:
        """Check our own store; one that is damaged is set aside."""
        if problem := store_problem(self._settings):
            renew_store(self._settings, problem)

    def _reopen(self, lost: neo4j.Driver) -> None:
        """Start the engine again and connect, unless another thread did meanwhile."""
        if self._driver is not lost or self._closed:
            return
        # only a driver that was not closed tells again that its engine is gone: a start that fails
        # is tried again by whoever asks next
        self._endpoint, self._driver = self._open()
        lost.close()

    def _reopen_aside(self, lost: neo4j.Driver, *, examine: bool = False) -> None:
        if not self._reopening.acquire(blocking=False):
            return

        def reopen() -> None:
            try:
                # what keeps it from starting is told to the next who asks
                with suppress(XinnongError):
                    if examine:
                        self._examine()
                    self._reopen(lost)
            finally:
                self._reopening.release()

        threading.Thread(target=reopen, name="graph-reopen", daemon=True).start()

    def _once(self, work: Callable[[neo4j.Session], T], access: str) -> T:
        try:
            with self._driver.session(
                database=self._endpoint.database, default_access_mode=access
            ) as session:
                try:
                    return work(session)
                except Exception:
                    raise
                except BaseException:
                    self._hang_up()
                    raise
        except _LOST:
            raise
        except (Neo4jError, DriverError) as error:
            raise _translated(error, self._endpoint) from error

    def _hang_up(self) -> None:
        """Leave connections over which half a message may have gone: an interrupt comes anywhere.

        Rolled back over the same connection, the rest would be read as part of that message, and
        the engine's refusal of it, or a wait for the end of an answer that was half read, would take
        the place of the interrupt.
        """
        left, self._driver = self._driver, self._driver_of(self._endpoint)
        left.close()


def connect(
    settings: Settings, *, owned: bool = False, waits: bool = True, fills: bool = True
) -> Graph:
    """Connect to the configured Neo4j, or to our own engine, which is started when needed.

    Args:
        owned: an engine started by this call ends with this process.
        waits, fills: as `Graph`.
    """
    return Graph(settings, owned=owned, waits=waits, fills=fills)


def _limited(work: Callable[..., T], timeout_s: float) -> Callable[..., T]:
    return neo4j.unit_of_work(timeout=timeout_s)(work)


def _fetched(result: neo4j.Result, statement: Statement) -> Rows:
    columns = tuple(result.keys())
    fetched = result.fetch(statement.max_rows + 1)
    rows = [
        dict(zip(columns, map(_to_python, record.values()), strict=True))
        for record in fetched[: statement.max_rows]
    ]
    result.consume()
    return Rows(columns, rows, len(fetched) > statement.max_rows)


def _to_python(value: Any) -> Any:
    if isinstance(value, neo4j.time.DateTime):
        native: datetime = value.to_native()
        return native.astimezone(UTC)
    if isinstance(value, neo4j.time.Date):
        day: date = value.to_native()
        return day
    if isinstance(value, list):
        return [_to_python(item) for item in value]
    if isinstance(value, dict):
        told = {name: _to_python(item) for name, item in value.items()}
        # sent so (`graph.statement.microseconds`), for the driver makes an instant of ten objects
        if isinstance(heard := told.get("known_from"), int):
            told["known_from"] = _EPOCH + timedelta(microseconds=heard)
        return told
    return value


def _operators(plan: Mapping[str, Any]) -> list[str]:
    # the server adds "@database" to every operator's name
    found = [str(plan["operatorType"]).split("@")[0]]
    for child in plan.get("children", []):
        found += _operators(child)
    return found


def _translated(error: Exception, endpoint: Endpoint) -> XinnongError:
    code = getattr(error, "code", "") or ""
    if isinstance(error, AuthError):
        return GraphUnavailableError(
            "Neo4j 拒绝了用户名或密码。请检查 XINNONG_NEO4J_USER 和 XINNONG_NEO4J_PASSWORD。",
            "Neo4j refused the user or password: check XINNONG_NEO4J_USER and _PASSWORD.",
            code="graph_auth",
        )
    if "TransactionTimedOut" in code:
        return GraphUnavailableError(
            "图数据库没有在限定时间内答复：刚启动或正忙时较慢。请稍后再试；一再如此，请缩小查询范围。",
            "The graph did not answer in time: it is slow just after its start and while it is busy. "
            "Try again later; if it stays so, ask for less.",
            code="query_timeout",
        )
    if "AccessMode" in code:
        return InputError("查询只能读取，不能写入。", "A question may read only.", code="read_only")
    if isinstance(error, ClientError):
        return InputError(
            f"Neo4j 不接受这条查询（{code}）。",
            f"Neo4j refused the query ({code}): {getattr(error, 'message', '')}",
            code="query_refused",
        )
    if isinstance(error, DatabaseError | DatabaseUnavailable):
        return _failing(endpoint, error)
    return _unreachable(endpoint, error)


def _failing(endpoint: Endpoint, error: Exception) -> GraphUnavailableError:
    """It answers, and fails over its own store."""
    todo = (
        "请运行 xinnong check；存储损坏的，会由日志重建。"
        if endpoint.supervised
        else "请管理员检查该库的磁盘空间和存储；损坏的，请建空库后运行 xinnong check --repair。"
    )
    return GraphUnavailableError(
        f"图数据库 {endpoint.uri} 读写自己的存储时出错。{todo}数据以日志为准，未受影响。",
        f"Neo4j at {endpoint.uri} fails over its own store ({getattr(error, 'code', '')}): "
        "`xinnong check`. The log is the truth, nothing is lost.",
        code=_DAMAGED,
    )


def _restarting() -> GraphUnavailableError:
    return GraphUnavailableError(
        "图数据库正在重新启动，数据未受影响。请稍后再试。",
        "The graph is being started again; nothing was lost: try again in a moment.",
        code="graph_restarting",
    )


def _unreachable(endpoint: Endpoint, error: Exception) -> GraphUnavailableError:
    return GraphUnavailableError(
        f"连接不上图数据库 {endpoint.uri}。请确认它已启动、地址正确；数据未受影响，可稍后重试。",
        f"No Neo4j answers at {endpoint.uri} ({type(error).__name__}). Nothing was lost; check "
        "that it runs and that the address is right, then try again.",
        code="graph_unreachable",
    )
