// title: 名单记录 / List entries
// question: 这个主体本身现在依法可用的名单记录有哪些？ / Which list entries may lawfully be used of the party itself?
// param key: text = 主体编号 / party key
// returns entry_key: text = 记录编号 / entry
// returns list_kind: text = 名单类别 / list ; codes ListEntry.list_kind
// returns case_no: text = 案号 / case
// returns authority: text = 认定机关 / authority
// returns legal_ground: text = 执行依据 / ground
// returns conduct: text = 具体情形 / conduct ; codes ListEntry.conduct
// returns listed_on: date = 发布日期 / listed
// returns published_until: date = 公示截止日期（末日） / last day of publication
// returns certainty: real = 确定程度 / certainty
// returns source: text = 来源 / source
// basis: 法释〔2017〕7号；信用修复管理办法（修复后停止共享和使用）
// access: public
// rows: 100
MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->(entry:ListEntry)<-[:DESCRIBES]-(e:ListEntryVersion)
WHERE live(t) AND live(e)
  AND usable(entry)
RETURN entry.key AS entry_key, e.list_kind AS list_kind, e.case_no AS case_no,
       e.authority AS authority, e.legal_ground AS legal_ground, e.conduct AS conduct,
       e.listed_on AS listed_on, e.published_until AS published_until, t.certainty AS certainty,
       source_of(e) AS source
ORDER BY listed_on, entry_key, case_no
