// fragment: open_way(tie, closed)
// Whether one may go along a tie: `closed` are those that are no way (`closed_ways`).
held(tie) AND NOT tie.fact_id IN closed
