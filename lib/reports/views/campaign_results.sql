-- view: campaign_results
-- grain: one row a campaign, send and channel
-- columns:
--   campaign_id    varchar       Repoint's campaign
--   send_id        varchar       its send: a recurring campaign has many
--   channel        varchar       PUSH, EMAIL, SMS, ...
--   started_at     timestamp(3)  first final state of a recipient, UTC
--   audience       bigint        recipients: sent + failed + skipped + uncertain
--   sent           bigint        taken by the provider
--   delivered      bigint        push: sent; others: confirmed by the provider; an opened message was delivered
--   failed         bigint        refused by the provider
--   skipped        bigint        not tried: opted out, inactive, no address, ...
--   uncertain      bigint        a crash hid the outcome; never sent again
--   opened         bigint        messages opened at least once
--   delivery_rate  double        delivered / sent
--   open_rate      double        opened / delivered
-- guarantee: a recipient counts once, in one of the four states; an open or a receipt that comes twice counts once, and one of a message the ledger does not have counts nowhere
-- example: SELECT campaign_id, channel, sent, opened, open_rate FROM campaign_results ORDER BY started_at DESC
WITH recipients AS (
  SELECT
    message_id,
    repoint_campaign AS campaign_id,
    repoint_send AS send_id,
    CASE
      WHEN channel IN ('GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'ADM', 'BAIDU') THEN 'PUSH'
      ELSE channel
    END AS channel,
    status,
    at
  FROM ${database}.messages
  WHERE repoint_campaign IS NOT NULL
),
told AS (
  SELECT
    message_id,
    bool_or(event = 'delivered') AS confirmed,
    bool_or(event = 'open') AS opened
  FROM ${database}.message_events
  GROUP BY message_id
),
outcomes AS (
  SELECT
    r.campaign_id,
    r.send_id,
    r.channel,
    r.status,
    r.at,
    coalesce(t.opened, false) AS opened,
    coalesce(t.opened, false) OR coalesce(t.confirmed, false) OR (r.channel = 'PUSH' AND r.status = 'sent') AS delivered
  FROM recipients r
  LEFT JOIN told t ON t.message_id = r.message_id
),
counts AS (
  SELECT
    campaign_id,
    send_id,
    channel,
    min(at) AS started_at,
    count(*) AS audience,
    count_if(status = 'sent') AS sent,
    count_if(delivered) AS delivered,
    count_if(status = 'failed') AS failed,
    count_if(status = 'skipped') AS skipped,
    count_if(status = 'uncertain') AS uncertain,
    count_if(opened) AS opened
  FROM outcomes
  GROUP BY campaign_id, send_id, channel
)
SELECT
  campaign_id,
  send_id,
  channel,
  started_at,
  audience,
  sent,
  delivered,
  failed,
  skipped,
  uncertain,
  opened,
  CAST(delivered AS double) / nullif(sent, 0) AS delivery_rate,
  CAST(opened AS double) / nullif(delivered, 0) AS open_rate
FROM counts
