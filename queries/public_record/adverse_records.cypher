// title: 不利记录 / Adverse records
// question: 这个主体本身现在依法可用的不利记录有哪些（名单、处罚、欠税、贷款、登记状态、水电气欠费）？ / Which adverse records may lawfully be used of the party itself?
// param key: text = 主体编号 / party key
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns kind: text = 类别 / kind ; codes adverse
// returns what: text = 情形 / what ; codes adverse_what
// returns record_key: text = 记录编号 / record
// returns document_no: text = 文号（案号、决定书、借据） / document
// returns authority: text = 机关（机构） / authority
// returns since: date = 起始日 / since
// returns until: date = 可用至 / usable until
// returns amount_fen: integer = 金额（分） / amount, fen
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 法释〔2017〕7号；行政处罚法 第四十八条；欠税公告办法；贷款风险分类；信用修复管理办法（修复后停止共享和使用）
// rows: 200
MATCH (p:Party {key: $key})
CALL (p) {
  MATCH (p)-[t:SUBJECT_OF]->(x:ListEntry)<-[:DESCRIBES]-(v:ListEntryVersion)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
    AND usable(x)
  RETURN 'list_entry' AS kind, v.list_kind AS what, x.key AS record_key, v.case_no AS document_no,
         v.authority AS authority, v.listed_on AS since, v.usable_until AS until,
         null AS amount_fen, v.source AS source,
         CASE WHEN v.certainty < t.certainty THEN v.certainty ELSE t.certainty END AS certainty
  UNION
  MATCH (p)-[t:PENALISED_BY]->(x:AdministrativeDecision)<-[:DESCRIBES]-(v:PenaltyVersion)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
    AND usable(x)
  RETURN 'penalty' AS kind, v.penalty_kinds AS what, x.key AS record_key,
         v.document_no AS document_no, head(COLLECT {
           MATCH (x)-[u:DECIDED_BY]->(:Party)<-[:DESCRIBES]-(by:PartyVersion)
           WHERE u.valid_from <= $as_of AND $as_of < u.valid_to
             AND u.known_from <= $known_at AND $known_at < u.known_to
             AND by.valid_from <= $as_of AND $as_of < by.valid_to
             AND by.known_from <= $known_at AND $known_at < by.known_to
             AND by.name IS NOT NULL
           RETURN by.name ORDER BY by.name LIMIT 1
         }) AS authority,
         v.decided_on AS since, v.usable_until AS until, v.fine_fen AS amount_fen,
         v.source AS source,
         CASE WHEN v.certainty < t.certainty THEN v.certainty ELSE t.certainty END AS certainty
  UNION
  MATCH (p)-[t:OWES]->(x:Debt)<-[:DESCRIBES]-(v:TaxArrearsVersion)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
    AND (v.balance_fen > 0 OR v.balance_fen IS NULL)
  RETURN 'tax_arrears' AS kind, v.tax_kind AS what, x.key AS record_key, null AS document_no,
         v.authority AS authority, v.valid_from AS since, null AS until,
         v.balance_fen AS amount_fen, v.source AS source,
         CASE WHEN v.certainty < t.certainty THEN v.certainty ELSE t.certainty END AS certainty
  UNION
  MATCH (p)-[t:RATED_AS]->(x:TaxRating)<-[:DESCRIBES]-(v:TaxRatingVersion)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
    AND v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
  WITH t, x, v ORDER BY v.year DESC, v.known_from DESC, v.fact_id
  WITH head(collect({tie: t, record: x, said: v})) AS latest
  WHERE latest.said.grade = 'D'
  RETURN 'tax_grade' AS kind, latest.said.grade AS what, latest.record.key AS record_key,
         null AS document_no, null AS authority, latest.said.rated_on AS since, null AS until,
         null AS amount_fen, latest.said.source AS source,
         CASE WHEN latest.said.certainty < latest.tie.certainty THEN latest.said.certainty
           ELSE latest.tie.certainty END AS certainty
  UNION
  MATCH (p)-[t:BORROWED]->(x:Loan)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
  CALL (x) {
    OPTIONAL MATCH (x)<-[:DESCRIBES]-(s:LoanStateVersion)
    WHERE s.valid_from <= $as_of AND $as_of < s.valid_to
      AND s.known_from <= $known_at AND $known_at < s.known_to
    WITH s ORDER BY s.known_from DESC, s.valid_from DESC, s.fact_id
    RETURN head(collect(s)) AS state
  }
  CALL (x) {
    OPTIONAL MATCH (x)<-[:DESCRIBES]-(c:LoanVersion)
    WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
      AND c.known_from <= $known_at AND $known_at < c.known_to
    WITH c ORDER BY c.known_from DESC, c.fact_id
    RETURN head(collect(c)) AS contract
  }
  CALL (x) {
    OPTIONAL MATCH (x)<-[:DESCRIBES]-(r:RepaymentHistoryVersion)
    WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.known_from <= $known_at AND $known_at < r.known_to
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
  RETURN 'loan' AS kind, what AS what, x.key AS record_key, contract.loan_no AS document_no,
         head(COLLECT {
           MATCH (x)-[u:LENT_BY]->(:Party)<-[:DESCRIBES]-(by:PartyVersion)
           WHERE u.valid_from <= $as_of AND $as_of < u.valid_to
             AND u.known_from <= $known_at AND $known_at < u.known_to
             AND by.valid_from <= $as_of AND $as_of < by.valid_to
             AND by.known_from <= $known_at AND $known_at < by.known_to
             AND by.name IS NOT NULL
           RETURN by.name ORDER BY by.name LIMIT 1
         }) AS authority,
         state.valid_from AS since, null AS until, state.balance_fen AS amount_fen,
         coalesce(state.source, t.source) AS source,
         CASE WHEN state.certainty < t.certainty THEN state.certainty ELSE t.certainty END AS certainty
  UNION
  MATCH (p)<-[:DESCRIBES]-(v:PartyVersion)
  WHERE v.valid_from <= $as_of AND $as_of < v.valid_to
    AND v.known_from <= $known_at AND $known_at < v.known_to
    AND v.registration_state IS NOT NULL
  WITH p, v ORDER BY v.known_from DESC, v.fact_id
  WITH p, head(collect(v)) AS v
  WHERE v.registration_state = 'revoked'
  RETURN 'registration' AS kind, v.registration_state AS what, p.key AS record_key,
         null AS document_no, null AS authority, coalesce(v.ended_on, v.valid_from) AS since,
         null AS until, null AS amount_fen, v.source AS source, v.certainty AS certainty
  UNION
  MATCH (p)-[t:PAYS_FOR]->(x:UtilityAccount)
  WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
    AND t.known_from <= $known_at AND $known_at < t.known_to
  CALL (x) {
    MATCH (x)<-[:DESCRIBES]-(s:UtilityStateVersion)
    WHERE s.valid_from <= $as_of AND $as_of < s.valid_to
      AND s.known_from <= $known_at AND $known_at < s.known_to
    WITH s ORDER BY s.known_from DESC, s.valid_from DESC, s.fact_id
    RETURN head(collect(s)) AS v
  }
  WITH t, x, v WHERE v.arrears_fen > 0
  RETURN 'utility' AS kind, head(COLLECT {
           MATCH (x)<-[:DESCRIBES]-(a:UtilityAccountVersion)
           WHERE a.valid_from <= $as_of AND $as_of < a.valid_to
             AND a.known_from <= $known_at AND $known_at < a.known_to
             AND a.service IS NOT NULL
           RETURN a.service ORDER BY a.service LIMIT 1
         }) AS what, x.key AS record_key,
         null AS document_no, null AS authority, v.period_ends_on AS since, null AS until,
         v.arrears_fen AS amount_fen, v.source AS source,
         CASE WHEN v.certainty < t.certainty THEN v.certainty ELSE t.certainty END AS certainty
}
RETURN kind AS kind, what AS what, record_key AS record_key, document_no AS document_no,
       authority AS authority, since AS since, until AS until, amount_fen AS amount_fen,
       certainty AS certainty, source AS source
ORDER BY kind, since DESC, record_key, source
