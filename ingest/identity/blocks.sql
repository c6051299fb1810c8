-- The blocks of blocking.py, joined by the database: the same pairs, the same records left out.
-- In:  block_keys (place, kind, value), described (unique_id, known, village), variable `most`.
-- Out: blocked_pairs (join_key_l: the mention, join_key_r, match_key), left_out (kind, records).
CREATE TEMP TABLE blocks AS
WITH sized AS (
    SELECT kind, value, count(*) AS held
    FROM block_keys JOIN described ON unique_id = place
    GROUP BY ALL
    HAVING held >= 2 AND NOT bool_and(known)
), members AS (
    SELECT kind, value, held, place, known, village
    FROM block_keys JOIN sized USING (kind, value) JOIN described ON unique_id = place
)
SELECT kind, value, NULL AS part, held AS here, place, known, false AS nowhere
FROM members WHERE held <= getvariable('most')
UNION ALL
SELECT kind, value, village, count(*) OVER (PARTITION BY kind, value, village), place, known,
       village IS NULL
FROM members WHERE held > getvariable('most');

CREATE TEMP TABLE left_out AS
SELECT kind, count(*) FILTER (NOT known) AS records
FROM blocks WHERE nowhere OR here > getvariable('most')
GROUP BY kind;

CREATE TABLE blocked_pairs AS
SELECT DISTINCT one.place AS join_key_l, other.place AS join_key_r, '0' AS match_key
FROM blocks AS one
JOIN blocks AS other
  ON one.kind = other.kind AND one.value = other.value
 AND coalesce(one.part, '') = coalesce(other.part, '')
WHERE NOT one.known AND (other.known OR one.place < other.place)
  AND NOT one.nowhere AND NOT other.nowhere
  AND one.here <= getvariable('most') AND other.here <= getvariable('most');
