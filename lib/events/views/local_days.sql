-- view: local_days
-- grain: one row per day of the deployment's time zone and UTC day that holds something of it, of the half hour before or of the hours after
-- columns:
--   day        date          A day in the deployment's time zone.
--   utc_day    date          Partition of the lake to be read for it: two or three a day.
--   starts_at  timestamp(3)  First instant of the day, UTC.
--   ends_at    timestamp(3)  First instant of the next day, UTC.
--   cut_at       timestamp(3)  The first of 0, 6, 12 and 18 o'clock UTC that is six hours or more after its first instant.
--   ends_cut_at  timestamp(3)  The same after its end: what goes on from the day is cut there.
-- guarantee: Days from 1970 to 2070; a day that the clocks make shorter or longer has 23 or 25 hours. Whoever joins events on
--   utc_day lets a predicate on day reach the partitions: both engines carry it along the join.
-- example: SELECT starts_at, ends_at FROM local_days WHERE day = DATE '2026-03-02' AND utc_day = day
WITH numbers AS (
  SELECT hundreds.n * 100 + ones.n AS number
  FROM UNNEST(sequence(0, 365)) AS hundreds (n)
  CROSS JOIN UNNEST(sequence(0, 99)) AS ones (n)
),
days AS (
  SELECT
    date_add('day', number, DATE '1970-01-01') AS day,
    CAST(at_timezone(
      with_timezone(CAST(date_add('day', number, DATE '1970-01-01') AS timestamp), zone.time_zone), 'UTC'
    ) AS timestamp) AS starts_at,
    CAST(at_timezone(
      with_timezone(CAST(date_add('day', number + 1, DATE '1970-01-01') AS timestamp), zone.time_zone), 'UTC'
    ) AS timestamp) AS ends_at
  FROM numbers
  CROSS JOIN ${database}.deployment AS zone
),
cut AS (
  SELECT
    day, starts_at, ends_at,
    date_add(
      'hour', (hour(starts_at + INTERVAL '359' MINUTE) / 6 + 1) * 6, date_trunc('day', starts_at + INTERVAL '359' MINUTE)
    ) AS cut_at,
    date_add(
      'hour', (hour(ends_at + INTERVAL '359' MINUTE) / 6 + 1) * 6, date_trunc('day', ends_at + INTERVAL '359' MINUTE)
    ) AS ends_cut_at
  FROM days
)
SELECT cut.day, date_add('day', beside.days, cut.day) AS utc_day, cut.starts_at, cut.ends_at, cut.cut_at, cut.ends_cut_at
FROM cut
CROSS JOIN (VALUES -1, 0, 1) AS beside (days)
WHERE CAST(date_add('day', beside.days + 1, cut.day) AS timestamp) > cut.starts_at - INTERVAL '30' MINUTE
  AND CAST(date_add('day', beside.days, cut.day) AS timestamp) < cut.ends_cut_at
