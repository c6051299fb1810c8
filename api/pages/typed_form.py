"""The fields of a form as they were typed, for a page whose fields are not known beforehand."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

__all__ = ["TypedForm"]


async def _typed(request: Request) -> dict[str, str]:
    """Only this is awaited: what a page does with it runs beside the others."""
    form = await request.form()
    return {name: str(value).strip() for name, value in form.items()}


#: By name; spaces around a value are nobody's.
TypedForm = Annotated[dict[str, str], Depends(_typed)]
