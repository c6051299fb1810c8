"""How an engine that lives for seconds is started: in half the processor time.

It is compiled lightly, and its jars, which are pinned, are not verified class by class.
"""

from __future__ import annotations

__all__ = ["LIGHT_ENGINE"]

#: For `JAVA_TOOL_OPTIONS`.
LIGHT_ENGINE = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
