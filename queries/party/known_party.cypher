// title: 是否已知 / Whether it is known
// question: 有没有任何来源说过这个主体（村、镇）？ / Did any source say anything of this party or place?
// param key: text = 主体或区划编号 / key of a party or a division
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns key: text = 主体或区划编号 / key
// basis: 征信业管理条例 第十七条
// rows: 1
CALL () {
  MATCH (p:Party {key: $key}) RETURN p
  UNION
  MATCH (p:Division {key: $key}) RETURN p
}
WITH p WHERE EXISTS {
  MATCH (p)<-[:DESCRIBES]-(v:Version)
  WHERE v.valid_from <= $as_of AND v.known_from <= $known_at AND $known_at < v.known_to
} OR EXISTS {
  MATCH (p)-[t]-()
  WHERE t.valid_from <= $as_of AND t.known_from <= $known_at AND $known_at < t.known_to
}
RETURN p.key AS key
LIMIT 1
