-- view: late_visitors
-- grain: one row per UTC day and visitor of whom an event of that day came when it was more than a week old
-- columns:
--   day      date     UTC day of occurred_at.
--   visitor  varchar  The browser or app, or the member where events have no anonymous_id.
--   named    boolean  The visitor is a member.
-- guarantee: What is kept of a closed day (docs/adr/0014-closed-days-keep-what-is-asked-for.md) knows nothing of these events; of these visitors
--   and days views read the events. Normally next to nobody.
-- cost: what was filed by arrival, of all days.
-- example: SELECT count(*) FROM late_visitors WHERE day = DATE '2026-03-02'
SELECT CAST(occurred_at AS date) AS day, coalesce(anonymous_id, user_id) AS visitor, anonymous_id IS NULL AS named
FROM ${database}.events_raw
WHERE filed = 'received' AND (anonymous_id IS NOT NULL OR user_id IS NOT NULL)
UNION
SELECT CAST(occurred_at AS date), coalesce(anonymous_id, user_id), anonymous_id IS NULL
FROM ${database}.events_compacted
WHERE filed = 'received' AND (anonymous_id IS NOT NULL OR user_id IS NOT NULL)
