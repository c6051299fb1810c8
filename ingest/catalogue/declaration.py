"""A YAML file that an office writes itself, read as what it declares or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from graph.errors import InputError, SettingsError
from graph.plain_yaml import read_yaml, yaml_text

__all__ = ["read_declaration"]

_Declared = TypeVar("_Declared", bound=BaseModel)


def read_declaration(
    model: type[_Declared], path: Path, wrong: Callable[[str, str], SettingsError]
) -> _Declared:
    """What a file declares.

    Args:
        wrong: file name and reason -> the error that is raised where it cannot be read.  Of content only
            the place is named, never what stands there.
    """
    try:
        return model.model_validate(read_yaml(yaml_text(path)))
    except InputError as error:
        raise wrong(path.name, "文件无法读取") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        where = (
            "；".join(".".join(map(str, item["loc"])) for item in error.errors())
            if isinstance(error, ValidationError)
            else type(error).__name__
        )
        raise wrong(path.name, f"内容有误（{where}）") from error
