-- view: message_events
-- grain: one row per thing that happened to a message after it was handed over
-- columns:
--   message_id   varchar      Joins the view messages.
--   event        varchar      accepted, delivered, open, click, bounce, complaint, … (below)
--   at           timestamp(3) When it happened, UTC.
--   channel      varchar      GCM, APNS, EMAIL, SMS, CUSTOM, …
--   campaign_id  varchar      Pinpoint campaign: one Repoint send.
--   activity_id  varchar      Run of the campaign.
--   endpoint_id  varchar      NULL when the app told it: an app knows the message, not the address.
--   user_id      varchar      The member, when known; erased-… or NULL of who is erased.
--   day          date         UTC day of at; name it in a predicate and only that day is read.
-- guarantee: A record_id counts once, whatever is told again; so does an event_id of the app. A person may open a
--   message many times: a rate counts distinct message_id.
-- example: SELECT event, count(DISTINCT message_id) FROM message_events WHERE campaign_id = 'c1' GROUP BY event
SELECT
  message_id,
  CASE event_type
    WHEN '_email.send' THEN 'accepted'
    WHEN '_email.delivered' THEN 'delivered'
    WHEN '_email.open' THEN 'open'
    WHEN '_email.click' THEN 'click'
    WHEN '_email.hardbounce' THEN 'bounce'
    WHEN '_email.softbounce' THEN 'soft_bounce'
    WHEN '_email.complaint' THEN 'complaint'
    WHEN '_email.unsubscribe' THEN 'unsubscribe'
    WHEN '_email.rejected' THEN 'rejected'
    WHEN '_email.rendering_failure' THEN 'rendering_failure'
    WHEN '_SMS.BUFFERED' THEN 'accepted'
    WHEN '_SMS.SUCCESS' THEN 'delivered'
    WHEN '_SMS.FAILURE' THEN 'failed'
    WHEN '_SMS.OPTOUT' THEN 'opt_out'
    WHEN '_campaign.opened_notification' THEN 'open'
    WHEN '_campaign.received_foreground' THEN 'delivered'
    WHEN '_campaign.received_background' THEN 'delivered'
    ELSE event_type
  END AS event,
  occurred_at AS at, channel, campaign_id, activity_id, endpoint_id, user_id, day
FROM ${database}.ledger_receipts
UNION ALL
SELECT
  json_extract_scalar(properties, '$.message_id') AS message_id,
  CASE name WHEN 'message_open' THEN 'open' ELSE 'click' END AS event,
  occurred_at AS at,
  json_extract_scalar(properties, '$.channel') AS channel,
  json_extract_scalar(properties, '$.campaign_id') AS campaign_id,
  json_extract_scalar(properties, '$.activity_id') AS activity_id,
  CAST(NULL AS varchar) AS endpoint_id,
  user_id,
  day
FROM ${database}.events
WHERE name IN ('message_open', 'message_click')
