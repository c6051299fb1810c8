// fragment: has_owner_near(thing, ways, wanted)
// Whether an owner of a thing, by ties that are wanted (`ways`: their kinds), is located where the reader works.
EXISTS {
   WITH thing AS near_
   MATCH (near_)-[own_ ways]-(owner_:Party)-[at_:LOCATED_IN]->(place_:Division)
   WHERE wanted AND held(own_) AND own_.certainty >= 1 AND held(at_) AND at_.certainty >= 1
     AND any(area_ IN $areas WHERE place_.key STARTS WITH area_)
 }
