// title: 登记和记录 / Records
// question: 各来源登记了这个主体的哪些许可、处罚、其他行政行为、资产、土地、保险、纳税和其他事项？ / What is on record of the party: permits, penalties, other acts, assets, land, insurance, tax and more?
// param key: text = 主体编号 / party key
// returns kind: text = 与记录的关系 / tie to the record ; codes kinds
// returns record_key: text = 记录编号 / record
// returns record_kind: text = 记录类别 / kind of record ; codes kinds
// returns facts: map = 记录内容 / what it says ; codes of record_kind
// returns tie: map = 关系内容 / what the tie says ; codes of kind
// returns others: list = 相关事项（机关、保单、地块、抵押、贷款、授信机构） / what the record leads to
// returns since: date = 起始日 / since
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 征信业管理条例 第十三条；信用修复管理办法（修复后停止共享和使用）
// access: public, appraisal, complaint, contribution, credit, guarantee, inspection, insurance, land, operation, property, tax, utility
// rows: 400
MATCH (p:Party {key: $key})
MATCH (p:Party)-[t:HOLDS_PERMIT|PENALISED_BY|ACT_ON|DECLARED|OWNS|OWES|CONTRIBUTES_TO|GROWS|RAISES|GAVE|HOLDS_IP|UNDERTAKES|INSURED_BY|COMPENSATED_BY|JOINED_GROUP|CONTRACTS_LAND|HOLDS_LAND_RIGHT|CHANGED_REGISTRATION|RECEIVED|PARTY_TO|RATED_AS|PAID_TAX|PAYS_FOR|GRANTED_LINE|HONOURED_BY|CONCERNS]-(x)
WHERE live(t) AND stands(x.key) AND usable(x)
CALL (x) {
  OPTIONAL MATCH (x)<-[:DESCRIBES]-(v:Version)
  WHERE live(v)
  RETURN v
}
CALL (x) {
  OPTIONAL MATCH (x)-[u:DECIDED_BY|CLAIMED_UNDER|OVER_PLOT|LIES_IN|SECURES|LIES_ON|LINE_OF]-(y)
  WHERE live(u) AND usable(y)
  WITH DISTINCT y, type(u) AS leads
  WITH y, leads, head(COLLECT {
    MATCH (y)<-[:DESCRIBES]-(w:Version)
    WHERE live(w)
    RETURN facts_of(w) ORDER BY w.known_from DESC, w.fact_id LIMIT 1
  }) AS told
  ORDER BY leads, y.key
  RETURN [each IN collect({kind: leads, key: y.key, facts: told}) WHERE each.key IS NOT NULL] AS others
}
RETURN type(t) AS kind, x.key AS record_key, v.kind AS record_kind, facts_of(v) AS facts,
       facts_of(t) AS tie, others, t.valid_from AS since,
       lesser(v.certainty, t.certainty) AS certainty,
       coalesce(source_of(v), source_of(t)) AS source
ORDER BY kind, since DESC, record_key, record_kind, v.known_from DESC, v.fact_id
