"""Money at risk: what an institution, a village or a kind of loan may lose, and to whom too much is lent."""

from __future__ import annotations

from queries.money.connected import Exposures, large_exposures
from queries.money.losses import Losses, book_losses

__all__ = ["Exposures", "Losses", "book_losses", "large_exposures"]
