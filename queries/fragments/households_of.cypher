// fragment: households_of(party, household)
// A household itself, or those that a member belongs to.
CALL (party) {
  WITH party WHERE party:Household
  RETURN party AS household
  UNION
  MATCH (party)-[belongs_:BELONGS_TO]->(household:Household)
  WHERE live(belongs_)
  RETURN household
}
