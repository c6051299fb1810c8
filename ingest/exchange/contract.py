"""What is agreed with a partner, as data: one file in `partners` is one contract, and nothing else is.

    direction   out: what the district holds and may share is rendered in the partner's templates
                in: the partner's rows are handed, in our headings, to the ingest of a source
    tables      templates: columns with their codes, units, lengths and what is required; the edition
                of the template stands beside, since a code may mean opposite things in two of them
    codes       what an answer of the partner means: whether it took all it does not name (taken),
                nothing (nothing), or nobody knows (unknown)

A contract that names what our schema or a source does not have does not load.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from graph.errors import InputError, NotFoundError
from graph.plain_yaml import read_yaml
from graph.schema import SCHEMA
from graph.vocabulary import Node
from queries.lawful import repair_law
from queries.rule_file import Strict

__all__ = [
    "Code",
    "Column",
    "Contract",
    "Incoming",
    "KnownFault",
    "Template",
    "contract_named",
    "contracts",
]

EndKind: TypeAlias = Literal["http", "file"]
Meaning: TypeAlias = Literal["taken", "nothing", "unknown"]

#: What a column may be taken from besides properties of the record, by its owner.
SUBJECT = ("name", "code", "kind", "number_masked")
RECORD = ("known_on", "action")
BODY = ("code",)
SETTING = ("department", "division")


class Column(Strict):
    """One column of an outgoing template.

    Attributes:
        name: what the partner calls it in a request; `title` what people call it.
        taken_from: `property`, `subject.name`, `record.id`, `setting.division`; `otherwise` are
            asked in turn where it says nothing; `fixed` is the same in every row.
        codes: our code -> the partner's; a value that is not among them cannot be sent.
        several: of a value that names several, its first, the rest, or all of them.
        unit: of an amount that we hold in fen.
        most: characters; `group`: of one group at least one is filled.
        person: only for a natural person (True), only for others (False).
    """

    name: str
    title: str
    taken_from: str = Field(default="", alias="from")
    otherwise: tuple[str, ...] = ()
    fixed: str = ""
    codes: Mapping[str, str] = Field(default_factory=dict)
    several: Literal["", "first", "rest", "all"] = ""
    day: str = "%Y-%m-%d"
    unit: Literal["", "元", "万元", "分"] = ""
    most: int = Field(default=4000, gt=0)
    required: bool = False
    group: str = ""
    person: bool | None = None


class Template(Strict):
    """One table of a partner, and which of our records it takes.

    Attributes:
        version: how the partner calls this edition of its table; `edition` in people's words.
        kind, tie: of the record, and of its tie to its subject.
        where: property -> values: only such records (an empty value: where nothing is said).
        beside: kind of what describes the record and is told with it (`InspectionResult`).
        withdraw: column and code that say that a record is withdrawn.
    """

    title: str
    version: str
    edition: str
    kind: str
    tie: str
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    beside: str = ""
    withdraw: tuple[str, str]
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _of_the_schema(self) -> Template:
        node, tie = SCHEMA.nodes.get(self.kind), SCHEMA.relationships.get(self.tie)
        if node is None or tie is None or self.kind not in tie.targets:
            raise ValueError(f"{self.title}: no {self.kind} by {self.tie}")
        said = _properties(node)
        if self.beside:
            said |= _properties(SCHEMA.nodes[self.beside])
        names = [column.name for column in self.columns]
        if len({*names}) != len(names):
            raise ValueError(f"{self.title}: a column stands twice")
        if self.withdraw[0] not in names:
            raise ValueError(f"{self.title}: nothing says that a record is withdrawn")
        for name in (*self.where, *self._asked()):
            owner, _, field = name.rpartition(".")
            known = {
                "": said,
                "subject": SUBJECT,
                "record": RECORD,
                "body": BODY,
                "setting": SETTING,
            }
            if field not in known.get(owner, ()):
                raise ValueError(f"{self.title}: a record says no {name}")
        return self

    def _asked(self) -> list[str]:
        return [
            name
            for column in self.columns
            for name in (column.taken_from, *column.otherwise)
            if name
        ]


class Incoming(Strict):
    """One table of a partner that we take in: into which table of which source.

    Attributes:
        file: the name under which its rows are handed to ingest, without ending; a source with
            several tables tells them by it.
        columns: the partner's name -> field of the source.
        codes: field -> the partner's code -> what our source reads.
        units: field -> unit in which the partner sends an amount.
        fixed: field -> what stands in every row.
    """

    title: str
    version: str
    edition: str
    source: str
    table: str
    file: str
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    units: Mapping[str, Literal["元", "万元", "分"]] = Field(default_factory=dict)
    fixed: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_the_source(self) -> Incoming:
        from ingest.catalogue.source import load_source

        source = load_source(self.source)
        if source.completeness_of(self.table) == "snapshot":
            raise ValueError(f"{self.title}: a page of it would close what stands on the others")
        stated = source.tables[self.table].fields
        fields = {item.name for item in stated}
        needed = {item.name for item in stated if item.required}
        if lacking := needed - {*self.columns.values(), *self.fixed}:
            raise ValueError(f"{self.title}: {self.source} needs {sorted(lacking)}")
        named = {*self.columns.values(), *self.codes, *self.units, *self.fixed}
        if named - fields:
            raise ValueError(f"{self.title}: {self.source} has no {sorted(named - fields)}")
        return self


class Code(Strict):
    """What an answer's code means; `to_do`: what is to be done about it, in Chinese."""

    means: Meaning
    title: str
    to_do: str = ""


class KnownFault(Strict):
    """A check of the partner's that is known to refuse what is right.

    Attributes:
        message: what it says then.  column: what it is about.  right: our check, `uscc`.
    """

    message: str
    column: str
    right: Literal["uscc"]
    say: str


class Person(Strict):
    """By which clause records of natural persons are shared, and whether with a number.

    The number leaves with its last digits hidden: more of it is not held here.
    """

    clause: str
    number: Literal["none", "masked"]


class Http(Strict):
    """Where and how long: paths below the address of the partner, seconds, bytes."""

    path: str
    receipt_path: str = ""
    connect_s: float = Field(gt=0, le=60)
    read_s: float = Field(gt=0, le=600)
    most_bytes: int = Field(default=16 * 2**20, gt=0)


class Limits(Strict):
    """How much at once.

    Attributes:
        rows: of a request.  tries: of a request in one run, and so many of them.
        withdrawn_ratio: of what the partner holds; to withdraw more at once somebody must say so.
    """

    rows: int = Field(gt=0, le=5_000)
    tries: int = Field(default=3, gt=0, le=10)
    withdrawn_ratio: float = Field(default=0.2, gt=0, le=1)


class Words(Strict):
    """What the parts of a request and of its answer are called.

    Attributes:
        number: the partner knows a request that came twice by it.
        place: of a row in its request, counted from 1, in what an answer says of single rows.
        row_id, row_version: by which the partner knows a row that came twice; empty: it takes none.
    """

    table: str = "tableCode"
    department: str = "departmentCode"
    version: str = "tableVersionId"
    number: str = "requestNo"
    body: str = "body"
    cursor: str = "cursor"
    size: str = "size"
    code: str = "errorCode"
    message: str = "errorMsg"
    total: str = "totalSize"
    taken: str = "successSize"
    failed: str = "failSize"
    rows: str = "tips"
    place: str = "row"
    row_id: str = "row_id"
    row_version: str = "row_version"


class Contract(Strict):
    """One partner.

    Attributes:
        name: of its file.
        shares: use scopes of records that go out; a record that says none is public.
        public_only: only what law lets be published at all.
        receiver: who the partner is to those who have to acknowledge that a record was withdrawn
            (`queries.lawful.repair`); empty: none of them.
        answer_days: working days in which the partner answers a file.
        codes: of a whole answer; row_codes: of one row, where it is not refused by it.
    """

    name: str
    title: str
    partner: str
    direction: Literal["out", "in"]
    ends: tuple[EndKind, ...]
    legal_basis: str
    sure: Literal["found", "known_high", "unsure"]
    shares: tuple[Literal["public", "internal", "authorised"], ...] = ()
    public_only: bool = False
    receiver: str = ""
    persons: Person | None = None
    http: Http | None = None
    limits: Limits
    answer_days: int = Field(gt=0)
    words: Words = Words()
    codes: Mapping[str, Code]
    row_codes: Mapping[str, Code] = Field(default_factory=dict)
    known_faults: tuple[KnownFault, ...] = ()
    outgoing: Mapping[str, Template] = Field(default_factory=dict)
    incoming: Mapping[str, Incoming] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Contract:
        if bool(self.outgoing) is not (self.direction == "out"):
            raise ValueError(f"{self.name}: what goes out has outgoing tables, what comes in none")
        if bool(self.incoming) is not (self.direction == "in"):
            raise ValueError(f"{self.name}: what comes in has incoming tables, what goes out none")
        if bool(self.shares) is not (self.direction == "out"):
            raise ValueError(f"{self.name}: what goes out says which use scopes it shares")
        if ("http" in self.ends) is not (self.http is not None):
            raise ValueError(f"{self.name}: an HTTP end has its paths and times")
        if self.receiver and (
            self.direction == "in" or self.receiver not in repair_law().receivers
        ):
            raise ValueError(
                f"{self.name}: {self.receiver} is nobody who acknowledges a withdrawal"
            )
        if not any(code.means == "taken" for code in self.codes.values()):
            raise ValueError(f"{self.name}: no answer means that rows were taken")
        return self


@cache
def contracts() -> Mapping[str, Contract]:
    """Every contract by its name; raises pydantic's `ValidationError`."""
    folder = files("ingest.exchange") / "partners"
    found = {
        item.name.removesuffix(".yaml"): item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".yaml")
    }
    return {name: contract_of(name, text) for name, text in sorted(found.items())}


def contract_of(name: str, text: str) -> Contract:
    """The contract that a text declares; raises pydantic's `ValidationError`.

    A table that says `like` is as the other one of its direction, but for what it says itself.
    """
    stated = read_yaml(text)
    for side in ("outgoing", "incoming"):
        tables = stated.get(side, {})
        stated[side] = {
            table: {**tables.get(said.pop("like", ""), {}), **said}
            for table, said in tables.items()
        }
    return Contract.model_validate({"name": name, **stated})


def contract_named(name: str) -> Contract:
    """One contract; raises `NotFoundError` (`exchange_unknown`)."""
    found = contracts().get(name)
    if found is None:
        told = "、".join(contracts())
        raise NotFoundError(
            f"没有名为“{name}”的交换约定。现有：{told}。",
            f"There is no such contract; these are: {told}.",
            code="exchange_unknown",
        )
    return found


def contract_for(name: str, direction: Literal["in", "out"]) -> Contract:
    """One contract of a direction; raises also `InputError` (`exchange_direction`) for one of the other."""
    found = contract_named(name)
    if found.direction == direction:
        return found
    if direction == "out":
        chinese, english = (
            "是接收数据的，不能报送。请用接收。",
            "This contract takes in: receive instead.",
        )
    else:
        chinese = "是报送数据的，不能接收。请用排队和报送。"
        english = "This contract sends: enqueue and send instead."
    raise InputError(f"“{found.title}”{chinese}", english, code="exchange_direction")


def _properties(node: Node) -> set[str]:
    return {item.name for item in node.properties}
