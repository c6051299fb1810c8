// fragment: contradicted(tie, kind)
// Whether the key that is given up is also said to be another: then neither is followed.
EXISTS {
   WITH startNode(tie) AS old_, endNode(tie) AS new_
   MATCH (old_)-[also_:kind]->(further_)
   WHERE held(also_) AND also_.certainty >= 1 AND further_ <> new_
 }
