// title: 申请人情况 / The applicant
// question: 申请人本人、其农户和本人的失信记录 / The applicant, their household and own listings
// param key: text = 自然人编号 / person key
// param as_of: date = 事实时点 / true at
// param known_at: instant = 获知时点 / known at
// returns exists: flag = 是否存在 / exists
// returns birth_on: date = 出生日期 / birth
// returns source: text = 来源 / source
// returns said_on: date = 事实起始日期 / true since
// returns household_key: text = 农户编号 / household key
// returns household_source: text = 农户来源 / household source
// returns household_said_on: date = 农户事实起始日期 / household true since
// returns credit_grade: text = 信用等级 / credit grade
// returns annual_income_fen: integer = 家庭年总收入 / household income
// returns listings: list = 本人可用的失信被执行人记录 / own usable defaulter listings
// returns defaulters_loaded: flag = 失信被执行人名单已入库 / the courts' list was loaded
// basis: 征信业管理条例 第十八条；信用修复管理办法
// rows: 1
OPTIONAL MATCH (p:Party:Person {key: $key})
CALL (p) {
  OPTIONAL MATCH (v:PersonVersion)-[:DESCRIBES]->(p)
  WHERE v.certainty = 1.0 AND v.birth_on IS NOT NULL
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH v ORDER BY v.known_from DESC, v.fact_id LIMIT 1
  RETURN v
}
CALL (p) {
  OPTIONAL MATCH (p)-[b:BELONGS_TO]->(h:Household)
  WHERE b.certainty = 1.0
    AND b.valid_from <= $as_of AND $as_of < b.valid_to
    AND b.known_from <= $known_at AND $known_at < b.known_to
  WITH b, h ORDER BY b.known_from DESC, b.fact_id LIMIT 1
  RETURN b, h
}
CALL (h) {
  OPTIONAL MATCH (w:HouseholdVersion)-[:DESCRIBES]->(h)
  WHERE w.certainty = 1.0
    AND w.valid_from <= $as_of AND $as_of < w.valid_to
    AND w.known_from <= $known_at AND $known_at < w.known_to
  WITH w ORDER BY w.known_from DESC, w.fact_id
  RETURN head(collect(w.credit_grade)) AS credit_grade,
         head(collect(w.annual_income_fen)) AS annual_income_fen
}
CALL (p) {
  OPTIONAL MATCH (p)-[s:SUBJECT_OF]->(:ListEntry)<-[:DESCRIBES]-(e:ListEntryVersion)
  WHERE e.list_kind = 'judgment_defaulter' AND s.certainty = 1.0 AND e.certainty = 1.0
    AND s.valid_from <= $as_of AND $as_of < s.valid_to
    AND s.known_from <= $known_at AND $known_at < s.known_to
    AND e.valid_from <= $as_of AND $as_of < e.valid_to
    AND e.known_from <= $known_at AND $known_at < e.known_to
    AND (e.removed_on IS NULL OR e.removed_on > date($known_at))
    AND (e.usable_until IS NULL OR e.usable_until > date($known_at))
  WITH e ORDER BY e.listed_on, e.fact_id
  RETURN [x IN collect(e) | {source: x.source, listed_on: x.listed_on}] AS listings
}
CALL (p) {
  OPTIONAL MATCH (x)-[:DESCRIBES]->(p)
  WHERE x.valid_from <= $as_of AND $as_of < x.valid_to
    AND x.known_from <= $known_at AND $known_at < x.known_to
  RETURN count(x) > 0 AS described
}
RETURN described AS exists,
       v.birth_on AS birth_on,
       v.source AS source,
       v.valid_from AS said_on,
       h.key AS household_key,
       b.source AS household_source,
       b.valid_from AS household_said_on,
       credit_grade,
       annual_income_fen,
       listings,
       EXISTS {
         MATCH (any:ListEntryVersion)
         WHERE any.list_kind = 'judgment_defaulter' AND any.known_from <= $known_at
       } AS defaulters_loaded
