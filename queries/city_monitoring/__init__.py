"""By what a city's credit work is monitored: what can be computed, what was marked by hand, what is unknown."""

from __future__ import annotations

from queries.city_monitoring.edition import CityEdition, Indicator, city_edition
from queries.city_monitoring.figures import FIGURES, CityFigure, Told
from queries.city_monitoring.marking import Mark, mark_indicator, unmark_indicator
from queries.city_monitoring.table import HOW, CityRow, CityTable, city_table

__all__ = [
    "FIGURES",
    "HOW",
    "CityEdition",
    "CityFigure",
    "CityRow",
    "CityTable",
    "Indicator",
    "Mark",
    "Told",
    "city_edition",
    "city_table",
    "mark_indicator",
    "unmark_indicator",
]
