"""The one door to Neo4j: the only module that imports its driver.

Only managed transactions.  Reads are READ transactions with a timeout and a row budget, and the
answer says when the budget cut it.  A supervised engine that was killed is started again and the
call repeated once: every write of ours may be repeated.  Where Neo4j itself fails over our own
store, the store is checked, and one that is damaged is set aside and filled from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

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
)

from graph.engine import Endpoint, awaits_filling, ensure_engine, renew_store, store_problem
from graph.errors import GraphUnavailableError, InputError, XinnongError
from graph.settings import Settings

__all__ = ["STORE_RENEWED", "Graph", "Rows", "connect"]

_RETRY_S = 15.0
_CONNECT_S = 5.0
_DAMAGED = "graph_damaged"

#: Code of the error where the store was set aside in the middle of filling it.
STORE_RENEWED = "store_renewed"
T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """What a read returned; `truncated` when there was more than the row budget."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    truncated: bool


class Graph:
    """A connection to one Neo4j database; use it as a context manager.  Safe across threads."""

    def __init__(self, settings: Settings, *, owned: bool = False, fills: bool = True) -> None:
        """Open it; `fills`: a store that is new is filled from the log before anybody reads it."""
        self._settings = settings
        self._owned = owned
        self._fills = fills
        self._examined = False
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

        Raises `InputError` (`query_timeout`, `read_only`, `query_refused`) and
        `GraphUnavailableError`.
        """

        def work(transaction: neo4j.ManagedTransaction) -> Rows:
            result = transaction.run(text, dict(parameters or {}))
            columns = tuple(result.keys())
            fetched = result.fetch(max_rows + 1)
            rows = [
                dict(zip(columns, map(_to_python, record.values()), strict=True))
                for record in fetched[:max_rows]
            ]
            result.consume()
            return Rows(columns, rows, len(fetched) > max_rows)

        return self._run(lambda session: session.execute_read(_limited(work, timeout_s)), "READ")

    def write(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout_s: float = 120.0,
    ) -> None:
        """Run a write that may safely be repeated."""

        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(text, dict(parameters or {})).consume()

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
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> tuple[Endpoint, neo4j.Driver]:
        try:
            return self._opened()
        except GraphUnavailableError as error:
            # our own password is refused only where the store lost it
            if self._settings.neo4j_uri or error.cause_code != "graph_auth":
                raise
        renew_store(self._settings, "系统库丢失，密码不被接受")
        return self._opened()

    def _opened(self) -> tuple[Endpoint, neo4j.Driver]:
        endpoint = ensure_engine(self._settings, owned=self._owned)
        if self._fills and awaits_filling(self._settings):
            from graph.catch_up import catch_up  # it comes through this door itself

            catch_up(self._settings, owned=self._owned)
            endpoint = ensure_engine(self._settings, owned=self._owned)
        try:
            driver = neo4j.GraphDatabase.driver(
                endpoint.uri,
                auth=(endpoint.user, endpoint.password.get_secret_value()),
                max_transaction_retry_time=_RETRY_S,
                connection_timeout=_CONNECT_S,
                notifications_min_severity="OFF",
            )
        except (DriverError, ValueError) as error:
            raise _unreachable(endpoint, error) from error
        try:
            driver.verify_connectivity()
        except (Neo4jError, DriverError) as error:
            driver.close()
            raise _translated(error, endpoint) from error
        return endpoint, driver

    def _run(self, work: Callable[[neo4j.Session], T], access: str) -> T:
        try:
            return self._once(work, access)
        except (ServiceUnavailable, OSError) as error:
            if not self._endpoint.supervised:
                raise _unreachable(self._endpoint, error) from error
        except GraphUnavailableError as error:
            if error.cause_code != _DAMAGED or not self._is_damaged():
                raise
        self._driver.close()
        self._endpoint, self._driver = self._open()
        if not self._fills and awaits_filling(self._settings) != self._store:
            raise GraphUnavailableError(
                "图存储刚被搁置重建，请重试。",
                "The store was set aside in the middle of the work: begin it again.",
                code=STORE_RENEWED,
            )
        try:
            return self._once(work, access)
        except (ServiceUnavailable, OSError) as error:
            raise _unreachable(self._endpoint, error) from error

    def _is_damaged(self) -> bool:
        """Whether our own store is found damaged, once for each connection; then it is set aside."""
        if not self._endpoint.supervised or self._examined:
            return False
        self._examined = True
        self._driver.close()
        problem = store_problem(self._settings)
        if problem:
            renew_store(self._settings, problem)
        else:
            self._endpoint, self._driver = self._open()
        return problem is not None

    def _once(self, work: Callable[[neo4j.Session], T], access: str) -> T:
        try:
            with self._driver.session(
                database=self._endpoint.database, default_access_mode=access
            ) as session:
                return work(session)
        except ServiceUnavailable:
            raise
        except (Neo4jError, DriverError) as error:
            raise _translated(error, self._endpoint) from error


def connect(settings: Settings, *, owned: bool = False, fills: bool = True) -> Graph:
    """Connect to the configured Neo4j, or to our own engine, which is started when needed.

    Args:
        owned: an engine started by this call ends with this process.
        fills: a store that is new because the one before was damaged is filled from the log first.
    """
    return Graph(settings, owned=owned, fills=fills)


def _limited(work: Callable[..., T], timeout_s: float) -> Callable[..., T]:
    return neo4j.unit_of_work(timeout=timeout_s)(work)


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
        return {name: _to_python(item) for name, item in value.items()}
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
        return InputError(
            "查询超时。请缩小范围（例如减少跳数）后重试。",
            "The query took too long: narrow it (fewer hops) and try again.",
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
        else "请管理员检查该库的磁盘空间和存储；损坏的，请建空库后运行 xinnong check --mend。"
    )
    return GraphUnavailableError(
        f"图数据库 {endpoint.uri} 读写自己的存储时出错。{todo}数据以日志为准，未受影响。",
        f"Neo4j at {endpoint.uri} fails over its own store ({getattr(error, 'code', '')}): "
        "`xinnong check`. The log is the truth, nothing is lost.",
        code=_DAMAGED,
    )


def _unreachable(endpoint: Endpoint, error: Exception) -> GraphUnavailableError:
    return GraphUnavailableError(
        f"连接不上图数据库 {endpoint.uri}。请确认它已启动、地址正确；数据未受影响，可稍后重试。",
        f"No Neo4j answers at {endpoint.uri} ({type(error).__name__}). Nothing was lost; check "
        "that it runs and that the address is right, then try again.",
        code="graph_unreachable",
    )
