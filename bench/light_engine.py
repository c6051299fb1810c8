"""How an engine that lives for seconds is started: in half the processor time.

It is compiled lightly, half of its memory is for what is made and thrown away at once, and its
jars, which are pinned, are not verified class by class.
"""

from __future__ import annotations

__all__ = ["LIGHT_ENGINE"]

#: For `JAVA_TOOL_OPTIONS`.
LIGHT_ENGINE = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:NewRatio=1 "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
