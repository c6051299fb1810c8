"""Publishing a product's new version: two persons, golden cases, a difference in Chinese.

A proposal is the whole product file with its case file.  What is in force or was stays word for
word as it is; a new version begins on a day to come, so that no rule is changed backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from graph.errors import InputError, NotFoundError
from graph.operations import OperationsStore, Proposal, Proposals
from queries.eligibility.rules.barred import objections
from queries.eligibility.rules.difference import difference
from queries.eligibility.rules.golden import Cases, failures, read_cases, shipped_cases
from queries.eligibility.rules.product import (
    Product,
    Version,
    packaged,
    packaged_text,
    read_product,
)

__all__ = [
    "Proposed",
    "approve",
    "compare_products",
    "current_products",
    "files_of",
    "is_product",
    "propose",
    "rehearse",
    "review_proposal",
]


@dataclass(frozen=True)
class Proposed:
    """A proposal with what the second person reads.

    Attributes:
        changes: against what is in force now, in Chinese; nothing once it has passed.
        cases: its golden cases, all of which held when it was put forward.
    """

    proposal: Proposal
    product: Product
    changes: tuple[str, ...]
    cases: Cases


def current_products(store: OperationsStore) -> Mapping[str, Product]:
    """All products: those that ship, with the versions that were published here over them."""
    published = {
        name: read_product(name, passed.text.decode())
        for name, passed in Proposals(store).passed().items()
        if is_product(passed)
    }
    return {**packaged(), **published}


def is_product(proposal: Proposal) -> bool:
    """Whether a proposal is about a product; one about the scorecard is named `card:…`."""
    return ":" not in proposal.subject


def files_of(store: OperationsStore, name: str) -> tuple[str, str]:
    """The product file that is in force and its golden cases, as they were written: where a new
    version begins.  Raises `NotFoundError`."""
    passed = Proposals(store).last_passed(name)
    if passed is not None and is_product(passed):
        return passed.text.decode(), passed.proof.decode()
    if name not in packaged():
        raise NotFoundError(
            f"没有名为 {name} 的产品。", f"There is no product {name}.", code="product_unknown"
        )
    return packaged_text(name), shipped_cases(name)


def rehearse(
    store: OperationsStore, name: str, text: str, cases: str, *, day: date
) -> tuple[Product, tuple[str, ...]]:
    """What `propose` would put forward, with its difference; nothing is written.  Raises as it does."""
    return _checked(store, name, text, cases, day)


def propose(
    store: OperationsStore, name: str, text: str, cases: str, *, by: str, at: datetime, day: date
) -> Proposed:
    """Put a product file forward.

    Raises `InputError`: the file is faulty, a golden case fails, a version that began is changed,
    a new one begins too early, nothing changes.
    """
    product, changes = _checked(store, name, text, cases, day)
    put = Proposals(store).put(name, text.encode(), cases.encode(), by=by, at=at)
    return Proposed(put, product, changes, read_cases(cases))


def review_proposal(store: OperationsStore, proposal: Proposal) -> Proposed:
    """A proposal as the second person reads it; nothing is checked and nothing changes."""
    product = read_product(proposal.subject, proposal.text.decode())
    current = current_products(store).get(proposal.subject)
    changes = compare_products(current, product)
    return Proposed(proposal, product, changes, read_cases(proposal.proof.decode()))


def approve(store: OperationsStore, proposal: str, *, by: str, at: datetime, day: date) -> Proposed:
    """Let a proposal pass, by another person; everything is checked again as it stands now.

    Raises as `propose` does, and `InputError` (`two_persons`), `NotFoundError`.
    """
    proposals = Proposals(store)
    put = proposals.find(proposal)
    if not is_product(put):
        raise NotFoundError(
            "这是评分卡的提案，请用 xinnong card --approve 批准。",
            "That proposal is about the scorecard.",
            code="proposal_unknown",
        )
    if put.approved_at is not None:
        return review_proposal(store, put)
    product, changes = _checked(store, put.subject, put.text.decode(), put.proof.decode(), day)
    passed = proposals.approve(proposal, by=by, at=at)
    return Proposed(passed, product, changes, read_cases(put.proof.decode()))


def compare_products(before: Product | None, after: Product) -> tuple[str, ...]:
    """What changes from one state of a product to the next, in Chinese."""
    if before is None:
        return (f"新产品“{after.title}”，{len(after.versions)} 个版本",)
    found = []
    if before.title != after.title:
        found.append(f"名称由“{before.title}”改为“{after.title}”")
    old = {item.version: item for item in before.versions}
    last = before.versions[-1]
    for version in after.versions:
        base = old.get(version.version, last)
        head = f"版本 {version.version}（自 {version.effective_from} 起）"
        lines = [f"{head}：{line}" for line in difference(base, version)]
        if version.version not in old:
            lines = lines or [f"{head}：内容与 {base.version} 相同"]
        found += lines
    return tuple(found)


def _checked(
    store: OperationsStore, name: str, text: str, cases: str, day: date
) -> tuple[Product, tuple[str, ...]]:
    product = read_product(name, text)
    current = current_products(store).get(name)
    _refuse_backwards(current, product, day)
    changes = compare_products(current, product)
    if not changes:
        raise InputError(
            "与现行版本没有任何不同，无需发布。",
            "Nothing changes: there is nothing to publish.",
            code="nothing_changes",
        )
    before = set() if current is None else {item.version for item in current.versions}
    new = [item for item in product.versions if item.version not in before]
    barred = tuple(objections(product, new))
    if barred:
        raise InputError(
            "有不可提出的下一步，不能发布：\n" + "\n".join(barred),
            f"{len(barred)} steps may not be proposed: not published.",
            code="step_barred",
        )
    failed = failures(product, read_cases(cases))
    if failed:
        raise InputError(
            "用例没有通过，不能发布：\n" + "\n".join(failed),
            f"{len(failed)} golden cases fail: not published.",
            code="cases_fail",
        )
    return product, changes


def _refuse_backwards(current: Product | None, product: Product, day: date) -> None:
    before = {} if current is None else {item.version: item for item in current.versions}
    after = {item.version: item for item in product.versions}
    if current is not None and current.for_whom != product.for_whom:
        raise _backwards("服务对象不能改；请另立产品", "for_whom cannot change: make a new product")
    for name, version in before.items():
        if name not in after or _kept(after[name]) != _kept(version):
            raise _backwards(
                f"已有版本 {name} 不得改动或删除，请新增版本",
                f"Version {name} exists and must stay as it is: add a new one",
            )
        ends = after[name].retired_on
        if ends != version.retired_on and (ends is None or ends <= day):
            raise _backwards(
                f"版本 {name} 的停办日期须晚于今天", f"Version {name} may end on a day to come only"
            )
    for name, version in after.items():
        if name not in before and version.effective_from <= day:
            raise _backwards(
                f"新版本 {name} 的生效日期须晚于今天（不溯及既往）",
                f"Version {name} must begin on a day to come",
            )


def _kept(version: Version) -> Version:
    return version.model_copy(update={"retired_on": None})


def _backwards(message_zh: str, message_en: str) -> InputError:
    return InputError(f"{message_zh}。", f"{message_en}.", code="version_backwards")
