// title: 查找主体 / Find a party
// question: 输入的名称、拼音、代码、借据号、村名或编号是哪些主体？ / Which parties are meant by a name, pinyin, code, loan number, village or key?
// param text: text = 名称（全称、一部分、拼音或首字母）、代码、借据号、村名或主体编号 / name, pinyin, code, loan number, village or key
// param keys: list = 主体编号 / party keys ; read from text
// param prefixes: list = 主体编号的开头 / beginnings of keys ; read from text
// param phone_keys: list = 联系电话比对码 / keys of telephones ; read from text
// param loan_nos: list = 借据号 / loan numbers ; read from text
// param places: list = 村镇名称 / names of divisions ; read from text
// param names: list = 在名称索引中怎么查 / what the index of names is asked ; read from text
// param digits: text = 证件号码末几位 / last characters of the identifier ; read from text
// param tail_key: text = 身份证号码后四位比对码 / key of the last four of a resident id ; read from text
// returns key: text = 主体编号 / party key
// returns name: text = 名称 / name
// returns labels: list = 类别 / kinds ; codes kinds
// returns masked: text = 证件号码（脱敏） / masked identifier
// returns town: text = 乡镇 / town
// returns village: text = 村 / village
// returns age: integer = 年龄（周岁） / age
// returns match: text = 怎样找到的 / found by ; codes matches
// returns matched: text = 与输入相符的内容 / what matched
// basis: 征信业管理条例 第二十二条（查询留痕）
// access: public, appraisal, beneficial_owner, credit, household, identity, income, operation
// rows: 400
CALL () {
  UNWIND $keys AS key
  MATCH (p:Party {key: key})
  RETURN p, 'key' AS match, null AS matched, 1000.0 AS score
  UNION
  UNWIND $prefixes AS prefix
  MATCH (p:Party)
  WHERE p.key STARTS WITH prefix AND is_told_of(p)
  WITH p LIMIT 20
  RETURN p, 'code_part' AS match, null AS matched, 0.0 AS score
  UNION
  UNWIND $phone_keys AS phone_key
  MATCH (v:PartyVersion {phone_key: phone_key})-[:DESCRIBES]->(p:Party)
  WHERE live(v)
  WITH p, v LIMIT 50
  RETURN p, 'phone' AS match, v.phone_masked AS matched, 0.0 AS score
  UNION
  UNWIND $loan_nos AS loan_no
  MATCH (c:LoanVersion {loan_no: loan_no})-[:DESCRIBES]->(l:Loan)<-[b:BORROWED]-(p:Party)
  WHERE live(c) AND live(b)
  WITH DISTINCT p, l, loan_no LIMIT 50
  WITH p, loan_no, name_over(l, LENT_BY) AS lender
  RETURN p, 'loan' AS match, loan_no + coalesce('（' + lender + '）', '') AS matched, 0.0 AS score
  UNION
  UNWIND $places AS place
  MATCH (said:DivisionVersion {name: place})-[:DESCRIBES]->(:Division)<-[l:LOCATED_IN]-(p:Party)
  WHERE live(said) AND live(l)
  WITH DISTINCT p, place ORDER BY CASE WHEN p:Household THEN 0 WHEN p:Person THEN 2 ELSE 1 END, p.key
  LIMIT 200
  RETURN p, 'place' AS match, place AS matched, 0.0 AS score
  UNION
  UNWIND $names AS asked
  CALL (asked) {
    CALL db.index.fulltext.queryNodes('searched_names', asked.query, {limit: asked.limit})
    YIELD node AS called, score
    MATCH (v:PartyVersion {name: called.name})-[:DESCRIBES]->(p:Party)
    WHERE live(v) AND (NOT asked.is_household OR p:Household)
      AND (asked.within = '' OR EXISTS {
        MATCH (p)-[l:LOCATED_IN]->(d:Division)
        WHERE live(l) AND (EXISTS {
            MATCH (d)<-[:DESCRIBES]-(here:DivisionVersion)
            WHERE live(here) AND here.name CONTAINS asked.within
          } OR EXISTS {
            MATCH (d)-[u:PART_OF]->(:Division)<-[:DESCRIBES]-(above:DivisionVersion)
            WHERE live(u) AND live(above) AND above.name CONTAINS asked.within
          })
      })
      AND ($digits = '' OR EXISTS {
        MATCH (p)<-[:DESCRIBES]-(id:PartyVersion)
        WHERE live(id) AND (id.unified_social_credit_code ENDS WITH $digits
          OR id.resident_id_tail_key = $tail_key)
      })
    WITH DISTINCT p, called.name AS matched, score
    ORDER BY score DESC, p.key
    LIMIT 200
    RETURN p, matched, score
  }
  RETURN p, asked.match AS match, matched, score
}
WITH p, match, matched, score
CALL (p) {
  MATCH (v:PartyVersion)-[:DESCRIBES]->(p)
  WHERE live(v)
  WITH v ORDER BY v.known_from DESC, v.fact_id
  RETURN head([code IN collect(coalesce(v.unified_social_credit_code, v.resident_id_masked))
               WHERE code IS NOT NULL]) AS masked,
         head([day IN collect(v.birth_on) WHERE day IS NOT NULL]) AS birth_on,
         count(v) AS said
}
WITH p, match, matched, score, masked, birth_on WHERE said > 0
CALL (p) {
  OPTIONAL MATCH (p)-[l:LOCATED_IN]->(d:Division)<-[:DESCRIBES]-(v:DivisionVersion)
  WHERE live(l) AND live(v)
  WITH d, v ORDER BY v.known_from DESC, v.name
  WITH head(collect(d)) AS d, head(collect(v.name)) AS place
  OPTIONAL MATCH (d)-[u:PART_OF]->(:Division)<-[:DESCRIBES]-(above:DivisionVersion)
  WHERE live(u) AND live(above)
  WITH d, place, min(above.name) AS over
  RETURN CASE WHEN d:Village THEN over ELSE place END AS town,
         CASE WHEN d:Village THEN place END AS village
}
RETURN p.key AS key, name_of(p) AS name, labels_of(p) AS labels, masked, town,
       village,
       CASE WHEN birth_on IS NULL THEN null ELSE duration.between(birth_on, $as_of).years END AS age,
       match, matched
ORDER BY score DESC, name, key
