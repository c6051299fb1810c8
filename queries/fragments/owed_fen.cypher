// fragment: owed_fen(contract, promised)
// What is owed by a guarantee: the amount promised, and never more than the balance of what it
// secures, where every balance is known (民法典 第六百八十二条); the same rule as `graph.accessory`.
reduce(least_ = promised, all_ IN COLLECT {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(secured_:Loan)
   WHERE secures_.valid_from <= $as_of AND $as_of < secures_.valid_to
     AND secures_.known_from <= $known_at AND $known_at < secures_.known_to
     AND secures_.certainty >= 1
   WITH DISTINCT secured_
   WITH head(COLLECT {
     MATCH (state_:LoanStateVersion)-[:DESCRIBES]->(secured_)
     WHERE state_.valid_from <= $as_of AND $as_of < state_.valid_to
       AND state_.known_from <= $known_at AND $known_at < state_.known_to
       AND state_.certainty >= 1
     RETURN CASE WHEN state_.settled_on <= $as_of THEN 0 ELSE state_.balance_fen END
     ORDER BY state_.known_from DESC, state_.valid_from DESC, state_.fact_id LIMIT 1
   }) AS balance_
   WITH count(*) AS loans_, count(balance_) AS told_, sum(balance_) AS sum_
   WHERE loans_ > 0 AND loans_ = told_
   RETURN sum_
 } | CASE WHEN all_ < least_ THEN all_ ELSE least_ END)
