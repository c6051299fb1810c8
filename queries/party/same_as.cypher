// title: 编号去向 / Where a key went
// question: 这个编号就是哪个主体（村、镇），谁核对或登记的？ / Which party or place is this key, and who says so?
// param key: text = 主体或区划编号 / key of a party or a division
// returns from_key: text = 原编号 / key given up
// returns from_label: text = 原类别 / its kind
// returns to_key: text = 现编号 / key that stays
// returns to_label: text = 现类别 / its kind
// returns judged_by: text = 核对人 / judged by
// returns judged_on: date = 核对日期 / judged on
// returns ground: text = 核对依据 / ground
// returns certainty: real = 确定程度 / certainty
// returns valid_from: date = 生效日 / valid from
// returns valid_to: date = 失效日 / valid to
// returns source: text = 来源 / source
// basis: 征信业管理条例 第二十五条（异议与更正）
// access: public, identity
// rows: 50
CALL () {
  MATCH path = (:Party {key: $key})-[:SAME_AS*1..8]->(:Party)
  WHERE all(t IN relationships(path) WHERE live(t) AND t.certainty >= 1)
  RETURN last(relationships(path)) AS t
  UNION
  MATCH path = (:Division {key: $key})-[:RECODED_AS*1..8]->(:Division)
  WHERE all(t IN relationships(path) WHERE live(t) AND t.certainty >= 1)
  RETURN last(relationships(path)) AS t
}
WITH t, startNode(t) AS old, endNode(t) AS new
RETURN old.key AS from_key, kind_of(old) AS from_label, new.key AS to_key, kind_of(new) AS to_label,
       t.judged_by AS judged_by, t.judged_on AS judged_on, t.ground AS ground,
       t.certainty AS certainty, t.valid_from AS valid_from, t.valid_to AS valid_to,
       source_of(t) AS source
ORDER BY from_key, to_key
