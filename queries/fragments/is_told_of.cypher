// fragment: is_told_of(party)
// Whether anything is said of a party itself.
EXISTS {
   MATCH (told_:PartyVersion)-[:DESCRIBES]->(party)
   WHERE live(told_)
 }
