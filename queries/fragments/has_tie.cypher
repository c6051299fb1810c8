// fragment: has_tie(party, kind)
// Whether a live tie of a kind goes out from a party.
EXISTS {
   MATCH (party:Party)-[acts_:kind]->()
   WHERE live(acts_)
 }
