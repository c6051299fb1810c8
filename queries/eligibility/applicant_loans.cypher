// title: 申请人相关贷款 / Loans around the applicant
// question: 本人所借、本人所担保、同户他人所借的贷款 / Loans borrowed, guaranteed, or borrowed by others of the household
// param key: text = 自然人编号 / person key
// param as_of: date = 事实时点 / true at
// param known_at: instant = 获知时点 / known at
// returns loan_key: text = 贷款编号 / loan key
// returns role: text = 角色 / role
// returns balance_fen: integer = 贷款余额 / balance
// returns loan_class: text = 五级分类 / class
// returns overdue_days: integer = 逾期天数 / days overdue
// returns settled_on: date = 结清日期 / settled
// returns source: text = 来源 / source
// returns said_on: date = 事实起始日期 / true since
// basis: 征信业管理条例 第十八条
// rows: 200
MATCH (p:Party:Person {key: $key})
CALL (p) {
    MATCH (p)-[t:BORROWED]->(l:Loan)
    RETURN 'borrower' AS role, l, [t] AS ties
  UNION
    MATCH (p)-[g:GAVE]->(:Guarantee)-[t:SECURES]->(l:Loan)
    RETURN 'guarantor' AS role, l, [g, t] AS ties
  UNION
    MATCH (p)-[b:BELONGS_TO]->(:Household)<-[c:BELONGS_TO]-(q:Person)-[t:BORROWED]->(l:Loan)
    WHERE q <> p
    RETURN 'household' AS role, l, [b, c, t] AS ties
  UNION
    MATCH (p)-[b:BELONGS_TO]->(:Household)-[t:BORROWED]->(l:Loan)
    RETURN 'household' AS role, l, [b, t] AS ties
}
WITH DISTINCT role, l, ties
WHERE all(t IN ties WHERE t.certainty = 1.0
      AND t.valid_from <= $as_of AND $as_of < t.valid_to
      AND t.known_from <= $known_at AND $known_at < t.known_to)
WITH DISTINCT role, l, last(ties) AS tie
CALL (l) {
  OPTIONAL MATCH (s:LoanStateVersion)-[:DESCRIBES]->(l)
  WHERE s.certainty = 1.0
    AND s.valid_from <= $as_of AND $as_of < s.valid_to
    AND s.known_from <= $known_at AND $known_at < s.known_to
  WITH s ORDER BY s.known_from DESC, s.fact_id
  RETURN head(collect(s.balance_fen)) AS balance_fen,
         head(collect(s.loan_class)) AS loan_class,
         head(collect(s.overdue_days)) AS overdue_days,
         head(collect(s.settled_on)) AS settled_on,
         head(collect(s.source)) AS stated_by,
         head(collect(s.valid_from)) AS stated_on
}
RETURN l.key AS loan_key,
       role,
       balance_fen,
       loan_class,
       overdue_days,
       settled_on,
       coalesce(stated_by, tie.source) AS source,
       coalesce(stated_on, tie.valid_from) AS said_on
ORDER BY role, loan_key
