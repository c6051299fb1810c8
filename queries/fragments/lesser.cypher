// fragment: lesser(one, other)
// The lesser of two figures; that of the other where one is not told.
CASE WHEN one < other THEN one ELSE other END
