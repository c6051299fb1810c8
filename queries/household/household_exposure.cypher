// title: 农户敞口 / Household exposure
// question: 这一户（或这个人所在的户）一共欠多少、担保多少？ / What does the household owe and guarantee in all?
// param key: text = 农户或成员编号 / household or member
// returns household_key: text = 农户编号 / household
// returns member_count: integer = 成员数 / members
// returns loan_count: integer = 贷款笔数 / loans
// returns principal_fen: integer = 借款总额（分） / principal, fen
// returns balance_fen: integer = 余额（分） / balance, fen
// returns guaranteed_fen: integer = 对外担保余额（分） / owed for others, fen
// basis: 农户以户为单位授信；征信业管理条例 第十八条
// access: public, credit, guarantee, household
// rows: 10
MATCH (p:Party {key: $key})
households_of(p, h)
WITH DISTINCT h
CALL (h) {
  OPTIONAL MATCH (member:Person)-[m:BELONGS_TO]->(h)
  WHERE live(m)
  RETURN collect(DISTINCT member) AS members
}
  // what a member's individual business owes is the member's own (民法典 第五十六条)
CALL (members) {
  UNWIND members AS member
  MATCH (member)-[m:LEGAL_REPRESENTATIVE_OF]->(shop:IndividualBusiness)
  WHERE live(m) AND m.certainty >= 1
  RETURN collect(DISTINCT shop) AS shops
}
CALL (h, members, shops) {
  UNWIND members + shops + [h] AS party
  MATCH (party)-[b:BORROWED]->(l:Loan)
  WHERE live(b)
  WITH DISTINCT l
  WITH l, newest(l, LoanVersion) AS contract, newest(l, LoanStateVersion) AS state
  RETURN count(l) AS loan_count, coalesce(sum(contract.principal_fen), 0) AS principal_fen,
         coalesce(sum(state.balance_fen), 0) AS balance_fen
}
CALL (h, members) {
  UNWIND members + [h] AS party
  MATCH (party)-[g:GUARANTEES]->(:Party)
  WHERE live(g) AND stands(g.discriminator)
  WITH g, owed_fen(g.discriminator, g.amount_fen) AS owed_fen
  RETURN coalesce(sum(owed_fen), 0) AS guaranteed_fen
}
RETURN h.key AS household_key, size(members) AS member_count, loan_count,
       principal_fen, balance_fen,
       guaranteed_fen
ORDER BY household_key
