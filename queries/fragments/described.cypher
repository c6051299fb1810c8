// fragment: described(version, condition)
// Whether a condition holds of what a version describes (`described_`).
EXISTS {
   MATCH (version)-[:DESCRIBES]->(described_)
   WHERE condition
 }
