// title: 贷款 / Loans
// question: 这个主体借过哪些款，现在怎样？ / What did the party borrow, and how does it stand?
// param key: text = 主体编号 / party key
// returns loan_key: text = 贷款编号 / loan key
// returns borrower_key: text = 借款人编号 / who borrowed
// returns lender: text = 放款机构 / lender
// returns principal_fen: integer = 借款金额（分） / principal, fen
// returns balance_fen: integer = 余额（分） / balance, fen
// returns loan_class: text = 五级分类 / class ; codes LoanState.loan_class
// returns overdue_days: integer = 逾期天数 / days overdue
// returns days_past_due: integer = 称正常而已过到期日的天数（是否逾期待核实） / days past due though called good, to be verified
// returns granted_on: date = 发放日期 / granted
// returns due_on: date = 到期日期 / due
// returns settled_on: date = 结清日期 / settled
// returns purpose: text = 用途 / purpose
// returns interest_ratio: real = 年利率 / annual interest
// returns security_kind: text = 担保方式 / security ; codes Loan.security_kind
// returns stated_on: date = 状态的数据日期 / day that the state is of
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 征信业管理条例 第十八条（书面同意）；民法典 第五十六条（个体工商户的债务由经营者承担）
// access: public, credit
// rows: 200
MATCH (p:Party {key: $key})
  // an individual business and who runs it are one debtor
CALL (p) {
  RETURN p AS debtor
  UNION
  MATCH (p)-[m:LEGAL_REPRESENTATIVE_OF]-(debtor:Party)
  WHERE (p:IndividualBusiness OR debtor:IndividualBusiness)
    AND live(m)
    AND m.certainty >= 1
  RETURN debtor
}
MATCH (debtor)-[b:BORROWED]->(l:Loan)
WHERE live(b)
WITH debtor, b, l, newest(l, LoanVersion) AS contract, newest(l, LoanStateVersion) AS state
RETURN l.key AS loan_key, debtor.key AS borrower_key, name_over(l, LENT_BY) AS lender,
       contract.principal_fen AS principal_fen,
       state.balance_fen AS balance_fen, state.loan_class AS loan_class,
       state.overdue_days AS overdue_days,
       CASE WHEN contract.due_on < $as_of AND state.balance_fen > 0 AND state.settled_on IS NULL
                 AND coalesce(state.loan_class, 'pass') = 'pass'
                 AND coalesce(state.overdue_days, 0) = 0
            THEN duration.inDays(contract.due_on, $as_of).days END AS days_past_due,
       contract.granted_on AS granted_on,
       contract.due_on AS due_on, state.settled_on AS settled_on, contract.purpose AS purpose,
       contract.interest_ratio AS interest_ratio, contract.security_kind AS security_kind,
       state.valid_from AS stated_on, b.certainty AS certainty, source_of(b) AS source
ORDER BY granted_on, loan_key
