// title: 授信 / Credit lines
// question: 这个主体有哪些授信，额度多少，到什么时候？ / Which credit lines was the party granted, how much and until when?
// param key: text = 主体编号 / party key
// returns line_key: text = 授信编号 / line key
// returns lender: text = 授信机构 / lender
// returns amount_fen: integer = 授信额度（分） / amount, fen
// returns product: text = 信贷产品 / product
// returns granted_on: date = 授信日期 / granted
// returns expires_on: date = 到期日期 / expires
// returns ended_on: date = 终止日期 / ended
// returns in_force: flag = 当日是否有效 / whether in force on the day
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 征信业管理条例 第十八条（书面同意）
// access: public, credit
// rows: 200
MATCH (p:Party {key: $key})-[t:GRANTED_LINE]->(l:CreditLine)
WHERE live(t)
WITH t, l, newest(l, CreditLineVersion) AS line
RETURN l.key AS line_key, name_over(l, LINE_OF) AS lender, line.amount_fen AS amount_fen,
       line.product AS product, line.granted_on AS granted_on, line.expires_on AS expires_on,
       line.ended_on AS ended_on,
       coalesce(line.expires_on >= $as_of, true) AND coalesce(line.ended_on > $as_of, true)
         AS in_force,
       t.certainty AS certainty, source_of(t) AS source
ORDER BY granted_on, line_key
