-- view: compacted_ledger_days
-- grain: one row per day of ledger_raw that is compacted
-- columns:
--   day      date     The partition's day, UTC.
--   version  varchar  The writing in ledger_compacted that counts; no other writing of the day does.
-- guarantee: A writing counts from a moment on that is the same for every part of a query, whenever it reads the file
--   (docs/adr/0013-the-ledger-is-compacted-too.md).
-- cost: one small file.
-- example: SELECT day, version FROM compacted_ledger_days WHERE day = DATE '2026-03-02'
SELECT CAST(day AS date) AS day, max_by(version, counts_from) AS version
FROM ${database}.ledger_compactions
WHERE CAST(counts_from AS timestamp) <= CAST(now() AT TIME ZONE 'UTC' AS timestamp)
GROUP BY CAST(day AS date)
