"""Who owes what by the district's own notice, and of whom nothing ever came."""

from __future__ import annotations

from datetime import date
from typing import Any

from whole_district import DAY, WholeDistrict

from ingest.duties.desk import DutyDesk
from ingest.sample.office.duties import CLAUSE

__all__ = ["found"]

#: The last quarter that is over on the day, and 45 days after it.
_ENDED, _OWED = date(2026, 9, 30), date(2026, 11, 14)


def found(district: WholeDistrict) -> Any:
    """Items that the notice assigns; when a file came is when this test ran, so whether it was late
    is held against that day."""
    duties = DutyDesk(district.services.office, district.reader).duties()
    assert [told for told in duties.catalogue.local if "样本区信用办〔2026〕1号" in told]
    own = [item for item in duties.items if item.due_clause == CLAUSE]
    came = {item.source for item in own if item.deliveries}
    for item in own:
        assert (item.period, item.due_on) == (_ENDED, _OWED)
        if item.last_on is None or item.last_on > DAY:
            assert item.state == "overdue", item.source
        else:
            assert item.state == ("in_time" if item.last_on <= _OWED else "late"), item.source
    return {
        "departments": {item.source: item.department for item in own},
        "overdue": sorted({item.source for item in own} - came),
    }
