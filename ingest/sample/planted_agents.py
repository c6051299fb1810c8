"""Who filed the registration of a firm: its representative as a rule, and a few agents.

Planted into firms that are there already, by a generator of its own: the rest of the district stays
what it was.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ingest.sample.truth import Truth

__all__ = ["plant_agents"]

#: Firms that an agency filed: too many to say anything about any two of them.
_OF_AN_AGENCY = 8
_EACH = 3


def plant_agents(
    register: pd.DataFrame, members: pd.DataFrame, free: np.ndarray, *, plain: int, truth: Truth
) -> pd.DataFrame:
    """The register with who filed each entry.

    Args:
        free: places of grown-up members who play no part.
        plain: how many firms at the head of the register are ordinary ones.
    """
    generator = np.random.default_rng([truth.seed, 2])
    times = max(1, truth.persons // 5_000)
    name = register["法定代表人"].to_numpy(object, copy=True)
    number = register["法定代表人证件号码"].to_numpy(object, copy=True)
    codes = register["统一社会信用代码"].to_numpy()
    # the sixth firm gets a twin and is refused; the last ones are stars
    firms = generator.permutation(np.delete(np.arange(plain - times), 5))
    agents = generator.choice(free, times + 1, replace=False)
    for turn, place in enumerate(agents):
        count = _EACH if turn < times else _OF_AN_AGENCY
        filed, firms = firms[:count], firms[count:]
        name[filed] = members["姓名"].iat[place]
        number[filed] = who = str(members["公民身份号码"].iat[place])
        told = truth.agents if turn < times else truth.not_agents
        told.append((who, sorted(codes[filed].tolist())))
    return register.assign(登记经办人=name, 登记经办人证件号码=number)
