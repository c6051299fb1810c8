"""Rights over land, as the registers of contracted land and of forest prove them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["contracted_land", "forest_right"]

_SAID = (
    "certificate_no",
    "area_mu",
    "granted_on",
    "expires_on",
    "assessed_fen",
    "is_mortgaged",
)


def contracted_land(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a plot of a certificate; the certificate's own facts on each of its rows."""
    yield from _right(
        rows,
        key="land_right:" + rows["certificate_no"],
        kind=rows["right_kind"],
        plot="plot:" + rows["plot_no"],
        plot_kind=None,
        plot_name=rows["plot_name"],
        plot_mu=rows["plot_mu"],
    )


def forest_right(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a certificate over one stand of forest."""
    yield from _right(
        rows,
        key="forest_right:" + rows["certificate_no"],
        kind="forest",
        plot="forest_plot:" + rows["village"] + ":" + rows["plot_no"],
        plot_kind="forest",
        plot_name=None,
        plot_mu=rows["area_mu"],
    )


def _right(
    rows: pd.DataFrame,
    *,
    key: pd.Series,
    kind: pd.Series | str,
    plot: pd.Series,
    plot_kind: str | None,
    plot_name: pd.Series | None,
    plot_mu: pd.Series,
) -> Iterator[FactFrame]:
    # the contract of a household runs on for another thirty years when its round is over
    # (农村土地承包法 第二十一条): the day on its certificate ends no right of its
    runs_on = pd.Series(kind, index=rows.index) == "household_contract"
    when = {
        "valid_from": rows["granted_on"],
        "valid_to": through(rows["expires_on"]).mask(runs_on, None),
    }
    first = ~key.duplicated()
    yield from mention(rows, "holder", name=rows["holder_name"])
    yield node(
        "LandRight",
        rows,
        key=key,
        where=first,
        right_kind=kind,
        **when,
        columns=_SAID,
    )
    yield tie(
        "HOLDS_LAND_RIGHT",
        rows,
        source=end(rows, "holder"),
        target=(key, "LandRight"),
        where=~(key + rows["holder_key"]).duplicated(),
        **when,
    )
    yield node(
        "Plot",
        rows,
        key=plot,
        where=~plot.duplicated(),
        plot_no=rows["plot_no"],
        name=plot_name,
        land_kind=plot_kind,
        area_mu=plot_mu,
    )
    yield tie("OVER_PLOT", rows, source=(key, "LandRight"), target=(plot, "Plot"), **when)
    yield tie(
        "LIES_IN",
        rows,
        source=(plot, "Plot"),
        target=(rows["village_key"], "Village"),
        where=~plot.duplicated(),
    )
