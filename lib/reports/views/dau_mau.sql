-- view: dau_mau
-- grain: one row per day of the deployment's time zone, from the first to 29 days after the last with a session
-- columns:
--   day         date    In the deployment's time zone.
--   dau         bigint  Distinct persons who began a session on the day: users of the view daily_behaviour.
--   wau         bigint  The same over the day and the 6 days before it.
--   mau         bigint  The same over the day and the 29 days before it.
--   stickiness  double  dau / mau
-- guarantee: Persons are distinct over each period (view sessions). Days on which nobody was active and the number of active
--   persons did not change have no row. Bots are left out.
-- cost: all sessions, whatever is asked for: who is active is counted up and down from the first day on.
-- example: SELECT day, dau, mau, stickiness FROM dau_mau WHERE day = DATE '2026-03-02'
WITH active AS (
  SELECT DISTINCT person, day
  FROM ${database}.session_sources
),
beside AS (
  SELECT
    day,
    lag(day) OVER (PARTITION BY person ORDER BY day) AS before,
    lead(day) OVER (PARTITION BY person ORDER BY day) AS next
  FROM active
),
changes AS (
  -- A person counts from the first day on until no day of activity is near enough any more.
  SELECT
    day,
    1 AS today,
    CASE WHEN before IS NULL OR date_diff('day', before, day) >= 7 THEN 1 ELSE 0 END AS week,
    CASE WHEN before IS NULL OR date_diff('day', before, day) >= 30 THEN 1 ELSE 0 END AS month
  FROM beside
  UNION ALL
  SELECT date_add('day', 7, day), 0, -1, 0
  FROM beside
  WHERE next IS NULL OR date_diff('day', day, next) >= 7
  UNION ALL
  SELECT date_add('day', 30, day), 0, 0, -1
  FROM beside
  WHERE next IS NULL OR date_diff('day', day, next) >= 30
),
days AS (
  SELECT day, sum(today) AS dau, sum(week) AS week, sum(month) AS month
  FROM changes
  GROUP BY day
),
totals AS (
  SELECT
    day,
    CAST(dau AS bigint) AS dau,
    CAST(sum(week) OVER (ORDER BY day) AS bigint) AS wau,
    CAST(sum(month) OVER (ORDER BY day) AS bigint) AS mau
  FROM days
)
SELECT day, dau, wau, mau, CAST(dau AS double) / nullif(mau, 0) AS stickiness
FROM totals
WHERE mau > 0
