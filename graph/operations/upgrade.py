"""The tables of a store, brought to what this version declares: by Alembic, in one transaction.

The steps are `graph/operations/migrations/versions`.  A step that is cut off is none: the store is
as it was, and the next opening runs it again.  A store that a newer version has changed is refused:
what it keeps there this version would not see, and would answer as if it were not.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from graph.errors import OperationsError

__all__ = ["NEWEST", "bring_up_to_date", "version_of"]

#: The last step; a test holds it to the files.
NEWEST = "0021"


def version_of(connection: Connection) -> str | None:
    """The last step that a store has been through; None for one from before there were steps."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def bring_up_to_date(engine: Engine) -> None:
    """Run the steps that a store lacks, all or none.

    Args:
        engine: in which SQLite does not look at foreign keys: it changes a table by making it anew.

    Raises `OperationsError` (`operations_newer`) for a store of a newer version.
    """
    with engine.begin() as connection:
        held = version_of(connection)
        if held == NEWEST:
            return
        # Alembic takes a tenth of a second to load, and most stores need none of it
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if held is not None and held not in known:
            raise _newer(held)
        command.upgrade(config, "head")


def _newer(held: str) -> OperationsError:
    return OperationsError(
        f"运行库已由更新版本的程序升级（结构 {held}，本程序只认到 {NEWEST}），没有读出或写入任何内容。"
        "请改用新版本的程序；确需退回旧版本的，请先从升级前的备份恢复运行库。",
        f"The operations store is of a newer version (schema {held}; this one knows {NEWEST}): "
        "use the newer program, or restore the store from a backup made before the upgrade.",
        code="operations_newer",
    )
