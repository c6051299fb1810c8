// title: 最短关联 / Shortest link
// question: 两个主体之间最短隔几层关系，经过谁？ / How far apart are two parties, and through whom?
// param key: text = 一方编号 / one party
// param other: text = 另一方编号 / the other
// returns distance: integer = 距离 / distance
// returns keys: list = 经过的主体 / parties on the way
// returns kinds: list = 经过的关系 / ties on the way ; codes kinds
// basis: 关联提示仅供参考，不作为认定失信或惩戒依据
// access: public, credit, guarantee, household, operation
// rows: 1
// within: distance 8
// allow: CartesianProduct because each side is one party found by its unique key
MATCH (a:Party {key: $key})
MATCH (b:Party {key: $other})
WHERE a <> b
  // whoever stands on a path of eight is within four of one end
WITH a, b, closed_ways(a, GUARANTEES|HOLDS_SHARES_IN|LEGAL_REPRESENTATIVE_OF|MEMBER_OF|BELONGS_TO|SPOUSE_OF|EXECUTIVE_OF|JOINT_GUARANTEE_WITH|REGISTERED_AS|SUPPLIES, 4, -) + closed_ways(b, GUARANTEES|HOLDS_SHARES_IN|LEGAL_REPRESENTATIVE_OF|MEMBER_OF|BELONGS_TO|SPOUSE_OF|EXECUTIVE_OF|JOINT_GUARANTEE_WITH|REGISTERED_AS|SUPPLIES, 4, -) AS closed
MATCH path = SHORTEST 1 (a) (()-[t:GUARANTEES|HOLDS_SHARES_IN|LEGAL_REPRESENTATIVE_OF|MEMBER_OF|BELONGS_TO|SPOUSE_OF|EXECUTIVE_OF|JOINT_GUARANTEE_WITH|REGISTERED_AS|SUPPLIES WHERE open_way(t, closed)]-()){1,8} (b)
RETURN length(path) AS distance, [n IN nodes(path) | n.key] AS keys,
       [r IN relationships(path) | type(r)] AS kinds
