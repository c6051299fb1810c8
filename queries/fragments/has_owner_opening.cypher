// fragment: has_owner_opening(thing, ways, wanted, opened)
// Whether an owner of a thing, by ties that are wanted (`ways`: their kinds), opened it to the reader (`opened`, said of owner_).
EXISTS {
   WITH thing AS opened_
   MATCH (opened_)-[own_ ways]-(owner_:Party)
   WHERE wanted AND held(own_) AND own_.certainty >= 1 AND opened
 }
