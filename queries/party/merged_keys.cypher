// title: 并入的编号 / Keys merged into a party
// question: 哪些没有证件号码的名字、哪些原代码就是这个主体？ / Which mentions and former codes are this party?
// param key: text = 主体编号 / party key
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns merged_key: text = 原编号 / key given up
// returns merged_name: text = 原名称 / name
// returns judged_by: text = 核对人 / judged by
// returns judged_on: date = 核对日期 / judged on
// returns ground: text = 核对依据 / ground
// returns source: text = 来源 / source
// basis: 征信业管理条例 第二十五条（异议与更正）
// rows: 200
MATCH (old:Party)-[t:SAME_AS]->(:Party {key: $key})
WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
  AND t.known_from <= $known_at AND $known_at < t.known_to AND t.certainty >= 1
CALL (old) {
  OPTIONAL MATCH (said:PartyVersion)-[:DESCRIBES]->(old)
  WHERE said.valid_from <= $as_of AND $as_of < said.valid_to
    AND said.known_from <= $known_at AND $known_at < said.known_to
    AND said.name IS NOT NULL
  WITH said ORDER BY said.known_from DESC, said.fact_id
  RETURN head(collect(said.name)) AS merged_name
}
RETURN old.key AS merged_key, merged_name AS merged_name, t.judged_by AS judged_by,
       t.judged_on AS judged_on, t.ground AS ground, t.source AS source
ORDER BY merged_key
