// fragment: name_over(thing, kind)
// What the institution is called that a thing leads to: who lent, who decided.
head(COLLECT {
   MATCH (thing)-[over_:kind]->(:Party)<-[:DESCRIBES]-(called_:PartyVersion)
   WHERE live(over_) AND live(called_) AND called_.name IS NOT NULL
   RETURN called_.name ORDER BY called_.name LIMIT 1
 })
