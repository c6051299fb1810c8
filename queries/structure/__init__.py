"""Structure: who owns and controls a firm, how guarantees hang together, what resembles what."""
