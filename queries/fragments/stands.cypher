// fragment: stands(contract)
// A guarantee stands until every loan that it secures is settled (民法典 第六百八十二条); the same
// rule as `graph.accessory`: of none that is known the least is null, and it stands.  One EXISTS,
// because a COLLECT in a condition is planned again for every way of asking it.  The names are its own:
// a subquery sees the variables around it.
NOT EXISTS {
   MATCH (:Guarantee {key: contract})-[secures_:SECURES]->(secured_:Loan)
   WHERE live(secures_) AND secures_.certainty >= 1
   OPTIONAL MATCH (state_:LoanStateVersion)-[:DESCRIBES]->(secured_)
   WHERE live(state_) AND state_.certainty >= 1
   WITH secured_, state_
   ORDER BY state_.known_from DESC, state_.valid_from DESC, state_.fact_id
   WITH secured_, head(collect(state_)) AS last_
   WITH min(coalesce(last_.settled_on <= $as_of, false)) AS settled_
   WHERE settled_
   RETURN settled_
 }
