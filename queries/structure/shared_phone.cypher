// title: 同电话 / Shared telephone
// question: 还有谁使用同一联系电话？共用的主体过多时不构成线索。 / Who else has the same telephone?  One shared by too many is no evidence.
// param key: text = 主体编号 / party key
// param most: integer = 共用主体数上限（含本主体） / most sharers, the party included ; default 4
// returns other_key: text = 对方编号 / other party
// returns other_name: text = 对方名称 / its name
// returns phone_masked: text = 联系电话（脱敏） / masked telephone
// returns shared_by: integer = 共用主体数 / sharers
// returns told_certainty: real = 所据事实的确定程度 / certainty of the facts
// basis: 关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, beneficial_owner, household, identity
// rows: 100
MATCH (p:Party {key: $key})<-[:DESCRIBES]-(mine:PartyVersion)
WHERE live(mine) AND mine.phone_key IS NOT NULL
WITH p, mine.phone_key AS value, max(mine.phone_masked) AS shown, max(mine.certainty) AS sure
CALL (p, value) {
  MATCH (theirs:PartyVersion {phone_key: value})-[:DESCRIBES]->(o:Party)
  WHERE live(theirs) AND o <> p
  WITH o, max(theirs.certainty) AS sure_too
  LIMIT $most
  RETURN collect({party: o, certainty: sure_too}) AS others
}
WITH shown, sure, others WHERE size(others) < $most
UNWIND others AS other
WITH other.party AS o, shown, size(others) + 1 AS shared_by,
     lesser(sure, other.certainty) AS told_certainty
RETURN o.key AS other_key, name_of(o) AS other_name, shown AS phone_masked, shared_by,
       told_certainty
ORDER BY phone_masked, other_key
