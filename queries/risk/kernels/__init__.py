"""The models of `queries.risk.propagate` over millions of ties: same answers, machine speed."""
