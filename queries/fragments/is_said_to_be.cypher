// fragment: is_said_to_be(party, label)
// Whether a live statement says that a party has a role.
EXISTS {
   MATCH (role_:Version)-[:DESCRIBES]->(party:Party)
   WHERE live(role_) AND role_.kind = label
 }
