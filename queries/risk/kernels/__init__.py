"""The models of `queries.risk.bounds` over millions of ties: same answers, machine speed."""
