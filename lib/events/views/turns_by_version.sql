-- view: turns_by_version
-- grain: one row per writing of a day (or the day as it is open), browser or app, and turn of a member in it
-- columns:
--   version       varchar       The writing in events_compacted; 'open' for rows that no writing has.
--   day           date          UTC day of occurred_at.
--   anonymous_id  varchar       The browser or app.
--   user_id       varchar       The member who was named in it.
--   occurred_at   timestamp(3)  The last time of that day that the member was named before another was, UTC.
-- guarantee: What the compaction keeps of a day in the table identity_turns (docs/adr/0014-closed-days-keep-what-is-asked-for.md). Ask namings or
--   identities; of a compacted day this one reads all events again.
-- cost: two ids and the time of all events of the days asked for.
-- example: SELECT anonymous_id, user_id FROM turns_by_version WHERE version = 'open' AND day = DATE '2026-03-02'
WITH named AS (
  SELECT version, day, anonymous_id, user_id, occurred_at
  FROM ${database}.events_compacted
  WHERE filed = 'occurred' AND anonymous_id IS NOT NULL AND user_id IS NOT NULL
  UNION ALL
  SELECT 'open', day, anonymous_id, user_id, occurred_at
  FROM ${database}.events_open
  WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL
),
followed AS (
  SELECT
    version, day, anonymous_id, user_id, occurred_at,
    lead(user_id) OVER (PARTITION BY version, day, anonymous_id ORDER BY occurred_at, user_id) AS next_user
  FROM named
)
SELECT version, day, anonymous_id, user_id, occurred_at
FROM followed
WHERE next_user IS NULL OR next_user <> user_id
