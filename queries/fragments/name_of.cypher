// fragment: name_of(party)
// What a party is called: by its register, else by who mentions it, and by a list after all others;
// of these the name heard last (`graph.provenance`).
head(COLLECT {
   MATCH (named_:PartyVersion)-[:DESCRIBES]->(party)
   WHERE live(named_) AND named_.name IS NOT NULL
   RETURN named_.name
   ORDER BY NOT (named_.source + '/' + named_.kind) IN $registers, named_.source IN $veiled,
     named_.known_from DESC, named_.fact_id LIMIT 1
 })
