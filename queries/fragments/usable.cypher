// fragment: usable(record)
// A public record is used nowhere once any source says that it was removed or repaired or that its
// term is over, by the later of the two clocks (信用修复管理办法); the same rule as `queries.lawful`.
NOT EXISTS {
   MATCH (ended_:Version)-[:DESCRIBES]->(record)
   WHERE held(ended_) AND (ended_.removed_on <= $lawful_on OR ended_.usable_until < $lawful_on)
 }
