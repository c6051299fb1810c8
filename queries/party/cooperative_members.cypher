// title: 合作社成员 / Cooperative members
// question: 合作社有哪些成员？ / Who are the members of the cooperative?
// param key: text = 合作社编号 / cooperative
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns member_key: text = 成员编号 / member
// returns member_name: text = 名称 / name
// returns contribution_fen: integer = 出资额（分） / contribution, fen
// returns is_farmer: flag = 是否农民成员 / farmer member
// returns since: date = 入社日期 / since
// returns certainty: real = 确定程度 / certainty
// basis: 农民专业合作社法 第二十条
// rows: 500
MATCH (m:Party)-[t:MEMBER_OF]->(:Party {key: $key})
WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
  AND t.known_from <= $known_at AND $known_at < t.known_to
CALL (m) {
  OPTIONAL MATCH (said:PartyVersion)-[:DESCRIBES]->(m)
  WHERE said.valid_from <= $as_of AND $as_of < said.valid_to
    AND said.known_from <= $known_at AND $known_at < said.known_to
    AND said.name IS NOT NULL
  WITH said ORDER BY said.known_from DESC, said.fact_id
  RETURN head(collect(said.name)) AS member_name
}
RETURN m.key AS member_key, member_name AS member_name, t.contribution_fen AS contribution_fen,
       t.is_farmer AS is_farmer, t.valid_from AS since, t.certainty AS certainty
ORDER BY member_key, since
