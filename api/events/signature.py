"""How a message is signed: Standard Webhooks 1.0, symmetric (`webhook-id`, `-timestamp`, `-signature`).

    v1,base64(HMAC-SHA256(secret, id.timestamp.body))

A secret is worked out and kept nowhere: HMAC of the hook's name and a generation, under a key that is
itself worked out of the installation's own.  So the operations store, and its backup, hold none.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

from graph.operations import Hook
from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = ["HookSecrets"]

#: What the key of hooks is worked out of the installation's own by: no key of a person looks so.
_PURPOSE = b"xinnong webhook signing"
_PREFIX = "whsec_"


class HookSecrets:
    """The secrets of every hook of one installation; raises as `graph.secrets.make_secrets`."""

    def __init__(self, settings: Settings) -> None:
        own = make_secrets(settings.secrets_file).identity_key
        self._key = hmac.digest(own.encode(), _PURPOSE, "sha256")

    def shown(self, hook: Hook) -> str:
        """The secret of now, as a receiver enters it (`whsec_…`)."""
        return _PREFIX + base64.b64encode(self._secret(hook.id, hook.generation)).decode()

    def headers(self, hook: Hook, name: str, body: bytes, *, at: datetime) -> Mapping[str, str]:
        """The three headers of a message; two signatures while a secret is being replaced."""
        stamp = str(int(at.timestamp()))
        generations = [hook.generation]
        if hook.before_until is not None and at < hook.before_until:
            generations.append(hook.generation - 1)
        told = f"{name}.{stamp}.".encode() + body
        signed = " ".join(
            "v1,"
            + base64.b64encode(hmac.digest(self._secret(hook.id, each), told, "sha256")).decode()
            for each in generations
        )
        return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signed}

    def _secret(self, hook: str, generation: int) -> bytes:
        return hmac.digest(self._key, f"{hook}.{generation}".encode(), "sha256")
