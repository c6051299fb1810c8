// fragment: is_near(nodes)
// Whether one of some nodes is a party located where the reader works; a thing is located nowhere.
EXISTS {
   UNWIND nodes AS near_
   MATCH (near_:Party)-[at_:LOCATED_IN]->(place_:Division)
   WHERE held(at_) AND at_.certainty >= 1
     AND any(area_ IN $areas WHERE place_.key STARTS WITH area_)
 }
