-- view: ledger_receipts
-- grain: one row per thing that was told of a message after it was handed over
-- columns:
--   record_id           varchar      Of the record that counts.
--   event_type          varchar      Pinpoint's event-stream names: _email.delivered, _email.open, _SMS.SUCCESS, …
--   occurred_at         timestamp(3) UTC.
--   application_id      varchar      Pinpoint application.
--   campaign_id         varchar      Pinpoint campaign: one Repoint send.
--   activity_id         varchar      Run of the campaign.
--   treatment_id        varchar      Variant.
--   endpoint_id         varchar      The address it went to; erased-… of who is erased.
--   user_id             varchar      The member, when the endpoint has one; erased-… of who is erased.
--   channel             varchar      GCM, APNS, EMAIL, SMS, CUSTOM, …
--   message_id          varchar      Ours; the same for every record of a recipient and run.
--   provider_message_id varchar      The provider's name of the message.
--   attributes          varchar      Anything more, as JSON text.
--   day                 date         UTC day of occurred_at; name it in a predicate and only that day is read.
-- guarantee: A record_id counts once, whatever is told again. Who counts opens reads message_events, which has those of the app too.
-- cost: with a predicate on day that day's files.
-- example: SELECT event_type, count(*) FROM ledger_receipts WHERE day = DATE '2026-03-02' GROUP BY event_type
WITH open_receipts AS (
  SELECT
    raw.record_id, raw.event_type, raw.occurred_at, raw.application_id, raw.campaign_id, raw.activity_id,
    raw.treatment_id, raw.endpoint_id, raw.user_id, raw.channel, raw.message_id, raw.provider_message_id,
    raw.attributes, raw.day,
    row_number() OVER (PARTITION BY raw.day, raw.record_id ORDER BY raw.occurred_at) AS copy
  FROM ${database}.ledger_raw AS raw
  LEFT JOIN ${database}.compacted_ledger_days AS closed ON closed.day = raw.day
  WHERE raw.event_type <> '_campaign.send' AND closed.version IS NULL
)
SELECT
  kept.record_id, kept.event_type, kept.occurred_at, kept.application_id, kept.campaign_id, kept.activity_id,
  kept.treatment_id, kept.endpoint_id, kept.user_id, kept.channel, kept.message_id, kept.provider_message_id,
  kept.attributes, kept.day
FROM ${database}.ledger_compacted AS kept
JOIN ${database}.compacted_ledger_days AS closed ON closed.day = kept.day AND closed.version = kept.version
WHERE kept.event_type <> '_campaign.send'
UNION ALL
SELECT
  record_id, event_type, occurred_at, application_id, campaign_id, activity_id, treatment_id, endpoint_id, user_id,
  channel, message_id, provider_message_id, attributes, day
FROM open_receipts
WHERE copy = 1
