// title: 同住所 / Shared address
// question: 还有谁登记在同一住所？共用的主体过多时不构成线索。 / Who else has the same address?  One shared by too many is no evidence.
// param key: text = 主体编号 / party key
// param most: integer = 共用主体数上限（含本主体） / most sharers, the party included ; default 6
// returns other_key: text = 对方编号 / other party
// returns other_name: text = 对方名称 / its name
// returns address: text = 住所 / address
// returns shared_by: integer = 共用主体数 / sharers
// returns told_certainty: real = 所据事实的确定程度 / certainty of the facts
// basis: 关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, beneficial_owner, household, identity
// rows: 100
MATCH (p:Party {key: $key})<-[:DESCRIBES]-(mine:PartyVersion)
WHERE live(mine) AND mine.address IS NOT NULL
WITH p, mine.address AS value, mine.address AS shown, max(mine.certainty) AS sure
CALL (p, value) {
  MATCH (theirs:PartyVersion {address: value})-[:DESCRIBES]->(o:Party)
  WHERE live(theirs) AND o <> p
  WITH o, max(theirs.certainty) AS sure_too
  LIMIT $most
  RETURN collect({party: o, certainty: sure_too}) AS others
}
WITH shown, sure, others WHERE size(others) < $most
UNWIND others AS other
WITH other.party AS o, shown, size(others) + 1 AS shared_by,
     lesser(sure, other.certainty) AS told_certainty
RETURN o.key AS other_key, name_of(o) AS other_name, shown AS address, shared_by,
       told_certainty
ORDER BY address, other_key
