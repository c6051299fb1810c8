// title: 担保链 / Guarantee chain
// question: 从这个担保人出发，沿担保关系能到谁，他们借了多少？ / Whom does a chain of guarantees reach, and what did they borrow?
// param key: text = 担保人编号 / guarantor
// param signed_from: date = 签订日不早于 / signed on or after ; default 0001-01-01
// param signed_before: date = 签订日早于 / signed before ; default 9999-12-31
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns key: text = 主体编号 / party key
// returns name: text = 名称 / name
// returns depth: integer = 第几层 / depth
// returns loan_count: integer = 贷款笔数 / loans
// returns principal_fen: integer = 借款总额（分） / principal, fen
// basis: 银监会 2014 年 7 月关于担保圈风险的通知
// rows: 1000
// within: depth 20
MATCH (p:Party {key: $key})
  // guarantees that ended are named before: a subquery on the way would make it walk every way round
CALL (p) {
  MATCH (p)(()-[g:GUARANTEES WHERE g.valid_from <= $as_of AND $as_of < g.valid_to
      AND g.known_from <= $known_at AND $known_at < g.known_to]->()){0,20}(q:Party)
  WITH DISTINCT q
  MATCH (q)-[g:GUARANTEES]->(:Party)
  WHERE g.valid_from <= $as_of AND $as_of < g.valid_to
    AND g.known_from <= $known_at AND $known_at < g.known_to
    AND NOT stands(g.discriminator)
  RETURN collect(g.fact_id) AS ended
}
  // who is reached and how soon is all that is asked: the planner then follows nobody twice, where
  // SHORTEST would go every way round a joint group
MATCH path = (p)(()-[g:GUARANTEES WHERE g.valid_from <= $as_of AND $as_of < g.valid_to
    AND g.known_from <= $known_at AND $known_at < g.known_to
    AND g.valid_from >= $signed_from AND g.valid_from < $signed_before
    AND NOT g.fact_id IN ended]->()){1,21}(q:Party)
WITH p, q, min(length(path)) AS depth WHERE q <> p
CALL (q) {
  OPTIONAL MATCH (q)-[b:BORROWED]->(l:Loan)
  WHERE b.valid_from <= $as_of AND $as_of < b.valid_to
    AND b.known_from <= $known_at AND $known_at < b.known_to
  WITH DISTINCT l
  OPTIONAL MATCH (c:LoanVersion)-[:DESCRIBES]->(l)
  WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
    AND c.known_from <= $known_at AND $known_at < c.known_to
  WITH l, max(c.principal_fen) AS principal
  RETURN count(l) AS loan_count, coalesce(sum(principal), 0) AS principal_fen
}
CALL (q) {
  OPTIONAL MATCH (said:PartyVersion)-[:DESCRIBES]->(q)
  WHERE said.valid_from <= $as_of AND $as_of < said.valid_to
    AND said.known_from <= $known_at AND $known_at < said.known_to
    AND said.name IS NOT NULL
  WITH said ORDER BY said.known_from DESC, said.fact_id
  RETURN head(collect(said.name)) AS name
}
RETURN q.key AS key, name AS name, depth AS depth, loan_count AS loan_count,
       principal_fen AS principal_fen
ORDER BY depth, key
