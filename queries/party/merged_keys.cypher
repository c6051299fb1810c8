// title: 并入的编号 / Keys merged into a party
// question: 哪些没有证件号码的名字、哪些原代码就是这个主体？ / Which mentions and former codes are this party?
// param key: text = 主体编号 / party key
// returns merged_key: text = 原编号 / key given up
// returns merged_name: text = 原名称 / name
// returns judged_by: text = 核对人 / judged by
// returns judged_on: date = 核对日期 / judged on
// returns ground: text = 核对依据 / ground
// returns source: text = 来源 / source
// basis: 征信业管理条例 第二十五条（异议与更正）
// access: public, beneficial_owner, household, identity
// rows: 200
MATCH (old:Party)-[t:SAME_AS]->(:Party {key: $key})
WHERE live(t) AND t.certainty >= 1
RETURN old.key AS merged_key, name_of(old) AS merged_name, t.judged_by AS judged_by,
       t.judged_on AS judged_on, t.ground AS ground, source_of(t) AS source
ORDER BY merged_key
