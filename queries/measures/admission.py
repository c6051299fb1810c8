"""Whether a measure may fall on somebody: every clause that is checked, in order, and the first that fails.

1 it stands in the catalogue and is in force; 2 it is for such a subject in such a role; 3 the record
that it follows from may be used and was made by the authority that the clause names; 4 it lasts
between the least and the most that the clause allows; 5 what is for the lender to decide only
informs; 6 a person of the authority decided, told the subject and said what can be done against it;
7 it has an end, and ends by itself.

Three-valued: what nobody has said yet is open, and is no admission.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from graph.time import months_after
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict, all_of
from queries.measures.catalogue import SURE, Catalogue, Measure, load_measures
from queries.measures.subject import ROLES, Subject, Trigger, subject_class

__all__ = ["CLAUSES", "Admission", "Application", "ClauseCheck", "admit"]

#: Code of a clause -> its title, in the order in which they are checked.
CLAUSES = {
    "catalogue": "措施在目录中且现行有效",
    "subject": "对象和身份相符",
    "record": "触发记录可以使用，且由有权机关作出",
    "term": "期限在法定幅度内",
    "lender": "由金融机构自主决定的，只提供信息",
    "decision": "由有权机关的人员决定，已告知并写明救济途径",
    "end": "有截止日期，到期自动解除",
}

_OK, _NO, _OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
_ELEVATED = frozenset({"legal_representative", "principal", "responsible"})
#: Terms that end with something that happens, and need no day.
_WITH_RECORD = frozenset({"record", "until_met"})


@dataclass(frozen=True)
class Application:
    """How a measure is to be, or was, applied; what nobody said is None.

    Attributes:
        authority: that carries it out.  officer: who decided there.
        begins_on, ends_on: first and last day.  is_lifelong: the decision says for life.
        told_on: when the subject was told.  remedy: what can be done against it, where and until when.
        informs_only: of group 3: the lender is informed and not told what to do.
    """

    authority: str | None = None
    officer: str | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    is_lifelong: bool = False
    told_on: date | None = None
    remedy: str | None = None
    informs_only: bool = True


@with_codes
@dataclass(frozen=True)
class ClauseCheck:
    """One clause: what it says of this case.

    Attributes:
        code: of `CLAUSES`.  number: in the order of checking, from 1.
        fault: of a clause that fails, what is wrong, as a code; else empty.
        reason: in Chinese; `remedy`: what to do; empty where it holds.
        basis: the clause of law.
    """

    number: int
    code: str
    title: str
    verdict: Verdict
    reason: str
    remedy: str
    basis: str
    fault: str = ""


@with_codes
@dataclass(frozen=True)
class Admission:
    """The answer.

    Attributes:
        verdict: MET: it may be applied; NOT_MET: it may not; UNKNOWN: something is still to be said.
        failing: the first clause that fails, or, where none does, the first that is open.
        rules: the catalogue applied.
    """

    measure: str | None
    verdict: Verdict
    clauses: tuple[ClauseCheck, ...]
    failing: ClauseCheck | None
    rules: str


def admit(
    measure: Measure | None,
    subject: Subject,
    record: Trigger,
    moment: date,
    said: Application | None = None,
    *,
    book: Catalogue | None = None,
) -> Admission:
    """Check every clause.

    Args:
        measure: None: no line of the catalogue says so.
        moment: the day by which law is applied (`graph.moment.Moment.lawful_on`).
        said: how it is to be applied; None: nothing of it was said yet.
    """
    rules = book or load_measures()
    case = _Case(measure, subject, record, moment, said or Application(), rules)
    checks = tuple(
        ClauseCheck(number, code, title, *found)
        for number, ((code, title), found) in enumerate(
            zip(CLAUSES.items(), case.clauses(), strict=True), start=1
        )
    )
    order = [item for item in checks if item.verdict is _NO] or [
        item for item in checks if item.verdict is _OPEN
    ]
    return Admission(
        measure=measure.id if measure else None,
        verdict=all_of(item.verdict for item in checks),
        clauses=checks,
        failing=order[0] if order else None,
        rules=rules.name,
    )


#: Verdict, reason, what to do, basis, fault.
_Found = tuple[Verdict, str, str, str, str]
_49 = "国办发〔2020〕49号"


@dataclass(frozen=True)
class _Case:
    measure: Measure | None
    subject: Subject
    record: Trigger
    moment: date
    said: Application
    book: Catalogue

    def clauses(self) -> Iterator[_Found]:
        yield self._catalogue()
        if self.measure is None:
            for _ in range(len(CLAUSES) - 1):
                yield _OPEN, "没有对应的目录条目，无从核对", "先找到法律依据", _49, ""
            return
        for check in (_subject, _record, _term, _lender, _decision, _end):
            yield check(self, self.measure)

    def _catalogue(self) -> _Found:
        basis = f"{_49}；全国失信惩戒措施基础清单"
        one = self.measure
        if one is None:
            return (_NO, "目录中没有这项措施", "没有法律、法规或者党中央、国务院政策依据的措施应当停止",
                    basis, "no_clause")  # fmt: skip
        if not one.may_be_applied:
            return (_NO, f"“{one.clause}”{SURE[one.sure]}", "请核对现行条文，更新目录后再适用",
                    basis, "basis_unsure")  # fmt: skip
        if not one.in_force(self.moment):
            return (_NO, f"“{one.clause}”在 {self.moment} 不在施行期", "按现行规定办理",
                    basis, "not_in_force")  # fmt: skip
        return _OK, f"{one.clause}：{one.title}", "", basis, ""


def _subject(case: _Case, one: Measure) -> _Found:
    who, basis = case.subject, f"{one.clause}；{_49}（只及责任主体）"
    kind = subject_class(who.label)
    if who.role is None:
        return _OPEN, "没有写明主体身份", "请写明是责任主体本身还是负有责任的人员", basis, ""
    if who.role not in one.roles:
        may = "、".join(ROLES[role] for role in one.roles)
        return (_NO, f"{ROLES.get(who.role, who.role)}不是这项措施的对象（只及{may}）",
                "应当立即解除；不得及于亲属、员工、小股东和关联企业", basis, "wrong_role")  # fmt: skip
    if kind is None:
        return _OPEN, "不知道对象是单位还是自然人", "请核对主体", basis, ""
    if kind not in one.subjects:
        if "large_enterprise" not in one.subjects or kind == "person":
            return (_NO, f"这项措施不适用于{'自然人' if kind == 'person' else '单位'}（适用于：{one.target}）",
                    "应当立即解除", basis, "wrong_subject")  # fmt: skip
        if not who.is_large:
            no = who.is_large is False
            return (_NO if no else _OPEN, "不是大型企业" if no else "不知道是不是大型企业",
                    "请按企业划型核对", basis, "wrong_subject" if no else "")  # fmt: skip
    if who.role == "self" and case.record.parties and who.key not in case.record.parties:
        return (_NO, "触发记录说的是别的主体", "只对记录所载的责任主体适用", basis, "wrong_subject")
    if who.role in _ELEVATED and who.holds_office is False:
        return (_NO, f"登记信息中不是该单位的{ROLES[who.role]}", "请核对身份，不符的立即解除",
                basis, "wrong_role")  # fmt: skip
    if (one.in_person or who.role in _ELEVATED) and not who.responsibility:
        return (_NO, "没有认定其个人责任的文书", "对有关人员适用措施须有个人责任的认定；没有的立即解除",
                basis, "no_responsibility")  # fmt: skip
    return _OK, f"{ROLES[who.role]}，{one.target}", "", basis, ""


def _record(case: _Case, one: Measure) -> _Found:
    record, rule = case.record, one.trigger
    basis = f"{one.clause}；信用修复管理办法（修复、到期、撤销后停止使用）"
    if record.kind is None:
        return _OPEN, "没有写明触发记录", "请写明认定或者处罚文书号", basis, ""
    if record.usable is False:
        return (_NO, "所依据的记录已不能使用（已修复、移出、撤销、有异议或者已过期限）", "应当立即解除",
                basis, "record_ended")  # fmt: skip
    fits = (
        record.what in rule.lists
        if record.kind == "ListEntry"
        else rule.penalty is not None
        and (not rule.penalty or any(word in record.what for word in rule.penalty))
        if record.kind == "Penalty"
        else rule.paper is not None
    )
    if not fits:
        if record.kind == "paper":
            return (
                _OPEN,
                "本系统没有这份文书对应的记录，不能核对是否仍可使用",
                "请核对文书",
                basis,
                "",
            )
        return (_NO, "这类记录不能引起这项措施", "按条文所列情形逐项核对；不符的立即解除",
                basis, "wrong_record")  # fmt: skip
    body = case.book.body(one.decided_by)
    if body is not None and record.authority is None:
        return _OPEN, "没有写明认定机关", f"应由{body.title}认定", basis, ""
    if body is not None and not body.is_named_by(record.authority):
        return (_NO, f"“{record.authority}”不是有权认定的机关（应为{body.title}）", "应当立即解除",
                basis, "wrong_decider")  # fmt: skip
    if record.kind == "paper" and not (record.number and record.authority and record.decided_on):
        return (
            _OPEN,
            f"须有{rule.paper}的文号、机关和日期",
            "请补齐文书的文号、机关和日期",
            basis,
            "",
        )
    return _OK, f"{record.authority or '有关机关'}认定，记录可以使用", "", basis, ""


def _term(case: _Case, one: Measure) -> _Found:
    said, term, begun = case.said, one.term, case.record.decided_on
    if term.kind in ("once", "decided", "until_met") and not term.most:
        return _OK, _TERMS[term.kind], "", one.clause, ""
    if said.is_lifelong:
        if term.life:
            return _OK, "法律允许终身", "", one.clause, ""
        return _NO, "法律没有规定终身", _shorter(term.most), one.clause, "beyond_term"
    if begun is None:
        return _OPEN, "没有写明认定或者决定日期", "期限自决定之日起算，请写明", one.clause, ""
    last = None if term.most is None else months_after(begun, term.most)
    if term.kind == "record":
        last = min((day for day in (last, case.record.ends_on) if day), default=None)
    if said.ends_on is not None:
        if last is not None and said.ends_on > last:
            return (_NO, f"截止 {said.ends_on}，超过最长期限（{last}）", f"改为不晚于 {last}，超过的部分解除",
                    one.clause, "beyond_term")  # fmt: skip
        if term.least is not None and said.ends_on < months_after(begun, term.least):
            least = months_after(begun, term.least)
            return (_NO, f"截止 {said.ends_on}，短于法定的最短期限（{least}）", f"按条文改为 {least}",
                    one.clause, "below_term")  # fmt: skip
        return _OK, f"自 {begun} 起至 {said.ends_on}", "", one.clause, ""
    if last is not None and case.moment > last:
        return (
            _NO,
            f"最长期限已于 {last} 届满，仍未解除",
            "应当立即解除",
            one.clause,
            "beyond_term",
        )
    if term.kind in _WITH_RECORD:
        until = "" if last is None else f"，最长至 {last}"
        return _OK, f"随记录终止{until}", "", one.clause, ""
    return _OPEN, "没有写明截止日期", _shorter(term.most), one.clause, ""


def _lender(case: _Case, one: Measure) -> _Found:
    basis = f"{_49}（不得强制金融机构惩戒）；商业银行法 第35条"
    if one.group < 3:
        return _OK, "不属于由金融机构自主决定的措施", "", basis, ""
    if case.said.informs_only:
        return _OK, "只向金融机构提供信息，是否采取由其自主决定", "", basis, ""
    return (_NO, "要求金融机构采取措施", "改为只提供信息，由金融机构自主决定并接受申诉",
            basis, "lender_ordered")  # fmt: skip


def _decision(case: _Case, one: Measure) -> _Found:
    said, basis = case.said, f"{one.clause}；{_49}（事前告知、救济）"
    body = case.book.body(one.enforced_by)
    if body is not None and said.authority and not body.is_named_by(said.authority):
        return (_NO, f"“{said.authority}”无权实施（应为{body.title}）", "移送有权机关；已实施的立即解除",
                basis, "wrong_authority")  # fmt: skip
    if not said.authority or not said.officer:
        return (
            _OPEN,
            "没有写明实施单位和决定人",
            "须由有权机关的人员决定，不得由系统自动作出",
            basis,
            "",
        )
    if said.told_on is None:
        return _NO, "没有告知当事人", "补充告知理由、依据和权利", basis, "not_told"
    if said.begins_on and said.told_on > said.begins_on:
        return (_NO, f"{said.told_on} 才告知，晚于开始日期 {said.begins_on}", "告知之后才能开始", basis,
                "told_late")  # fmt: skip
    if not (said.remedy or "").strip():
        return (
            _NO,
            "没有写明救济途径",
            "写明向谁、在什么期限内提出异议、复议或者诉讼",
            basis,
            "no_remedy",
        )
    return _OK, f"{said.authority}{said.officer}决定，{said.told_on} 告知", "", basis, ""


def _end(case: _Case, one: Measure) -> _Found:
    said, term = case.said, one.term
    basis = f"{one.clause}；信用修复管理办法（修复后解除惩戒）"
    if said.begins_on is None:
        return _OPEN, "没有写明开始日期", "请写明开始日期", basis, ""
    if case.record.decided_on and said.begins_on < case.record.decided_on:
        return (_NO, f"{said.begins_on} 开始，早于认定日期 {case.record.decided_on}", "认定之前不得实施",
                basis, "before_decision")  # fmt: skip
    if said.ends_on is not None and said.ends_on < said.begins_on:
        return _NO, "截止日期早于开始日期", "请更正日期", basis, "no_end"
    if said.ends_on is not None:
        return _OK, f"{said.ends_on} 到期自动解除，记录终止的提前解除", "", basis, ""
    if term.kind in _WITH_RECORD or term.kind == "once" or (said.is_lifelong and term.life):
        return _OK, _ENDS[term.kind], "", basis, ""
    return _NO, "没有截止日期", "写明截止日期，到期自动解除", basis, "no_end"


_TERMS = {
    "once": "一次性措施，没有期限", "decided": "按决定书所定期限", "until_met": "至义务履行完毕",
}  # fmt: skip
_ENDS = {
    "record": "记录终止时自动解除", "until_met": "义务履行、记录终止时自动解除",
    "once": "一次性措施，实施后即结束", "fixed": "终身", "decided": "终身",
}  # fmt: skip


def _shorter(most: int | None) -> str:
    return "请写明截止日期" if most is None else f"截止日期不晚于决定之日起 {most} 个月"
