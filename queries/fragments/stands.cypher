// fragment: stands(contract)
// A guarantee stands until every loan that it secures is settled (民法典 第六百八十二条); the same
// rule as `graph.accessory`.  The names are its own: a subquery sees the variables around it.
(NOT EXISTS {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(:Loan)
   WHERE live(secures_) AND secures_.certainty >= 1
 } OR EXISTS {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(secured_:Loan)
   WHERE live(secures_) AND secures_.certainty >= 1
     AND NOT coalesce(head(COLLECT {
       MATCH (state_:LoanStateVersion)-[:DESCRIBES]->(secured_)
       WHERE live(state_) AND state_.certainty >= 1
       RETURN state_.settled_on <= $as_of
       ORDER BY state_.known_from DESC, state_.valid_from DESC, state_.fact_id LIMIT 1
     }), false)
 })
