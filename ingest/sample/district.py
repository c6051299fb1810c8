"""The sample district: the files that departments would send, and the truth about what is in them.

Everything is invented but the names of Fengxiang's towns.  The same seed and size give the same
bytes.  `truth.json` says what was planted and where; no ingestor reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ingest.sample.cast import Cast
from ingest.sample.credit import firm_listings, guarantee_rows, invent_listings, invent_loans
from ingest.sample.firms import invent_cooperatives, invent_firms
from ingest.sample.people import People, divisions, invent_people
from ingest.sample.planted_agents import plant_agents
from ingest.sample.planted_circles import plant_circles
from ingest.sample.planted_firms import as_frames, plant_firms
from ingest.sample.planted_guarantees import plant_among_farmers, plant_star
from ingest.sample.public_records import public_files
from ingest.sample.registers import REGISTERS
from ingest.sample.truth import Truth

__all__ = ["FILES", "Truth", "steps", "write_district"]

#: source -> the file that carries it, in the order in which they can be taken in.
FILES = {
    "regions": "行政区划.csv",
    "farmer_household": "农户信息.csv",
    "cooperative": "农民专业合作社.xlsx",
    "cooperative_member": "合作社成员.csv",
    "enterprise": "企业登记.xlsx",
    "enterprise_shareholder": "股东出资.csv",
    "loan": "贷款借据.csv",
    "guarantee": "担保合同.csv",
    "judgment_defaulter": "失信被执行人.csv",
}
_GB18030 = frozenset({"农户信息.csv", "股东出资.csv"})


def steps(folder: Path) -> tuple[tuple[str, Path], ...]:
    """(source, file) in the order in which a district is taken in; registers and public records
    where written."""
    further = (*REGISTERS, *public_files())
    more = ((source, name) for source, name in further if (folder / name).exists())
    return tuple((source, folder / name) for source, name in (*FILES.items(), *more))


def write_district(
    folder: Path,
    *,
    persons: int = 10_000,
    seed: int = 20260401,
    progress: Callable[[str], None] | None = None,
) -> Truth:
    """Write the files of a district of `persons` people into `folder`.

    Raises `ValueError` for a size outside 1,000 to 1,000,000.
    """
    if not 1_000 <= persons <= 1_000_000:
        raise ValueError("persons: from 1,000 to 1,000,000")
    generator = np.random.default_rng(seed)
    truth = Truth(seed, persons)
    places = divisions(persons)
    villages = places.loc[places["级别"] == "行政村", "行政区划代码"].to_numpy()
    people = invent_people(generator, persons, villages)
    members, adults = people.members, people.adults
    coops, coop_members = invent_cooperatives(generator, members, adults, max(3, persons // 700))
    owners = generator.choice(adults, min(9_000, max(20, persons // 90)), replace=False)
    firms, holders = invent_firms(generator, members, owners)
    times = max(1, persons // 5_000)
    # the last three rows are damaged on purpose; nobody of them plays a part
    cast = Cast(generator, members, np.append(owners, np.arange(persons - 3, persons)))
    made = plant_firms(generator, cast, truth, times)
    _give_agent_phone(generator, cast, made.agent, truth)
    planted_firms, planted_holders = as_frames(made)
    free = adults[cast.is_free(adults) & (adults < persons - 3)]
    all_firms = plant_agents(
        pd.concat([firms, planted_firms], ignore_index=True), members, free,
        plain=len(firms), truth=truth,
    )  # fmt: skip
    farm_loans, couples = _farm_loans(generator, members, cast, times)
    firm_loans = invent_loans(
        generator, all_firms["企业名称"].to_numpy(), all_firms["统一社会信用代码"].to_numpy(), 60
    )
    loans = pd.concat([farm_loans, firm_loans], ignore_index=True)
    loans["借据号"] = [f"JJ{n:09d}" for n in range(len(loans))]
    guarantees = _guarantees(generator, people, loans, couples, firms, truth)
    listed = members.iloc[generator.choice(adults, max(6, len(adults) // 200), replace=False)]
    listings = invent_listings(
        generator, listed["姓名"].to_numpy(), listed["公民身份号码"].to_numpy()
    )
    used = [firms["法定代表人证件号码"], coop_members["成员证件号码"], listed["公民身份号码"],
            loans["借款人证件号码"], guarantees["担保人证件号码"], holders["股东证件号码"],
            all_firms["登记经办人证件号码"], all_firms["法定代表人证件号码"]]  # fmt: skip
    circles = plant_circles(members, _taken(members, cast, used), len(loans), truth)
    # the last rows are damaged on purpose, and stay the last
    all_firms = pd.concat([all_firms, _filed_by_themselves(circles.register)], ignore_index=True)
    guarantees = _numbered(circles.guarantees, guarantees)
    loans = pd.concat([loans, circles.loans], ignore_index=True)
    tables = {
        "行政区划.csv": places,
        "农户信息.csv": members,
        "农民专业合作社.xlsx": coops,
        "合作社成员.csv": coop_members,
        "企业登记.xlsx": all_firms,
        "股东出资.csv": pd.concat([circles.holders, planted_holders, holders], ignore_index=True),
        "贷款借据.csv": loans,
        "担保合同.csv": guarantees,
        "失信被执行人.csv": pd.concat([listings, firm_listings(made.listings)], ignore_index=True),
    }
    _plant_errors(tables, truth)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if progress:
            progress(name)
        truth.rows[name] = len(table)
        _write(folder / name, table)
    text = json.dumps(asdict(truth), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return truth


def _taken(members: pd.DataFrame, cast: Cast, used: list[pd.Series]) -> np.ndarray:
    """Places of members of households of which somebody plays a part, and of damaged rows."""
    plays = members["公民身份号码"].isin(pd.concat(used))
    plays |= ~cast.is_free(np.arange(len(members)))
    plays.iloc[-3:] = True
    homes = members["户号"]
    return np.flatnonzero(homes.isin(homes[plays]).to_numpy())


def _filed_by_themselves(register: pd.DataFrame) -> pd.DataFrame:
    who = {"登记经办人": "法定代表人", "登记经办人证件号码": "法定代表人证件号码"}
    return register.assign(**{column: register[of] for column, of in who.items()})


def _numbered(circles: pd.DataFrame, guarantees: pd.DataFrame) -> pd.DataFrame:
    """Contracts of circles first, with numbers after those that there are."""
    first = len(guarantees)
    numbers = [f"DB{first + n:08d}" for n in range(len(circles))]
    circles.insert(1, "担保合同号", numbers)
    return pd.concat([circles, guarantees], ignore_index=True)


def _give_agent_phone(generator: np.random.Generator, cast: Cast, agent: int, truth: Truth) -> None:
    """Many villagers give the telephone of the agent who fills in their forms."""
    members = cast.members
    many = generator.choice(len(members), len(members) // 30, replace=False)
    many = many[cast.is_free(many)]
    members.loc[many, "联系电话"] = members["联系电话"].iat[agent]
    truth.agent_phone_sharers = len(many) + 1


def _farm_loans(
    generator: np.random.Generator, members: pd.DataFrame, cast: Cast, times: int
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Loans of householders and, at the end, of couples who borrow both; with these places."""
    heads = np.flatnonzero((members["与户主关系"] == "户主").to_numpy())
    heads = heads[cast.is_free(heads)]
    single = heads[generator.random(len(heads)) < 0.4]
    couples = [cast.couple() for _ in range(times)]
    places = np.append(single, np.array(couples).ravel())
    borrowers = members.iloc[places]
    loans = invent_loans(
        generator, borrowers["姓名"].to_numpy(), borrowers["公民身份号码"].to_numpy(), 5
    )
    # a householder who is single here and half of a couple there would have two loans
    keep = np.append(~np.isin(single, np.array(couples).ravel()), np.ones(2 * times, bool))
    kept = loans[keep].reset_index(drop=True)
    first = len(kept) - 2 * times
    return kept, [(first + 2 * n, first + 2 * n + 1) for n in range(times)]


def _guarantees(
    generator: np.random.Generator,
    people: People,
    loans: pd.DataFrame,
    couples: list[tuple[int, int]],
    firms: pd.DataFrame,
    truth: Truth,
) -> pd.DataFrame:
    """Planted patterns first, then ordinary guarantees by neighbours who play no part in them."""
    members, times = people.members, len(couples)
    named = members.set_index("公民身份号码")["姓名"]
    ids = loans["借款人证件号码"].to_numpy()
    farm = couples[0][0]
    # the loan in row 0 is refused on purpose; whatever it secures dangles
    order = generator.permutation(np.arange(1, farm))
    planted, used = plant_among_farmers(loans, named, order, list(couples), times, truth)
    for number in range(times):
        clients = np.arange(6, 13) + 7 * number
        planted.append(plant_star(loans, firms, len(firms) - 1 - number, clients, truth))
    rest = np.append(order[used:], 0)
    secured = rest[generator.random(len(rest)) < 0.3]
    players = set(ids[order[:used]]) | {ids[n] for pair in couples for n in pair}
    everybody = members["公民身份号码"].to_numpy()
    plays = members["公民身份号码"].isin(players).to_numpy()
    free = people.adults[~plays[people.adults]]
    givers = everybody[generator.choice(free, len(secured))]
    own = givers == ids[secured]
    planted.append(
        guarantee_rows(loans, secured[~own], named[givers[~own]].to_numpy(), givers[~own])
    )
    guarantees = pd.concat(planted, ignore_index=True)
    guarantees.insert(1, "担保合同号", [f"DB{n:08d}" for n in range(len(guarantees))])
    return guarantees


def _plant_errors(tables: dict[str, pd.DataFrame], truth: Truth) -> None:
    """Wrong codes, a damaged identifier, an unknown village, a dangling guarantee, twins."""

    def damage(file: str, row: int, column: str, value: str) -> None:
        tables[file][column] = tables[file][column].astype(object)
        tables[file].loc[row, column] = value
        truth.quarantined[file] = truth.quarantined.get(file, 0) + 1

    people = tables["农户信息.csv"]
    last = len(people) - 1
    wrong = str(people.loc[last, "公民身份号码"])
    damage("农户信息.csv", last, "公民身份号码", wrong[:-1] + ("1" if wrong[-1] != "1" else "2"))
    damage("农户信息.csv", last - 1, "村编码", "610305100999")
    damage("农户信息.csv", last - 2, "采集日期", "去年")
    holders = tables["股东出资.csv"]
    code = str(holders.loc[len(holders) - 1, "统一社会信用代码"])
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    damage("股东出资.csv", len(holders) - 1, "统一社会信用代码", wrong)
    truth.code_errors[wrong] = ["CHECK_DIGIT"]
    damage("贷款借据.csv", 0, "五级分类", "优良")
    guarantees = tables["担保合同.csv"]
    damage("担保合同.csv", len(guarantees) - 1, "借据编号", "loan:C1402610305001:NONE")
    # the guarantees of the loan whose row is refused dangle too
    loans = tables["贷款借据.csv"]
    lost = f"loan:{loans.loc[0, '金融机构编码']}:{loans.loc[0, '借据号']}"
    dangling = int((guarantees["借据编号"] == lost).sum())
    truth.quarantined["担保合同.csv"] += dangling
    # one code, two names: nobody can tell which is right, so neither is taken
    firms = tables["企业登记.xlsx"]
    twin = firms.iloc[[5]].assign(企业名称="凤翔样本重码有限公司")
    tables["企业登记.xlsx"] = pd.concat([firms, twin], ignore_index=True)
    truth.quarantined["企业登记.xlsx"] = 2
    truth.code_errors[firms.loc[5, "统一社会信用代码"]] = ["ONE_CODE_MANY_SUBJECTS"]
    truth.code_errors |= {code: ["STATUS"] for code in _lent_after_their_end(firms, loans)}
    orphaned = holders["统一社会信用代码"] == firms.loc[5, "统一社会信用代码"]
    truth.quarantined["股东出资.csv"] += int(orphaned.iloc[: len(holders) - 1].sum())


def _lent_after_their_end(firms: pd.DataFrame, loans: pd.DataFrame) -> list[str]:
    """Codes of firms that borrow although they ended before: every firm has a loan."""
    over = firms[firms["登记状态"] != "存续"].set_index("统一社会信用代码")["注销或吊销日期"]
    theirs = loans[loans["借款人证件号码"].isin(over.index)]
    late = theirs["发放日期"] > theirs["借款人证件号码"].map(over)
    return sorted({*theirs.loc[late, "借款人证件号码"]})


def _write(path: Path, table: pd.DataFrame) -> None:
    if path.suffix == ".csv":
        encoding = "gb18030" if path.name in _GB18030 else "utf-8-sig"
        table.to_csv(path, index=False, encoding=encoding, lineterminator="\n")
        return
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        # the same district must give the same bytes
        writer.book.set_properties({"created": datetime(2026, 4, 1)})  # noqa: DTZ001 - Excel's own
        table.astype(str).to_excel(writer, index=False)
