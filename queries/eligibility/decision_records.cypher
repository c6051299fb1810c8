// title: 判定所用记录 / Records for a decision
// question: 判定这个主体时，可以看哪些记录（本人、本户、配偶、所担保的人）？ / Which records may a decision on the party look at?
// param key: text = 主体编号 / party key
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns kind: text = 事实类别 / fact kind ; codes kinds
// returns from_key: text = 所述主体或一方编号 / what is described, or one end
// returns to_key: text = 另一方编号，陈述时为空 / the other end, empty for a statement
// returns fact_id: text = 事实编号 / fact
// returns facts: map = 各项内容 / properties ; codes of kind
// basis: 征信业管理条例 第十八条（书面同意）；农户以户为单位授信
// rows: 5000
MATCH (p:Party {key: $key})
CALL (p) {
  RETURN p AS q
  UNION
  MATCH (p)-[m:BELONGS_TO|SPOUSE_OF|GUARANTEES]-(q:Party)
  WHERE m.valid_from <= $as_of AND $as_of < m.valid_to
    AND m.known_from <= $known_at AND $known_at < m.known_to
    AND stands(m.discriminator)
  RETURN q
  UNION
  MATCH (p)-[m:BELONGS_TO]->(:Household)<-[n:BELONGS_TO]-(q:Party)
  WHERE m.valid_from <= $as_of AND $as_of < m.valid_to
    AND m.known_from <= $known_at AND $known_at < m.known_to
    AND n.valid_from <= $as_of AND $as_of < n.valid_to
    AND n.known_from <= $known_at AND $known_at < n.known_to
  RETURN q
}
  // an individual business and who runs it are one debtor (民法典 第五十六条)
CALL (q) {
  RETURN q AS debtor
  UNION
  MATCH (q)-[m:LEGAL_REPRESENTATIVE_OF]-(debtor:Party)
  WHERE (q:IndividualBusiness OR debtor:IndividualBusiness)
    AND m.valid_from <= $as_of AND $as_of < m.valid_to
    AND m.known_from <= $known_at AND $known_at < m.known_to
  RETURN debtor
}
WITH DISTINCT p, debtor AS q
CALL (p, q) {
  MATCH (q)<-[:DESCRIBES]-(v:Version)
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  RETURN v.kind AS kind, q.key AS from_key, null AS to_key, v.fact_id AS fact_id,
         properties(v) AS facts
  UNION
  MATCH (q)-[t]->(x)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    // whoever stood for a loan that is settled stands for nobody, whether or not the contract is told
    AND (type(t) <> 'GUARANTEES' OR stands(t.discriminator))
  // whether a member of a cooperative is a person or an organisation (农民专业合作社法 第二十条)
  RETURN type(t) AS kind, q.key AS from_key, x.key AS to_key, t.fact_id AS fact_id,
         t {.*, from_label: head([l IN labels(q) WHERE l IN
           ['Person', 'Household', 'FamilyFarm', 'Cooperative', 'Enterprise', 'IndividualBusiness',
            'Collective', 'GovernmentBody', 'FinancialInstitution']])} AS facts
  UNION
  WITH p, q WHERE p = q
  MATCH (q)<-[t:MEMBER_OF|BELONGS_TO|SPOUSE_OF]-(x:Party)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
  // the same tie is told from both its ends: in the same words, so that it is there once
  RETURN type(t) AS kind, x.key AS from_key, q.key AS to_key, t.fact_id AS fact_id,
         t {.*, from_label: head([l IN labels(x) WHERE l IN
           ['Person', 'Household', 'FamilyFarm', 'Cooperative', 'Enterprise', 'IndividualBusiness',
            'Collective', 'GovernmentBody', 'FinancialInstitution']])} AS facts
  UNION
  MATCH (q)-[t]->(x)<-[:DESCRIBES]-(v:Version)
  WHERE NOT x:Party
    AND t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  RETURN v.kind AS kind, x.key AS from_key, null AS to_key, v.fact_id AS fact_id,
         properties(v) AS facts
  UNION
  MATCH (q)-[t]->(x)-[u]->(y:Party)
  WHERE NOT x:Party
    AND t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND u.valid_from <= $as_of AND $as_of < u.valid_to
    AND u.known_from <= $known_at AND $known_at < u.known_to
  RETURN type(u) AS kind, x.key AS from_key, y.key AS to_key, u.fact_id AS fact_id,
         properties(u) AS facts
  // what a guarantee secures, and how that stands: it is owed no longer and no further
  UNION
  MATCH (q)-[t:GAVE]->(x:Guarantee)-[u:SECURES]->(y:Loan)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND u.valid_from <= $as_of AND $as_of < u.valid_to
    AND u.known_from <= $known_at AND $known_at < u.known_to
  RETURN type(u) AS kind, x.key AS from_key, y.key AS to_key, u.fact_id AS fact_id,
         properties(u) AS facts
  UNION
  MATCH (q)-[t:GAVE]->(:Guarantee)-[u:SECURES]->(x:Loan)<-[:DESCRIBES]-(v:LoanStateVersion)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND u.valid_from <= $as_of AND $as_of < u.valid_to
    AND u.known_from <= $known_at AND $known_at < u.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  RETURN v.kind AS kind, x.key AS from_key, null AS to_key, v.fact_id AS fact_id,
         properties(v) AS facts
}
  // a tie that was led to another key keeps the fact that it is: its id before the mark
WITH kind, from_key, to_key, split(fact_id, '~')[0] AS fact_id, facts
  // a member's tie may be found from both ends: once, with what it is a member as
ORDER BY facts.from_label
WITH kind, from_key, to_key, fact_id, head(collect(facts)) AS facts
RETURN kind AS kind, from_key AS from_key, to_key AS to_key, fact_id AS fact_id, facts AS facts
ORDER BY kind, fact_id
