// title: 同登记经办人 / Shared registration agent
// question: 为这家企业办理登记的人或机构，还为哪些企业办理？办理过多的是代理机构，不构成线索。 / Which other firms did its registration agent file?  An agent of too many is an agency, and no evidence.
// param key: text = 企业编号 / firm
// param most: integer = 代办企业数上限（含本企业） / most firms filed, this one included ; default 4
// returns agent_key: text = 经办人编号 / agent
// returns agent_name: text = 登记经办人 / its name
// returns other_key: text = 企业编号 / other firm
// returns other_name: text = 企业名称 / its name
// returns shared_by: integer = 代办企业数 / firms filed
// returns told_certainty: real = 所据事实的确定程度 / certainty of the facts
// basis: 市场主体登记管理条例 第十五条；关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, beneficial_owner, household, identity
// rows: 100
MATCH (f:Party {key: $key})<-[here:FILED_REGISTRATION_OF]-(a:Party)
WHERE live(here)
WITH f, a, max(here.certainty) AS sure
CALL (f, a) {
  MATCH (a)-[there:FILED_REGISTRATION_OF]->(o:Party)
  WHERE live(there) AND o <> f
  WITH o, max(there.certainty) AS sure_too
  LIMIT $most
  RETURN collect({party: o, certainty: sure_too}) AS others
}
WITH a, sure, others WHERE size(others) < $most
UNWIND others AS other
WITH a, other.party AS o, size(others) + 1 AS shared_by,
     lesser(sure, other.certainty) AS told_certainty
RETURN a.key AS agent_key, name_of(a) AS agent_name, o.key AS other_key, name_of(o) AS other_name,
       shared_by, told_certainty
ORDER BY other_key, agent_key
