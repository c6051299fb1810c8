// title: 村情一览 / Village summary
// question: 这个村有多少户、多少人、多少人借款、余额多少？ / How many households, persons, borrowers, and what balance?
// param key: text = 村编号（division:…） / village
// returns households: integer = 户数 / households
// returns persons: integer = 人数 / persons
// returns borrowers: integer = 借款人数 / borrowers
// returns balance_fen: integer = 贷款余额（分） / balance, fen
// returns overdue_fen: integer = 逾期贷款余额（分） / overdue balance, fen
// returns listed: integer = 名单当事人数 / listed persons
// basis: 银发〔2014〕37号 农村信用体系建设
// access: public, credit, identity
// rows: 1
MATCH (village:Division {key: $key})
CALL (village) {
  OPTIONAL MATCH (p:Party)-[t:LOCATED_IN]->(village)
  WHERE live(t)
  RETURN collect(DISTINCT p) AS parties
}
CALL (parties) {
  UNWIND parties AS p
  MATCH (p)-[b:BORROWED]->(l:Loan)
  WHERE live(b)
  WITH l, collect(DISTINCT p) AS who
  WITH who, newest(l, LoanStateVersion) AS state
  WITH collect({balance: coalesce(state.balance_fen, 0), days: coalesce(state.overdue_days, 0)}) AS loans,
       collect(who) AS groups
  RETURN size(reduce(all = [], g IN groups | all + [x IN g WHERE NOT x IN all])) AS borrowers,
         reduce(sum = 0, x IN loans | sum + x.balance) AS balance_fen,
         reduce(sum = 0, x IN loans | sum + CASE WHEN x.days > 0 THEN x.balance ELSE 0 END)
           AS overdue_fen
}
CALL (parties) {
  UNWIND parties AS p
  MATCH (p)-[t:SUBJECT_OF]->(entry:ListEntry)<-[:DESCRIBES]-(e:ListEntryVersion)
  WHERE live(t) AND live(e)
    AND usable(entry)
  RETURN count(DISTINCT p) AS listed
}
RETURN size([p IN parties WHERE p:Household]) AS households,
       size([p IN parties WHERE p:Person]) AS persons, borrowers,
       balance_fen, overdue_fen, listed
