// title: 名单记录 / List entries
// question: 这个主体本身现在依法可用的名单记录有哪些？ / Which list entries may lawfully be used of the party itself?
// param key: text = 主体编号 / party key
// param as_of: date = 查询日 / as of
// param known_at: instant = 知悉时点 / known at
// returns entry_key: text = 记录编号 / entry
// returns list_kind: text = 名单类别 / list ; codes ListEntry.list_kind
// returns case_no: text = 案号 / case
// returns authority: text = 认定机关 / authority
// returns legal_ground: text = 执行依据 / ground
// returns conduct: text = 具体情形 / conduct ; codes ListEntry.conduct
// returns listed_on: date = 发布日期 / listed
// returns usable_until: date = 可用至（末日） / last day of use
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 法释〔2017〕7号；信用修复管理办法（修复后停止共享和使用）
// rows: 100
MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->(entry:ListEntry)<-[:DESCRIBES]-(e:ListEntryVersion)
WHERE t.valid_from <= $as_of AND $as_of < t.valid_to
  AND t.known_from <= $known_at AND $known_at < t.known_to
  AND e.valid_from <= $as_of AND $as_of < e.valid_to
  AND e.known_from <= $known_at AND $known_at < e.known_to
  AND usable(entry)
RETURN entry.key AS entry_key, e.list_kind AS list_kind, e.case_no AS case_no,
       e.authority AS authority, e.legal_ground AS legal_ground, e.conduct AS conduct,
       e.listed_on AS listed_on, e.usable_until AS usable_until, t.certainty AS certainty,
       e.source AS source
ORDER BY listed_on, entry_key, case_no
