-- view: member_actions
-- grain: one row per event of somebody: who, when, from where, did what
-- columns:
--   person          varchar       u#<user_id> of the member, also for what was done before the login; else a#<anonymous_id>.
--   member          varchar       The member's user_id; NULL while nobody has logged in after the event.
--   occurred_at     timestamp(3)  When, UTC.
--   name            varchar       What was done, a name of the tracking plan.
--   country         varchar       From where.
--   device_type     varchar       pc, mobile or app.
--   platform        varchar       The device's platform.
--   os              varchar       Operating system.
--   page_url        varchar       The page it was done on.
--   page_referrer   varchar       Where the page was reached from.
--   source          varchar       client or server.
--   transaction_id  varchar       The order that a purchase or refund is about.
--   item_id         varchar       The item it was done with.
--   category        varchar       Its category, levels joined with "/".
--   price           decimal(18,4) Of one piece, in currency.
--   quantity        decimal(18,4) Pieces.
--   revenue         decimal(18,4) Of a purchase or refund, in currency.
--   currency        varchar       ISO 4217.
--   properties      varchar       The event's properties as JSON text.
--   event_id        varchar       Joins the view events.
--   day             date          UTC day of occurred_at; name it in a predicate and only that day's actions are read.
-- guarantee: An event counts once, and earlier anonymous events go to the first member who logs in after them (spec §1), by the
--   view identities. Bots are left out, and so are events without ids (no consent).
-- cost: the days asked for, and the ids of all days (view identities).
-- example: SELECT occurred_at, name, page_url FROM member_actions WHERE member = 'u1' AND day = DATE '2026-03-02' ORDER BY occurred_at
WITH seen AS (
  SELECT
    user_id, anonymous_id, occurred_at, name, country, device_type, platform, os, page_url, page_referrer, source,
    transaction_id, item_id, category, price, quantity, revenue, currency, properties, event_id, day,
    CASE WHEN user_id IS NULL THEN anonymous_id END AS nameless
  FROM ${database}.events
  WHERE NOT bot AND (user_id IS NOT NULL OR anonymous_id IS NOT NULL)
)
SELECT
  coalesce('u#' || seen.user_id, 'u#' || later.user_id, 'a#' || seen.anonymous_id) AS person,
  coalesce(seen.user_id, later.user_id) AS member,
  seen.occurred_at, seen.name, seen.country, seen.device_type, seen.platform, seen.os, seen.page_url,
  seen.page_referrer, seen.source, seen.transaction_id, seen.item_id, seen.category, seen.price, seen.quantity,
  seen.revenue, seen.currency, seen.properties, seen.event_id, seen.day
FROM seen
LEFT JOIN ${database}.identities AS later
  ON later.anonymous_id = seen.nameless AND seen.occurred_at > later.since AND seen.occurred_at <= later.until
