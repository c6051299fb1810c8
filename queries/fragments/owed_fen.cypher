// fragment: owed_fen(contract, promised)
// What is owed by a guarantee: the amount promised, and never more than the balance of what it
// secures, where every balance is known (民法典 第六百八十二条); the same rule as `graph.accessory`.
reduce(least_ = promised, all_ IN COLLECT {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(secured_:Loan)
   WHERE live(secures_) AND secures_.certainty >= 1
   WITH DISTINCT secured_
   WITH head(COLLECT {
     MATCH (state_:LoanStateVersion)-[:DESCRIBES]->(secured_)
     WHERE live(state_) AND state_.certainty >= 1
     RETURN CASE WHEN state_.settled_on <= $as_of THEN 0 ELSE state_.balance_fen END
     ORDER BY state_.known_from DESC, state_.valid_from DESC, state_.fact_id LIMIT 1
   }) AS balance_
   WITH count(*) AS loans_, count(balance_) AS told_, sum(balance_) AS sum_
   WHERE loans_ > 0 AND loans_ = told_
   RETURN sum_
 } | CASE WHEN all_ < least_ THEN all_ ELSE least_ END)
