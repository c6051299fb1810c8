// title: 法定代表人任职 / Firms of a legal representative
// question: 这个人（或这家企业的法定代表人）还代表哪些企业？ / Which firms does the person, or the firm's representative, represent?
// param key: text = 自然人或企业编号 / person or firm
// returns person_key: text = 法定代表人编号 / representative
// returns person_name: text = 法定代表人 / name
// returns firm_key: text = 企业编号 / firm
// returns firm_name: text = 企业名称 / name
// returns since: date = 任职日期 / since
// returns certainty: real = 确定程度 / certainty
// basis: 企业信息公示暂行条例
// access: public, identity
// rows: 200
MATCH (p:Party {key: $key})
CALL (p) {
  WITH p WHERE p:Person
  RETURN p AS person
  UNION
  MATCH (person:Person)-[own:LEGAL_REPRESENTATIVE_OF]->(p)
  WHERE live(own)
  RETURN person
}
WITH DISTINCT person
MATCH (person)-[t:LEGAL_REPRESENTATIVE_OF]->(firm:Party)
WHERE live(t)
RETURN person.key AS person_key, name_of(person) AS person_name, firm.key AS firm_key,
       name_of(firm) AS firm_name, t.valid_from AS since, t.certainty AS certainty
ORDER BY person_key, firm_key, since
