// fragment: has_opened(party, kind)
// Whether a party opened facts of a kind to the reader: its key is a line in one of the groups that did.
any(group_ IN coalesce($opened[kind], [])
    WHERE coalesce($granted[group_ + right(party.key, $ending)], '') CONTAINS '\n' + party.key + '\n')
