-- view: namings
-- grain: one row per UTC day, browser or app, and time at which a member was named in it that matters
-- columns:
--   day           date          UTC day of occurred_at; name it in a predicate and only that day is read.
--   anonymous_id  varchar       The browser or app.
--   user_id       varchar       The member who was named in it.
--   occurred_at   timestamp(3)  When, UTC.
-- guarantee: Whose an anonymous event is, is told by the first of these rows of its browser at its time or later (spec §1), as by
--   all events that name somebody. Of a compacted day the last naming of each turn is here, unless an event of that
--   browser and day came late: then all are.
-- cost: of a compacted day a few bytes per browser that named somebody (table identity_turns), of the others their events.
-- example: SELECT count(DISTINCT user_id) FROM namings WHERE day = DATE '2026-03-02'
SELECT kept.day, kept.anonymous_id, kept.user_id, kept.occurred_at
FROM ${database}.identity_turns AS kept
JOIN ${database}.compacted_days AS closed
  ON closed.filed = 'occurred' AND closed.day = kept.day AND closed.version = kept.version
UNION ALL
SELECT day, anonymous_id, user_id, occurred_at
FROM ${database}.events_open
WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL
UNION ALL
SELECT told.day, told.anonymous_id, told.user_id, told.occurred_at
FROM ${database}.events_compacted AS told
JOIN ${database}.compacted_days AS closed
  ON closed.filed = told.filed AND closed.day = told.day AND closed.version = told.version
WHERE told.filed = 'occurred' AND told.user_id IS NOT NULL
  AND told.day IN (SELECT day FROM ${database}.late_visitors)
  AND told.anonymous_id IN (SELECT visitor FROM ${database}.late_visitors WHERE NOT named)
