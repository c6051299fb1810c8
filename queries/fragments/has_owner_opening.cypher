// fragment: has_owner_opening(thing, ways, wanted, kind)
// Whether an owner of a thing, by ties that are wanted (`ways`: their kinds), opened facts of a kind to the reader.
EXISTS {
   WITH thing AS opened_
   MATCH (opened_)-[own_ ways]-(owner_:Party)
   WHERE wanted AND held(own_) AND own_.certainty >= 1 AND kind IN coalesce($opened[$granted[owner_.key]], [])
 }
