// title: 周边关系 / Neighbourhood
// question: 谁在这个主体周围，是什么关系？ / Who is around the party, by which ties?
// param key: text = 主体编号 / party key
// param hops: integer = 跳数，1 至 3 / hops, 1 to 3 ; at most 3 ; default 1
// returns from_key: text = 一方编号 / from
// returns from_name: text = 一方名称 / name
// returns kind: text = 关系 / tie ; codes kinds
// returns to_key: text = 另一方编号 / to
// returns to_name: text = 另一方名称 / name
// returns since: date = 起始日 / since
// returns certainty: real = 确定程度 / certainty
// returns distance: integer = 距离 / distance
// basis: 关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, beneficial_owner, credit, guarantee, household, identity, operation
// rows: 300
MATCH (p:Party {key: $key})
CALL (p) {
  MATCH path = (p)-[:GUARANTEES|HOLDS_SHARES_IN|LEGAL_REPRESENTATIVE_OF|MEMBER_OF|BELONGS_TO|SPOUSE_OF|EXECUTIVE_OF|JOINT_GUARANTEE_WITH|REGISTERED_AS|SUPPLIES*1..3]-(other:Party)
  WHERE length(path) <= $hops
    AND all(t IN relationships(path) WHERE live(t) AND stands(t.discriminator))
  RETURN last(relationships(path)) AS tie, min(length(path)) AS distance
}
WITH tie, min(distance) AS distance
ORDER BY distance, tie.fact_id
LIMIT 301
WITH startNode(tie) AS a, endNode(tie) AS b, tie, distance
RETURN a.key AS from_key, name_of(a) AS from_name, type(tie) AS kind, b.key AS to_key,
       name_of(b) AS to_name, tie.valid_from AS since, tie.certainty AS certainty,
       distance
ORDER BY distance, kind, from_key, to_key, since
