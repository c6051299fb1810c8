"""Events on their way out: signed, sent to addresses that may be sent to, streamed to pages."""
