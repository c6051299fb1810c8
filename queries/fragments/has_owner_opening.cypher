// fragment: has_owner_opening(thing, kinds, kind)
// Whether an owner of a thing, by a tie of these kinds, opened facts of a kind to the reader.
EXISTS {
   WITH thing AS opened_
   MATCH (opened_)-[own_:kinds]-(owner_:Party)
   WHERE held(own_) AND own_.certainty >= 1 AND kind IN coalesce($opened[$granted[owner_.key]], [])
 }
