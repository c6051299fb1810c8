// fragment: has_opened(party, kind)
// Whether a party opened facts of a kind to the reader.
kind IN coalesce($opened[$granted[party.key]], [])
