-- view: compacted_days
-- grain: one row per partition of events_raw that is compacted
-- columns:
--   filed    varchar  occurred or received.
--   day      date     The partition's day, UTC.
--   version  varchar  The writing in events_compacted that counts; no other writing of the partition does.
-- guarantee: A writing counts from a moment on that is the same for every part of a query, whenever it reads the file
--   (docs/adr/0007-closed-days-are-rewritten.md).
-- cost: one small file.
-- example: SELECT day, version FROM compacted_days WHERE filed = 'occurred' AND day = DATE '2026-03-02'
SELECT filed, CAST(day AS date) AS day, max_by(version, counts_from) AS version
FROM ${database}.compactions
WHERE CAST(counts_from AS timestamp) <= CAST(now() AT TIME ZONE 'UTC' AS timestamp)
GROUP BY filed, CAST(day AS date)
