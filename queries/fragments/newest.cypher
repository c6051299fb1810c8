// fragment: newest(thing, versions)
// The version of a kind that was heard last, null where nothing is said.
head(COLLECT {
   MATCH (newest_:versions)-[:DESCRIBES]->(thing)
   WHERE live(newest_)
   RETURN newest_ ORDER BY newest_.known_from DESC, newest_.valid_from DESC, newest_.fact_id LIMIT 1
 })
