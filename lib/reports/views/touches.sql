-- view: touches
-- grain: one row per recipient of a run and UTC week: what went to a member, and for how long an order is credited to it
-- columns:
--   week            date         Monday of the UTC week of at; name it in a predicate and only that week and the next are read.
--   message_id      varchar      Joins the views messages and message_events.
--   campaign_id     varchar      Tag repoint:campaign, NULL for a campaign made by somebody else.
--   send_id         varchar      Tag repoint:send.
--   part            varchar      first: the whole send, or the test of its variants; rest: what the winner of the test got.
--   variant         varchar      0, 1, ... as the campaign numbers its variants, or holdout.
--   member          varchar      user_id, or the endpoint of somebody without one.
--   user_id         varchar      The member, when the endpoint has one.
--   channel         varchar      GCM, APNS, EMAIL, SMS, CUSTOM, …
--   sent            boolean      The provider took it.
--   held_out        boolean      Got nothing, to be compared with.
--   at              timestamp(3) When it was sent or held out, else when that failed, UTC.
--   credited_until  timestamp(3) An order from at on and before this moment is credited to it; NULL when it was neither sent nor held out.
-- guarantee: Last touch within 7 days (spec §7): the time of a message ends when the member's next one goes out, of
--   whatever campaign, and after 7 days, so that an order falls into the time of one message at most. Who is held out is
--   credited just as the message would be: until the next message, or until held out of the same campaign again.
--   A crash may leave two records of one recipient; sent wins.
-- example: SELECT channel, count(*) FROM touches WHERE week = DATE '2026-11-16' AND sent GROUP BY channel
WITH recipients AS (
  SELECT
    date_trunc('week', day) AS week,
    message_id,
    max(json_extract_scalar(campaign_tags, '$["repoint:campaign"]')) AS campaign_id,
    max(json_extract_scalar(campaign_tags, '$["repoint:send"]')) AS send_id,
    max(json_extract_scalar(campaign_tags, '$["repoint:split"]')) AS split,
    max(treatment_id) AS treatment_id,
    max(coalesce(user_id, endpoint_id)) AS member,
    max(user_id) AS user_id,
    max(channel) AS channel,
    bool_or(status = 'sent') AS sent,
    bool_or(reason = 'HOLDOUT') AS held_out,
    coalesce(min(CASE WHEN status = 'sent' THEN occurred_at END), min(occurred_at)) AS at
  FROM ${database}.ledger_states
  GROUP BY date_trunc('week', day), message_id
),
competing AS (
  -- Whatever ends a message's time within 7 days lies in its week or the next one.
  SELECT week, true AS own, message_id, campaign_id, send_id, split, treatment_id, member, user_id, channel, sent, held_out, at
  FROM recipients
  UNION ALL
  SELECT
    date_add('day', -7, week), false, message_id, campaign_id, send_id, split, treatment_id, member, user_id, channel,
    sent, held_out, at
  FROM recipients
  WHERE sent OR held_out
),
followed AS (
  SELECT
    week, own, message_id, campaign_id, send_id, split, treatment_id, member, user_id, channel, sent, held_out, at,
    date_add('day', 7, at) AS week_later,
    min(CASE WHEN sent THEN at END) OVER (
      PARTITION BY week, member ORDER BY at, message_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_sent_at,
    min(CASE WHEN held_out THEN at END) OVER (
      PARTITION BY week, member, campaign_id ORDER BY at, message_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_held_out_at
  FROM competing
)
SELECT
  week,
  message_id,
  campaign_id,
  send_id,
  CASE WHEN split_part(split, ',', 1) <> '0' THEN 'rest' ELSE 'first' END AS part,
  CASE WHEN held_out THEN 'holdout' ELSE treatment_id END AS variant,
  member,
  user_id,
  channel,
  sent,
  held_out,
  at,
  CASE
    WHEN sent THEN least(week_later, coalesce(next_sent_at, week_later))
    WHEN held_out THEN least(week_later, coalesce(next_sent_at, week_later), coalesce(next_held_out_at, week_later))
  END AS credited_until
FROM followed
WHERE own
