// fragment: usable(record)
// A public record is used nowhere once any source says that it was removed, repaired, annulled or is
// disputed, or its term is over, on the day of law; the same rule as `queries.lawful`.  Whatever day a
// statement is true on, it counts while it is held: a repair known today protects the past.
NOT EXISTS {
   MATCH (ended_:Version)-[:DESCRIBES]->(record)
   WHERE known(ended_) AND ended_.kind IN $record_kinds
     AND (ended_.removed_on <= $lawful_on OR ended_.published_until < $lawful_on
       OR ended_.record_state IN $end_states
       OR any(term_ IN $terms WHERE term_.kind = ended_.kind
         AND ended_[term_.begins] < term_.since
         AND (term_.authority = '' OR ended_.authority CONTAINS term_.authority)
         AND (size(term_.classes) = 0
           OR all(class_ IN split(ended_[term_.of_class], '；') WHERE class_ IN term_.classes))))
 }
