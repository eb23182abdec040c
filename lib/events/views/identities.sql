-- view: identities
-- grain: one row per browser or app and turn of a member in it
-- columns:
--   anonymous_id  varchar       The browser or app.
--   user_id       varchar       The member who was named in it.
--   since         timestamp(3)  Later than this, UTC: the last time the member before was named; 1969-12-31 for the first.
--   until         timestamp(3)  The last time the member was named before another was, UTC.
-- guarantee: An event with an anonymous_id only belongs to the first member named in that browser at its time or later
--   (spec §1): the row with since < occurred_at <= until. The rows of a browser do not overlap; what comes after its last
--   one stays anonymous. Any event that has both ids names a member, login and sign_up are not the only ones.
-- cost: reads the view namings of all days: whoever logs in may do so at any later time.
-- example: SELECT user_id FROM identities WHERE anonymous_id = 'b-1' AND since < TIMESTAMP '2026-03-02 10:00:00' AND until >= TIMESTAMP '2026-03-02 10:00:00'
WITH named AS (
  SELECT
    anonymous_id, user_id, occurred_at,
    lead(user_id) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id) AS next_user
  FROM ${database}.namings
)
SELECT
  anonymous_id,
  user_id,
  coalesce(
    lag(occurred_at) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id), TIMESTAMP '1969-12-31 00:00:00'
  ) AS since,
  occurred_at AS until
FROM named
WHERE next_user IS NULL OR next_user <> user_id
