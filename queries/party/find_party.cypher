// title: 查找主体 / Find a party
// question: 这个名称、代码或编号是哪些主体？ / Which parties have this name, code or key?
// param text: text = 名称、统一社会信用代码或主体编号 / name, code or key
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns key: text = 主体编号 / party key
// returns name: text = 名称 / name
// returns labels: list = 类别 / kinds
// returns masked: text = 证件号码（脱敏） / masked identifier
// returns village: text = 所在地 / division
// basis: 征信业管理条例 第二十二条（查询留痕）
// rows: 50
CALL () {
  CALL db.index.fulltext.queryNodes('party_names', '"' + replace(replace($text, '\\', ' '), '"', ' ') + '"', {limit: 200})
  YIELD node AS v, score
  MATCH (v)-[:DESCRIBES]->(p:Party)
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
    AND v.name CONTAINS trim($text)
  RETURN p, score
  UNION
  UNWIND [$text, 'org:' + toUpper($text)] AS key
  MATCH (p:Party {key: key})
  RETURN p, 1000.0 AS score
}
WITH p, max(score) AS score
CALL (p) {
  MATCH (v:PartyVersion)-[:DESCRIBES]->(p)
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH v ORDER BY v.known_from DESC, v.fact_id
  RETURN head([name IN collect(v.name) WHERE name IS NOT NULL]) AS name,
         head([code IN collect(coalesce(v.unified_social_credit_code, v.resident_id_masked))
               WHERE code IS NOT NULL]) AS masked,
         count(v) AS said
}
WITH p, score, name, masked WHERE said > 0
CALL (p) {
  OPTIONAL MATCH (p)-[l:LOCATED_IN]->(d:Division)<-[:DESCRIBES]-(v:DivisionVersion)
  WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
    AND l.known_from <= $known_at AND $known_at < l.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  RETURN min(v.name) AS village
}
RETURN p.key AS key, name AS name, labels(p) AS labels, masked AS masked, village AS village
ORDER BY score DESC, name, key
