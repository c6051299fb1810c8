// title: 评议回避 / Whom an assessor may not appraise
// question: 这个评议人或调查人应当回避哪些主体？ / Which parties must this assessor leave to somebody else?
// param key: text = 评议人编号 / assessor
// returns party_key: text = 应回避的主体编号 / party to leave to others
// returns why: text = 回避原因 / why
// returns certainty: real = 确定程度 / certainty
// basis: 商业银行内部控制指引（回避）；银发〔2014〕37号 村级评议
// access: credit, guarantee, household
// rows: 500
MATCH (a:Party {key: $key})
CALL (a) {
  RETURN a AS p, '本人' AS why, 1.0 AS certainty
  UNION ALL
  MATCH (a)-[t:BELONGS_TO]->(p:Party)
  WHERE live(t)
  RETURN p, '本户' AS why, t.certainty AS certainty
  UNION ALL
  MATCH (a)-[t:BELONGS_TO]->(:Household)<-[u:BELONGS_TO]-(p:Party)
  WHERE live(t) AND live(u)
    AND p <> a
  RETURN p, '同户成员' AS why,
         lesser(t.certainty, u.certainty) AS certainty
  UNION ALL
  MATCH (a)-[t:SPOUSE_OF]-(p:Party)
  WHERE live(t)
  RETURN p, '配偶' AS why, t.certainty AS certainty
  UNION ALL
  MATCH (a)-[t:GUARANTEES]-(p:Party)
  WHERE live(t) AND stands(t.discriminator)
  // whoever is said to stand for itself is at both ends
  UNWIND [way IN [[startNode(t), '为其担保'], [endNode(t), '由其担保']] WHERE way[0] = a | way[1]] AS why
  RETURN p, why, t.certainty AS certainty
}
RETURN p.key AS party_key, why, max(certainty) AS certainty
ORDER BY party_key, why
