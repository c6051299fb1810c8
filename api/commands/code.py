"""A code that fails its check digit and is real: confirmed by a person, on evidence."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import Json, answer_with, open_settings

__all__ = ["commands"]

commands = typer.Typer()


@commands.command("confirm-code")
def confirm(
    code: Annotated[str, typer.Argument(help="统一社会信用代码 / unified social credit code")],
    by: Annotated[str, typer.Option(help="确认人 / who confirms it")],
    evidence: Annotated[str, typer.Option(help="依据，如营业执照副本原件 / on what evidence")],
    as_json: Json = False,
) -> None:
    """确认一个校验码不符但确属真实的代码，此后照收并单独计数 / confirm a real code that fails its check digit."""
    from graph.time import utc_now
    from ingest.checking.confirmed import confirm_code

    kept = confirm_code(open_settings().data, code, by=by, evidence=evidence, at=utc_now())
    answer_with({"confirmed": kept}, as_json, lambda: print(f"已确认 {kept}，请把退回的行重新报送"))
