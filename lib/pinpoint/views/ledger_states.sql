-- view: ledger_states
-- grain: one row per recipient of a run: (activity_id, endpoint_id)
-- columns:
--   record_id           varchar      Of the record that counts.
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
--   status              varchar      sent, failed, skipped or uncertain.
--   reason              varchar      Pinpoint's campaign_send_status or metric name.
--   campaign_tags       varchar      The Pinpoint campaign's tags as JSON text.
--   attributes          varchar      Anything more, as JSON text.
--   day                 date         UTC day of occurred_at; name it in a predicate and only that day is read of those that are compacted.
-- guarantee: Every recipient has one final state (spec §4): of several records the one that knows more is taken. sent and
--   failed are the provider's answer and beat uncertain (a call that may have gone out), which beats skipped (no call was
--   made, when that was decided); of two that know as much the later. Once its day is compacted it stays
--   (docs/adr/0013-the-ledger-is-compacted-too.md); records of one recipient that lie more than 20 days apart count twice until the
--   later one's day is compacted, which is after three days, and for good from 32 days on: slices of runs are kept for
--   retention.workDays, a fortnight unless configured. Who counts a state reads messages; this one has the tags.
-- cost: with a predicate on day that day's files, all days that are not compacted (normally four), and which recipients the
--   runs in those had in the 20 days before.
-- example: SELECT status, count(*) FROM ledger_states WHERE day = DATE '2026-03-02' GROUP BY status
WITH open_states AS (
  SELECT
    raw.record_id, raw.occurred_at, raw.application_id, raw.campaign_id, raw.activity_id, raw.treatment_id,
    raw.endpoint_id, raw.user_id, raw.channel, raw.message_id, raw.provider_message_id, raw.status, raw.reason,
    raw.campaign_tags, raw.attributes, raw.day,
    row_number() OVER (
      PARTITION BY raw.activity_id, raw.endpoint_id
      ORDER BY
        CASE WHEN raw.status IN ('sent', 'failed') THEN 1 WHEN raw.status = 'uncertain' THEN 2 ELSE 3 END,
        raw.occurred_at DESC,
        raw.record_id
    ) AS place
  FROM ${database}.ledger_raw AS raw
  LEFT JOIN ${database}.compacted_ledger_days AS closed ON closed.day = raw.day
  WHERE raw.event_type = '_campaign.send' AND closed.version IS NULL
),
known AS (
  -- Recipients whose final state a compacted day has, of runs that go on in open days.
  SELECT DISTINCT kept.activity_id, kept.endpoint_id
  FROM ${database}.ledger_compacted AS kept
  JOIN ${database}.compacted_ledger_days AS closed ON closed.day = kept.day AND closed.version = kept.version
  WHERE kept.event_type = '_campaign.send' AND kept.day >= date_add('day', -20, CAST(now() AT TIME ZONE 'UTC' AS date))
    AND kept.activity_id IN (SELECT activity_id FROM open_states)
)
SELECT
  kept.record_id, kept.occurred_at, kept.application_id, kept.campaign_id, kept.activity_id, kept.treatment_id,
  kept.endpoint_id, kept.user_id, kept.channel, kept.message_id, kept.provider_message_id, kept.status, kept.reason,
  kept.campaign_tags, kept.attributes, kept.day
FROM ${database}.ledger_compacted AS kept
JOIN ${database}.compacted_ledger_days AS closed ON closed.day = kept.day AND closed.version = kept.version
WHERE kept.event_type = '_campaign.send'
UNION ALL
SELECT
  latest.record_id, latest.occurred_at, latest.application_id, latest.campaign_id, latest.activity_id,
  latest.treatment_id, latest.endpoint_id, latest.user_id, latest.channel, latest.message_id,
  latest.provider_message_id, latest.status, latest.reason, latest.campaign_tags, latest.attributes, latest.day
FROM open_states AS latest
LEFT JOIN known ON known.activity_id = latest.activity_id AND known.endpoint_id = latest.endpoint_id
WHERE latest.place = 1 AND known.endpoint_id IS NULL
