-- view: people
-- grain: one row per person who ever did anything
-- columns:
--   person    varchar       u#<user_id> of a member, a#<anonymous_id> of somebody who never logged in afterwards.
--   first_at  timestamp(3)  First activity, UTC.
--   last_at   timestamp(3)  Latest activity, UTC.
-- guarantee: Of the same events that make sessions (view session_facts), so that first_at starts a person's first session.
-- cost: reads ids, name and time of all events.
-- example: SELECT count(*) FROM people WHERE first_at >= TIMESTAMP '2026-03-01 00:00:00'
WITH seen AS (
  SELECT
    user_id, anonymous_id, occurred_at,
    CASE WHEN user_id IS NULL THEN anonymous_id END AS nameless
  FROM ${database}.events
  WHERE NOT bot AND (user_id IS NOT NULL OR anonymous_id IS NOT NULL)
    AND name NOT IN ('refund', 'message_open', 'unsubscribe')
)
SELECT
  coalesce('u#' || seen.user_id, 'u#' || later.user_id, 'a#' || seen.anonymous_id) AS person,
  min(seen.occurred_at) AS first_at,
  max(seen.occurred_at) AS last_at
FROM seen
LEFT JOIN ${database}.identities AS later
  ON later.anonymous_id = seen.nameless AND seen.occurred_at > later.since AND seen.occurred_at <= later.until
GROUP BY coalesce('u#' || seen.user_id, 'u#' || later.user_id, 'a#' || seen.anonymous_id)
