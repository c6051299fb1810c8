// fragment: closed_ways(start, kinds, steps, arrow)
// Ties on the ways from a party that are no way: guarantees that ended, and what is not seen.  They
// are named before, because a subquery on the way makes the graph walk every way round, and a
// shortest path may ask none at all.
COLLECT {
   MATCH (start)(()-[way_:kinds WHERE held(way_)]arrow()){0,steps}(passed_:Party)
   WITH DISTINCT passed_
   MATCH (passed_)-[closed_:kinds]arrow(:Party)
   WHERE held(closed_) AND NOT (visible(closed_)
     AND (type(closed_) <> 'GUARANTEES' OR stands(closed_.discriminator)))
   RETURN DISTINCT closed_.fact_id
 }
