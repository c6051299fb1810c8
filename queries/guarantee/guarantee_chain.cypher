// title: 担保链 / Guarantee chain
// question: 从这个担保人出发，沿担保关系能到谁，他们借了多少？ / Whom does a chain of guarantees reach, and what did they borrow?
// param key: text = 担保人编号 / guarantor
// param signed_from: date = 签订日不早于 / signed on or after ; default 0001-01-01
// param signed_before: date = 签订日早于 / signed before ; default 9999-12-31
// returns key: text = 主体编号 / party key
// returns name: text = 名称 / name
// returns depth: integer = 第几层 / depth
// returns loan_count: integer = 贷款笔数 / loans
// returns principal_fen: integer = 借款总额（分） / principal, fen
// basis: 银监会 2014 年 7 月关于担保圈风险的通知
// access: public, beneficial_owner, credit, guarantee, household, identity
// rows: 1000
// within: depth 20
MATCH (p:Party {key: $key})
WITH p, closed_ways(p, GUARANTEES, 20, ->) AS closed
  // who is reached and how soon is all that is asked: the planner then follows nobody twice, where
  // SHORTEST would go every way round a joint group
MATCH path = (p)(()-[g:GUARANTEES WHERE open_way(g, closed)
    AND g.valid_from >= $signed_from AND g.valid_from < $signed_before]->()){1,21}(q:Party)
WITH p, q, min(length(path)) AS depth WHERE q <> p
CALL (q) {
  OPTIONAL MATCH (q)-[b:BORROWED]->(l:Loan)
  WHERE live(b)
  WITH DISTINCT l
  OPTIONAL MATCH (c:LoanVersion)-[:DESCRIBES]->(l)
  WHERE live(c)
  WITH l, max(c.principal_fen) AS principal
  RETURN count(l) AS loan_count, coalesce(sum(principal), 0) AS principal_fen
}
RETURN q.key AS key, name_of(q) AS name, depth, loan_count,
       principal_fen
ORDER BY depth, key
