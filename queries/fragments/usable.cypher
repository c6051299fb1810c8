// fragment: usable(record)
// A public record is used nowhere once any source says that it was removed or repaired or that its
// term is over, by the later of the two clocks (信用修复管理办法); the same rule as `queries.lawful`.
NOT EXISTS {
   MATCH (ended_:Version)-[:DESCRIBES]->(record)
   WHERE ended_.valid_from <= $as_of AND $as_of < ended_.valid_to
     AND ended_.known_from <= $known_at AND $known_at < ended_.known_to
     AND (ended_.removed_on <= $as_of OR ended_.removed_on <= date($known_at)
       OR ended_.usable_until < $as_of OR ended_.usable_until < date($known_at))
 }
