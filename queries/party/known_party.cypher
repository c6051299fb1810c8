// title: 是否已知 / Whether it is known
// question: 有没有任何来源说过这个主体（村、镇）？ / Did any source say anything of this party or place?
// param key: text = 主体或区划编号 / key of a party or a division
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
  WHERE begun(v)
} OR EXISTS {
  MATCH (p)-[t]-()
  WHERE begun(t)
}
RETURN p.key AS key
LIMIT 1
