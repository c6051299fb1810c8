// fragment: usable(record)
// A public record is used nowhere once any source says that it was removed, repaired, annulled or is
// disputed, or its term is over, on the day of law; the same rule as `queries.lawful`.  Whatever day a
// statement is true on, it counts while it is held: a repair known today protects the past.  A term that
// does not bind goes on where the sector's authority said so of this record.  Of the terms that are over
// one list is made (`over_`: whether each binds), since the engine writes out every combination of
// alternatives that share a condition, and plans them all.
NOT EXISTS {
   MATCH (ended_:Version)-[:DESCRIBES]->(record)
   WHERE known(ended_) AND ended_.kind IN $record_kinds
   WITH ended_, [term_ IN $terms WHERE term_.kind = ended_.kind
     AND ended_[term_.begins] < term_.since
     AND (term_.authority = '' OR ended_.authority CONTAINS term_.authority)
     AND (term_.gravity = '' OR ended_.credit_class = term_.gravity)
     AND (size(term_.classes) = 0
       OR all(class_ IN split(ended_[term_.of_class], '；') WHERE class_ IN term_.classes))
     | term_.binds] AS over_
   WHERE ended_.removed_on <= $lawful_on OR ended_.record_state IN $end_states OR true IN over_
     OR ((ended_.published_until < $lawful_on OR false IN over_)
         AND NOT EXISTS {
           MATCH (longer_:Version)-[:DESCRIBES]->(record)
           WHERE known(longer_) AND longer_.extended_until >= $lawful_on
         })
 }
