"""The independent cascade: the chance that distress which begins somewhere reaches a party.

Every party with adverse facts of its own begins distress with its own probability; every tie
passes it on once, with its weight, independently of all others.  p(v) is the chance that v is
reached (Kempe, Kleinberg, Tardos 2003: the live-edge view).  Nothing echoes, nothing is counted
twice: a circle of healthy parties scores nothing.
"""
