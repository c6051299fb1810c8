"""Whether a text names a natural person: what is told to everybody names none.

A name of three signs or more that the register or any file knows is a name wherever it stands; one of two is,
where it is somebody's of the organisation itself, or where a word beside it says that somebody is meant.

Source: 个人信息保护法 第二十五条 (personal information is not published without separate consent).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.names.writing import simplified
from queries.district import DistrictReader

__all__ = ["refuse_persons"]

#: Words beside which two signs are a name.
_BEFORE = (
    "法定代表人|负责人|经营者|董事长|董事|监事|总经理|经理|股东|理事长|社长|厂长|实际控制人|当事人"
)
_AFTER = "先生|女士|同志|夫妇|某"
_TITLED = re.compile(rf"(?:{_BEFORE})(?:为|是|：|:)?(?=([\u4e00-\u9fff]{{2}}))")
_CALLED = re.compile(rf"(?=([\u4e00-\u9fff]{{2}})(?:{_AFTER}))")
_LONGEST = 8


def refuse_persons(reader: DistrictReader, subject: str, text: str) -> None:
    """Raise `InputError` (`person_named`) where a text names a person, or has anybody's number.

    The name is not repeated: the message goes to whoever wrote it, and into no log.
    """
    plain = simplified(text)
    if redacted(text, strict=False) != text:
        raise _refused("证件号码或者电话号码")
    known = _names(reader)
    if any(
        plain[at : at + size] in known
        for size in range(3, _LONGEST + 1)
        for at in range(len(plain) - size + 1)
    ):
        raise _refused("自然人姓名")
    beside = {*_TITLED.findall(plain), *_CALLED.findall(plain)} & known
    own = {name for name in _own_names(reader, subject) if name in plain}
    if beside or own:
        raise _refused("自然人姓名")


def _names(reader: DistrictReader) -> frozenset[str]:
    """Every name of a person that anything tells, whatever became of the fact."""

    def read() -> frozenset[str]:
        told = pa.chunked_array([*reader.whenever("Person")["name"].chunks], pa.string())
        return frozenset(simplified(name) for name in pc.unique(told).to_pylist() if name)

    return reader.computed("names_of_persons", read)


def _own_names(reader: DistrictReader, subject: str) -> frozenset[str]:
    """Names of those tied to an organisation as who represents, runs or holds it."""
    keys: set[str] = set()
    for kind in ("LEGAL_REPRESENTATIVE_OF", "EXECUTIVE_OF", "HOLDS_SHARES_IN", "MEMBER_OF"):
        ties = reader.whenever(kind)
        keys |= set(ties.filter(pc.equal(ties["to_key"], subject))["from_key"].to_pylist())
    people = reader.whenever("Person")
    own = people.filter(pc.is_in(people["key"], value_set=pa.array(sorted(keys), pa.string())))
    return frozenset(simplified(name) for name in own["name"].to_pylist() if name)


def _refused(what: str) -> InputError:
    return InputError(
        f"文字里有{what}。典型案例向社会公开，不能出现任何自然人的信息；请删去后重新提出。",
        "The text names a person or holds a person's number: nothing of a person is published.",
        code="person_named",
    )
