// title: 不利记录 / Adverse records
// question: 这个主体本身现在依法可用的不利记录有哪些（名单、处罚、欠税、贷款、登记状态、水电气欠费）？ / Which adverse records may lawfully be used of the party itself?
// param key: text = 主体编号 / party key
// returns kind: text = 类别 / kind ; codes adverse
// returns what: text = 情形 / what ; codes adverse_what
// returns record_key: text = 记录编号 / record
// returns document_no: text = 文号（案号、决定书、借据） / document
// returns authority: text = 机关（机构） / authority
// returns since: date = 起始日 / since
// returns until: date = 公示截止日期 / published until
// returns amount_fen: integer = 金额（分） / amount, fen
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 法释〔2017〕7号；行政处罚法 第四十八条；欠税公告办法；贷款风险分类；信用修复管理办法（修复后停止共享和使用）
// access: public, beneficial_owner, credit, household, identity, tax, utility
// rows: 200
MATCH (p:Party {key: $key})
CALL (p) {
  MATCH (p)-[t:SUBJECT_OF]->(x:ListEntry)<-[:DESCRIBES]-(v:ListEntryVersion)
  WHERE live(t) AND live(v)
    AND usable(x)
  RETURN 'list_entry' AS kind, v.list_kind AS what, x.key AS record_key, v.case_no AS document_no,
         v.authority AS authority, v.listed_on AS since, v.published_until AS until,
         null AS amount_fen, source_of(v) AS source,
         lesser(v.certainty, t.certainty) AS certainty
  UNION
  MATCH (p)-[t:PENALISED_BY]->(x:AdministrativeDecision)<-[:DESCRIBES]-(v:PenaltyVersion)
  WHERE live(t) AND live(v)
    AND usable(x)
  RETURN 'penalty' AS kind, v.penalty_kinds AS what, x.key AS record_key,
         v.document_no AS document_no,
         coalesce(name_over(x, DECIDED_BY), v.authority) AS authority,
         v.decided_on AS since, v.published_until AS until, v.fine_fen AS amount_fen,
         source_of(v) AS source,
         lesser(v.certainty, t.certainty) AS certainty
  UNION
  MATCH (p)-[t:OWES]->(x:Debt)<-[:DESCRIBES]-(v:TaxArrearsVersion)
  WHERE live(t) AND live(v) AND usable(x)
    AND (v.balance_fen > 0 OR v.balance_fen IS NULL)
  RETURN 'tax_arrears' AS kind, v.tax_kind AS what, x.key AS record_key, null AS document_no,
         v.authority AS authority, v.valid_from AS since, null AS until,
         v.balance_fen AS amount_fen, source_of(v) AS source,
         lesser(v.certainty, t.certainty) AS certainty
  UNION
  MATCH (p)-[t:RATED_AS]->(x:TaxRating)<-[:DESCRIBES]-(v:TaxRatingVersion)
  WHERE live(t) AND live(v)
  WITH t, x, v ORDER BY v.year DESC, v.known_from DESC, v.fact_id LIMIT 1
  WITH t, x, v WHERE v.grade = 'D'
  RETURN 'tax_grade' AS kind, v.grade AS what, x.key AS record_key,
         null AS document_no, null AS authority, v.rated_on AS since, null AS until,
         null AS amount_fen, source_of(v) AS source,
         lesser(v.certainty, t.certainty) AS certainty
  UNION
  MATCH (p)-[t:BORROWED]->(x:Loan)
  WHERE live(t)
  WITH t, x, newest(x, LoanStateVersion) AS state, newest(x, LoanVersion) AS contract
  CALL (x) {
    OPTIONAL MATCH (x)<-[:DESCRIBES]-(r:RepaymentHistoryVersion)
    WHERE live(r)
    RETURN coalesce(max(r.has_write_off), false) AS written_off
  }
  WITH t, x, state, contract, written_off,
       coalesce(state.settled_on <= $as_of, false) AS settled
  WITH t, x, state, contract, CASE
    WHEN written_off THEN 'written_off'
    WHEN settled THEN null
    WHEN state.loan_class IN ['special_mention', 'substandard', 'doubtful', 'loss'] THEN state.loan_class
    WHEN state.overdue_days > 0 OR state.overdue_interest_fen > 0 THEN 'overdue'
    WHEN contract.due_on < $as_of AND state.balance_fen > 0 THEN 'matured'
  END AS what
  WHERE what IS NOT NULL
  RETURN 'loan' AS kind, what, x.key AS record_key, contract.loan_no AS document_no,
         name_over(x, LENT_BY) AS authority,
         state.valid_from AS since, null AS until, state.balance_fen AS amount_fen,
         coalesce(source_of(state), source_of(t)) AS source,
         lesser(state.certainty, t.certainty) AS certainty
  UNION
  MATCH (p)<-[:DESCRIBES]-(v:PartyVersion)
  WHERE live(v) AND v.registration_state IS NOT NULL
  WITH p, v ORDER BY v.known_from DESC, v.fact_id
  WITH p, head(collect(v)) AS v
  WHERE v.registration_state = 'revoked'
  RETURN 'registration' AS kind, v.registration_state AS what, p.key AS record_key,
         null AS document_no, null AS authority, coalesce(v.ended_on, v.valid_from) AS since,
         null AS until, null AS amount_fen, source_of(v) AS source, v.certainty AS certainty
  UNION
  MATCH (p)-[t:PAYS_FOR]->(x:UtilityAccount)
  WHERE live(t)
  WITH t, x, newest(x, UtilityStateVersion) AS v
  WHERE v.arrears_fen > 0
  RETURN 'utility' AS kind, head(COLLECT {
           MATCH (x)<-[:DESCRIBES]-(a:UtilityAccountVersion)
           WHERE live(a) AND a.service IS NOT NULL
           RETURN a.service ORDER BY a.service LIMIT 1
         }) AS what, x.key AS record_key,
         null AS document_no, null AS authority, v.period_ends_on AS since, null AS until,
         v.arrears_fen AS amount_fen, source_of(v) AS source,
         lesser(v.certainty, t.certainty) AS certainty
}
RETURN kind, what, record_key, document_no, authority, since, until, amount_fen, certainty, source
ORDER BY kind, since DESC, record_key, source
