"""How an engine of tests is started: in half the processor time.

Half of its memory is for what is made and thrown away at once, and its jars, which are pinned, are not
verified class by class.  One that lives for seconds is compiled lightly besides.  One that goes on planning
is not: with the questions of a borrower page planned anew in each round, the lightly compiled took 28 s
and from then on 17 to 20, the other 24 s, 13, 11 and from then on 7 to 8, and from the sixth round on less
of the processors in all.
"""

from __future__ import annotations

__all__ = ["LASTING_ENGINE", "LIGHT_ENGINE"]

#: For `JAVA_TOOL_OPTIONS`: of one that lives on.
LASTING_ENGINE = (
    "-XX:+UseSerialGC -XX:NewRatio=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
#: Of one that lives for seconds.
LIGHT_ENGINE = f"-XX:TieredStopAtLevel=1 {LASTING_ENGINE}"
