// fragment: last_day(after)
// The last day of a term, as people read it (民法典 第二百零三条: it ends when its last day does); an
// end is kept as the day after, and 9999-12-31 where there is none.
CASE WHEN after = date('9999-12-31') THEN after ELSE after - duration({days: 1}) END
