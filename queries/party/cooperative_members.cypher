// title: 合作社成员 / Cooperative members
// question: 合作社有哪些成员？ / Who are the members of the cooperative?
// param key: text = 合作社编号 / cooperative
// returns member_key: text = 成员编号 / member
// returns member_name: text = 名称 / name
// returns contribution_fen: integer = 出资额（分） / contribution, fen
// returns is_farmer: flag = 是否农民成员 / farmer member
// returns since: date = 入社日期 / since
// returns certainty: real = 确定程度 / certainty
// basis: 农民专业合作社法 第二十条
// access: public, beneficial_owner, household, identity, operation
// rows: 500
MATCH (m:Party)-[t:MEMBER_OF]->(:Party {key: $key})
WHERE live(t)
RETURN m.key AS member_key, name_of(m) AS member_name, t.contribution_fen AS contribution_fen,
       t.is_farmer AS is_farmer, t.valid_from AS since, t.certainty AS certainty
ORDER BY member_key, since
