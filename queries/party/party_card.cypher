// title: 主体名片 / Party card
// question: 关于这个主体，各来源各说了什么？ / What does each source say of the party?
// param key: text = 主体编号 / party key
// returns key: text = 主体编号 / party key
// returns labels: list = 类别 / kinds ; codes kinds
// returns kind: text = 事实类别 / fact kind ; codes kinds
// returns facts: map = 各项事实 / facts ; codes of kind
// returns source: text = 来源 / source
// returns batch: text = 批次 / batch
// returns valid_from: date = 生效日 / valid from
// returns known_from: instant = 知悉时点 / known from
// returns certainty: real = 确定程度 / certainty
// basis: 征信业管理条例 第十三条、第十八条
// access: public, appraisal, beneficial_owner, household, identity, income, operation
// rows: 100
MATCH (p:Party {key: $key})<-[:DESCRIBES]-(v:Version)
WHERE live(v)
RETURN p.key AS key, labels_of(p) AS labels, v.kind AS kind, facts_of(v) AS facts,
       source_of(v) AS source, batch_of(v) AS batch, v.valid_from AS valid_from,
       v.known_from AS known_from, v.certainty AS certainty
ORDER BY v.known_from, v.kind, v.fact_id
