// title: 家庭成员 / Household members
// question: 这一户（或这个人所在的户）有哪些人？ / Who belongs to the household?
// param key: text = 农户或成员编号 / household or member
// returns household_key: text = 农户编号 / household
// returns member_key: text = 成员编号 / member
// returns member_name: text = 姓名 / name
// returns role: text = 与户主关系 / role ; codes BELONGS_TO.role
// basis: 征信业管理条例 第十三条
// access: household, identity
// rows: 60
MATCH (p:Party {key: $key})
households_of(p, h)
WITH DISTINCT h
MATCH (member:Person)-[t:BELONGS_TO]->(h)
WHERE live(t)
RETURN h.key AS household_key, member.key AS member_key, name_of(member) AS member_name, t.role AS role
ORDER BY household_key, member_key
