// fragment: name_of(party)
// What a party is called: the name heard last, and what only a list says of it after all others.
head(COLLECT {
   MATCH (named_:PartyVersion)-[:DESCRIBES]->(party)
   WHERE live(named_) AND named_.name IS NOT NULL
   RETURN named_.name
   ORDER BY named_.source IN $veiled, named_.known_from DESC, named_.fact_id LIMIT 1
 })
