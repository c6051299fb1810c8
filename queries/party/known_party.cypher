// title: 是否已知 / Whether it is known
// question: 有没有任何来源说过这个主体（村、镇）？ / Did any source say anything of this party or place?
// param key: text = 主体或区划编号 / key of a party or a division
// returns key: text = 主体或区划编号 / key
// basis: 征信业管理条例 第十七条
// access: public, administration, appraisal, beneficial_owner, complaint, contribution, credit, credit_report, grade, guarantee, household, identity, income, inspection, insurance, land, measure, operation, property, tax, utility
// rows: 1
CALL () {
  MATCH (p:Party {key: $key}) RETURN p
  UNION
  MATCH (p:Division {key: $key}) RETURN p
}
WITH p WHERE EXISTS {
  MATCH (p:Party|Division)<-[:DESCRIBES]-(v:Version)
  WHERE begun(v)
} OR EXISTS {
  MATCH (p:Party|Division)-[t]-(x)
  WHERE begun(t) AND usable(x)
}
RETURN p.key AS key
LIMIT 1
