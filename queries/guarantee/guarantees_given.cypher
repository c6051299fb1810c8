// title: 对外担保 / Guarantees given
// question: 这个主体为谁担保？ / For whom does the party stand?
// param key: text = 主体编号 / party key
// returns other_key: text = 对方编号 / other party
// returns other_name: text = 对方名称 / its name
// returns contract: text = 担保合同 / contract
// returns amount_fen: integer = 担保金额（分） / amount, fen
// returns owed_fen: integer = 现担保余额（分） / owed now, fen
// returns guarantee_kind: text = 保证方式 / kind ; codes Guarantee.guarantee_kind
// returns since: date = 起始日 / since
// returns until: date = 到期日（末日） / until, last day
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 征信业管理条例 第十八条（书面同意）；民法典 第六百八十二条（担保从属于主债权）
// access: public, beneficial_owner, credit, guarantee, household, identity
// rows: 200
MATCH (p:Party {key: $key})-[g:GUARANTEES]->(o:Party)
WHERE live(g) AND stands(g.discriminator)
WITH o, g, owed_fen(g.discriminator, g.amount_fen) AS owed_fen
RETURN o.key AS other_key, name_of(o) AS other_name, g.discriminator AS contract,
       g.amount_fen AS amount_fen, owed_fen, g.guarantee_kind AS guarantee_kind,
       g.valid_from AS since, last_day(g.valid_to) AS until, g.certainty AS certainty,
       source_of(g) AS source
ORDER BY since, other_key, contract
