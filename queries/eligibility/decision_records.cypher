// title: 判定所用记录 / Records for a decision
// question: 判定这个主体时，可以看哪些记录（本人、本户、配偶、所担保的人）？ / Which records may a decision on the party look at?
// param key: text = 主体编号 / party key
// returns kind: text = 事实类别 / fact kind ; codes kinds
// returns from_key: text = 所述主体或一方编号 / what is described, or one end
// returns to_key: text = 另一方编号，陈述时为空 / the other end, empty for a statement
// returns fact_id: text = 事实编号 / fact
// returns from_label: text = 一方类别，陈述时为空 / kind of the first end, empty for a statement
// returns facts: map = 各项内容 / properties ; codes of kind
// basis: 征信业管理条例 第十八条（书面同意）；农户以户为单位授信
// access: public, appraisal, beneficial_owner, contribution, credit, credit_report, grade, guarantee, household, identity, income, inspection, insurance, land, measure, operation, property, tax, utility
// rows: 5000
MATCH (p:Party {key: $key})
CALL (p) {
  RETURN p AS q
  UNION
  MATCH (p)-[m:BELONGS_TO|SPOUSE_OF|GUARANTEES]-(near:Party)
  WHERE live(m) AND stands(m.discriminator)
  CALL (p, m, near) {
    RETURN near AS q
    UNION
    MATCH (near:Household)<-[n:BELONGS_TO]-(q:Party)
    WHERE type(m) = 'BELONGS_TO' AND startNode(m) = p AND live(n)
    RETURN q
  }
  RETURN q
}
  // an individual business and who runs it are one debtor (民法典 第五十六条)
CALL (q) {
  RETURN q AS debtor
  UNION
  MATCH (q:Party)-[m:LEGAL_REPRESENTATIVE_OF]-(debtor:Party)
  WHERE live(m) AND (q:IndividualBusiness OR debtor:IndividualBusiness)
  RETURN debtor
}
WITH DISTINCT p, debtor AS q
CALL (p, q) {
  MATCH (q:Party)<-[:DESCRIBES]-(v:Version)
  WHERE live(v)
  RETURN v.kind AS kind, q.key AS from_key, null AS to_key, v.fact_id AS fact_id,
         null AS from_label, facts_of(v) AS facts
  UNION
  WITH p, q WHERE p = q
  MATCH (q:Party)<-[t:MEMBER_OF|BELONGS_TO|SPOUSE_OF]-(x:Party)
  WHERE live(t)
  // the same tie is told from both its ends: in the same words, so that it is there once
  RETURN type(t) AS kind, x.key AS from_key, q.key AS to_key, t.fact_id AS fact_id,
         kind_of(x) AS from_label, facts_of(t) AS facts
  UNION
  MATCH (q:Party)-[t]->(x)
  WHERE live(t) AND usable(x)
  CALL (q, t, x) {
    // whoever stood for a loan that is settled stands for nobody, whether or not the contract is told
    WITH q, t, x WHERE type(t) <> 'GUARANTEES' OR stands(t.discriminator)
    // whether a member of a cooperative is a person or an organisation (农民专业合作社法 第二十条)
    RETURN type(t) AS kind, q.key AS from_key, x.key AS to_key, t.fact_id AS fact_id,
           kind_of(q) AS from_label, facts_of(t) AS facts
    UNION
    MATCH (x)<-[:DESCRIBES]-(v:Version)
    WHERE NOT x:Party AND live(v)
    RETURN v.kind AS kind, x.key AS from_key, null AS to_key, v.fact_id AS fact_id,
           null AS from_label, facts_of(v) AS facts
    UNION
    MATCH (x)-[u]->(y:Party|Loan)
    WHERE NOT x:Party AND live(u)
    CALL (x, u, y) {
      RETURN type(u) AS kind, x.key AS from_key, y.key AS to_key, u.fact_id AS fact_id,
             null AS from_label, facts_of(u) AS facts
      UNION
      // what a guarantee secures, and how that stands: it is owed no longer and no further
      MATCH (y:Loan)<-[:DESCRIBES]-(v:LoanStateVersion)
      WHERE live(v)
      RETURN v.kind AS kind, y.key AS from_key, null AS to_key, v.fact_id AS fact_id,
             null AS from_label, facts_of(v) AS facts
    }
    RETURN kind, from_key, to_key, fact_id, from_label, facts
  }
  RETURN kind, from_key, to_key, fact_id, from_label, facts
}
  // a tie that was led to another key keeps the fact that it is: its id before the mark
WITH kind, from_key, to_key, split(fact_id, '~')[0] AS fact_id, from_label, facts
  // a member's tie may be found from both ends: once, with what it is a member as
WITH kind, from_key, to_key, fact_id, min(from_label) AS from_label, head(collect(facts)) AS facts
RETURN kind, from_key, to_key, fact_id,
       from_label, facts
ORDER BY kind, fact_id
