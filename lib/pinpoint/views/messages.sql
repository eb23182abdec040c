-- view: messages
-- grain: one row per recipient of a run: (activity_id, endpoint_id)
-- columns:
--   message_id          varchar      Ours; the same for every record of this recipient and run.
--   application_id      varchar      Pinpoint application.
--   campaign_id         varchar      Pinpoint campaign: one Repoint send.
--   activity_id         varchar      Run of the campaign.
--   treatment_id        varchar      Variant.
--   endpoint_id         varchar      The address it went to; erased-… of who is erased.
--   user_id             varchar      The member, when the endpoint has one; erased-… of who is erased.
--   channel             varchar      GCM, APNS, EMAIL, SMS, CUSTOM, …
--   status              varchar      sent, failed, skipped or uncertain.
--   reason              varchar      Pinpoint's campaign_send_status or metric name: SUCCESS, ENDPOINT_OPT_OUT, …
--   provider_message_id varchar      The provider's name of the message.
--   at                  timestamp(3) When it came to this state, UTC.
--   day                 date         UTC day of at; name it in a predicate and only that day is read of those that are compacted.
--   repoint_campaign    varchar      Tag repoint:campaign, NULL for a campaign made by somebody else.
--   repoint_send        varchar      Tag repoint:send.
-- guarantee: Every recipient has one final state, so that sent + failed + skipped + uncertain is the audience (spec §4).
--   A crash may leave two records of one recipient. The one that knows more is taken: sent and failed are the
--   provider's answer and beat uncertain (a call that may have gone out), which beats skipped (no call was made, when
--   that was decided). Of two that know as much the later is taken. Once its day is compacted, which is after three days, a
--   state stays (view ledger_states).
-- cost: as the view ledger_states.
-- example: SELECT status, count(*) FROM messages WHERE campaign_id = 'c1' GROUP BY status
SELECT
  message_id, application_id, campaign_id, activity_id, treatment_id, endpoint_id, user_id, channel, status, reason,
  provider_message_id, occurred_at AS at, day,
  json_extract_scalar(campaign_tags, '$["repoint:campaign"]') AS repoint_campaign,
  json_extract_scalar(campaign_tags, '$["repoint:send"]') AS repoint_send
FROM ${database}.ledger_states
