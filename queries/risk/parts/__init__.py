"""The score over a graph that is cut into parts, for more than one process or machine."""
