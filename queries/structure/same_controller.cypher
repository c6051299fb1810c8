// title: 同一控制人 / Same controller
// question: 这家企业的法定代表人或过半数股东，还代表或过半数持有哪些企业？ / Which other firms does the firm's representative or majority holder run or hold?
// param key: text = 企业编号 / firm
// param majority_ratio: real = 过半数 / majority ; default 0.5
// returns controller_key: text = 控制人编号 / controller
// returns controller_name: text = 控制人 / its name
// returns role_here: text = 在本企业的身份 / as what, here
// returns other_key: text = 企业编号 / other firm
// returns other_name: text = 企业名称 / its name
// returns role_there: text = 在该企业的身份 / as what, there
// returns told_certainty: real = 所据事实的确定程度 / certainty of the facts
// basis: 公司法（2023 修订）第二百六十五条；关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, beneficial_owner, household, identity
// rows: 200
MATCH (f:Party {key: $key})<-[here:LEGAL_REPRESENTATIVE_OF|HOLDS_SHARES_IN]-(c:Party)
WHERE live(here)
  AND (type(here) = 'LEGAL_REPRESENTATIVE_OF' OR here.share_ratio > $majority_ratio)
WITH f, c, type(here) AS role_here, max(here.certainty) AS sure
MATCH (c)-[there:LEGAL_REPRESENTATIVE_OF|HOLDS_SHARES_IN]->(o:Party)
WHERE live(there)
  AND (type(there) = 'LEGAL_REPRESENTATIVE_OF' OR there.share_ratio > $majority_ratio)
  AND o <> f
WITH c, role_here, sure, o, type(there) AS role_there, max(there.certainty) AS sure_too
RETURN c.key AS controller_key, name_of(c) AS controller_name, role_here,
       o.key AS other_key, name_of(o) AS other_name, role_there,
       lesser(sure, sure_too) AS told_certainty
ORDER BY other_key, controller_key, role_here, role_there
