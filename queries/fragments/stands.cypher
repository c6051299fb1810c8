// fragment: stands(contract)
// A guarantee stands until every loan that it secures is settled (民法典 第六百八十二条); the same
// rule as `graph.accessory`.  The names are its own: a subquery sees the variables around it.
(NOT EXISTS {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(:Loan)
   WHERE secures_.valid_from <= $as_of AND $as_of < secures_.valid_to
     AND secures_.known_from <= $known_at AND $known_at < secures_.known_to
     AND secures_.certainty >= 1
 } OR EXISTS {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(secured_:Loan)
   WHERE secures_.valid_from <= $as_of AND $as_of < secures_.valid_to
     AND secures_.known_from <= $known_at AND $known_at < secures_.known_to
     AND secures_.certainty >= 1
     AND NOT coalesce(head(COLLECT {
       MATCH (state_:LoanStateVersion)-[:DESCRIBES]->(secured_)
       WHERE state_.valid_from <= $as_of AND $as_of < state_.valid_to
         AND state_.known_from <= $known_at AND $known_at < state_.known_to
         AND state_.certainty >= 1
       RETURN state_.settled_on <= $as_of
       ORDER BY state_.known_from DESC, state_.valid_from DESC, state_.fact_id LIMIT 1
     }), false)
 })
