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
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
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
// rows: 400
CALL () {
  UNWIND $keys AS key
  MATCH (p:Party {key: key})
  RETURN p, 'key' AS match, null AS matched, 1000.0 AS score
  UNION
  UNWIND $prefixes AS prefix
  MATCH (p:Party)
  WHERE p.key STARTS WITH prefix
  WITH p LIMIT 20
  RETURN p, 'code_part' AS match, null AS matched, 0.0 AS score
  UNION
  UNWIND $phone_keys AS phone_key
  MATCH (v:PartyVersion {phone_key: phone_key})-[:DESCRIBES]->(p:Party)
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH p, v LIMIT 50
  RETURN p, 'phone' AS match, v.phone_masked AS matched, 0.0 AS score
  UNION
  UNWIND $loan_nos AS loan_no
  MATCH (c:LoanVersion {loan_no: loan_no})-[:DESCRIBES]->(l:Loan)<-[b:BORROWED]-(p:Party)
  WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
    AND c.known_from <= $known_at AND $known_at < c.known_to
    AND b.valid_from <= $as_of AND $as_of < b.valid_to
    AND b.known_from <= $known_at AND $known_at < b.known_to
  WITH DISTINCT p, l, loan_no LIMIT 50
  CALL (l) {
    OPTIONAL MATCH (l)-[t:LENT_BY]->(:Party)<-[:DESCRIBES]-(f:PartyVersion)
    WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
      AND t.known_from <= $known_at AND $known_at < t.known_to
      AND f.valid_from <= $as_of AND $as_of < f.valid_to
      AND f.known_from <= $known_at AND $known_at < f.known_to
    RETURN min(f.name) AS lender
  }
  RETURN p, 'loan' AS match, loan_no + coalesce('（' + lender + '）', '') AS matched, 0.0 AS score
  UNION
  UNWIND $places AS place
  MATCH (said:DivisionVersion {name: place})-[:DESCRIBES]->(:Division)<-[l:LOCATED_IN]-(p:Party)
  WHERE said.valid_from <= $as_of AND $as_of < said.valid_to
    AND said.known_from <= $known_at AND $known_at < said.known_to
    AND l.valid_from <= $as_of AND $as_of < l.valid_to
    AND l.known_from <= $known_at AND $known_at < l.known_to
  WITH DISTINCT p, place ORDER BY CASE WHEN p:Household THEN 0 WHEN p:Person THEN 2 ELSE 1 END, p.key
  LIMIT 200
  RETURN p, 'place' AS match, place AS matched, 0.0 AS score
  UNION
  UNWIND $names AS asked
  CALL (asked) {
    CALL db.index.fulltext.queryNodes('searched_names', asked.query, {limit: asked.limit})
    YIELD node AS called, score
    MATCH (v:PartyVersion {name: called.name})-[:DESCRIBES]->(p:Party)
    WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
      AND v.known_from <= $known_at AND $known_at < v.known_to
      AND (NOT asked.is_household OR p:Household)
      AND (asked.within = '' OR EXISTS {
        MATCH (p)-[l:LOCATED_IN]->(d:Division)
        WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
          AND l.known_from <= $known_at AND $known_at < l.known_to
          AND (EXISTS {
            MATCH (d)<-[:DESCRIBES]-(here:DivisionVersion) WHERE here.name CONTAINS asked.within
          } OR EXISTS {
            MATCH (d)-[:PART_OF]->(:Division)<-[:DESCRIBES]-(above:DivisionVersion)
            WHERE above.name CONTAINS asked.within
          })
      })
      AND ($digits = '' OR EXISTS {
        MATCH (p)<-[:DESCRIBES]-(id:PartyVersion)
        WHERE id.unified_social_credit_code ENDS WITH $digits OR id.resident_id_tail_key = $tail_key
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
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH v ORDER BY v.known_from DESC, v.fact_id
  RETURN head([name IN collect(v.name) WHERE name IS NOT NULL]) AS name,
         head([code IN collect(coalesce(v.unified_social_credit_code, v.resident_id_masked))
               WHERE code IS NOT NULL]) AS masked,
         head([day IN collect(v.birth_on) WHERE day IS NOT NULL]) AS birth_on,
         count(v) AS said
}
WITH p, match, matched, score, name, masked, birth_on WHERE said > 0
CALL (p) {
  OPTIONAL MATCH (p)-[l:LOCATED_IN]->(d:Division)<-[:DESCRIBES]-(v:DivisionVersion)
  WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
    AND l.known_from <= $known_at AND $known_at < l.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH d, v ORDER BY v.known_from DESC, v.name
  WITH head(collect(d)) AS d, head(collect(v.name)) AS place
  OPTIONAL MATCH (d)-[u:PART_OF]->(:Division)<-[:DESCRIBES]-(above:DivisionVersion)
  WHERE u.valid_from <= $as_of AND $as_of < u.valid_to
    AND u.known_from <= $known_at AND $known_at < u.known_to
    AND above.valid_from <= $as_of AND $as_of < above.valid_to
    AND above.known_from <= $known_at AND $known_at < above.known_to
  WITH d, place, min(above.name) AS over
  RETURN CASE WHEN d:Village THEN over ELSE place END AS town,
         CASE WHEN d:Village THEN place END AS village
}
RETURN p.key AS key, name AS name, labels(p) AS labels, masked AS masked, town AS town,
       village AS village,
       CASE WHEN birth_on IS NULL THEN null ELSE duration.between(birth_on, $as_of).years END AS age,
       match AS match, matched AS matched
ORDER BY CASE match WHEN 'near' THEN 1 ELSE 0 END, score DESC, name, key
