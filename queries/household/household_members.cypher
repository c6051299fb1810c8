// title: 家庭成员 / Household members
// question: 这一户（或这个人所在的户）有哪些人？ / Who belongs to the household?
// param key: text = 农户或成员编号 / household or member
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns household_key: text = 农户编号 / household
// returns member_key: text = 成员编号 / member
// returns member_name: text = 姓名 / name
// returns role: text = 与户主关系 / role ; codes BELONGS_TO.role
// basis: 征信业管理条例 第十三条
// rows: 60
MATCH (p:Party {key: $key})
CALL (p) {
  WITH p WHERE p:Household
  RETURN p AS h
  UNION
  MATCH (p)-[m:BELONGS_TO]->(h:Household)
  WHERE m.valid_from <= $as_of AND $as_of < m.valid_to
    AND m.known_from <= $known_at AND $known_at < m.known_to
  RETURN h
}
WITH DISTINCT h
MATCH (member:Person)-[t:BELONGS_TO]->(h)
WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
  AND t.known_from <= $known_at AND $known_at < t.known_to
CALL (member) {
  OPTIONAL MATCH (said:PartyVersion)-[:DESCRIBES]->(member)
  WHERE said.valid_from <= $as_of AND $as_of < said.valid_to
    AND said.known_from <= $known_at AND $known_at < said.known_to
    AND said.name IS NOT NULL
  WITH said ORDER BY said.known_from DESC, said.fact_id
  RETURN head(collect(said.name)) AS member_name
}
RETURN h.key AS household_key, member.key AS member_key, member_name AS member_name, t.role AS role
ORDER BY household_key, member_key
