// title: 共同投资的相似度 / Similarity of investors
// question: 这两方投资的企业有多少是相同的？ / How alike are the firms that two parties invest in?
// param key: text = 一方编号 / one party
// param other: text = 另一方编号 / the other
// param invested_from: date = 投资日不早于 / invested on or after ; default 0001-01-01
// param invested_before: date = 投资日早于 / invested before ; default 9999-12-31
// returns similarity: real = 相似度（Jaccard，三位小数） / Jaccard similarity
// returns common_count: integer = 共同投资的企业数 / firms of both
// returns firm_count: integer = 任一方投资的企业数 / firms of either
// returns common: list = 共同投资的企业 / firms of both
// basis: 关联提示仅供参考，不作为认定失信或惩戒依据
// access: public
// rows: 1
// allow: CartesianProduct because each side is one party found by its unique key
MATCH (a:Party {key: $key})
MATCH (b:Party {key: $other})
CALL (a) {
  OPTIONAL MATCH (a)-[h:HOLDS_SHARES_IN]->(firm:Party)
  WHERE live(h)
    AND h.valid_from >= $invested_from AND h.valid_from < $invested_before
    AND h.certainty >= 1.0
  RETURN collect(DISTINCT firm.key) AS of_a
}
CALL (b) {
  OPTIONAL MATCH (b)-[h:HOLDS_SHARES_IN]->(firm:Party)
  WHERE live(h)
    AND h.valid_from >= $invested_from AND h.valid_from < $invested_before
    AND h.certainty >= 1.0
  RETURN collect(DISTINCT firm.key) AS of_b
}
WITH of_a, of_b, [key IN of_a WHERE key IN of_b] AS common
WITH common, size(common) AS common_count, size(of_a) + size(of_b) - size(common) AS firm_count
  // as LDBC FinBench, complex read 10: to three decimals, 0 where neither invests
RETURN CASE WHEN firm_count = 0 THEN 0.0
            ELSE round(toFloat(common_count) / firm_count, 3) END AS similarity,
       common_count, firm_count, common
