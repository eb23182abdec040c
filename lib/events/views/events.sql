-- view: events
-- grain: one row per event that happened: an event_id once, a purchase once per transaction_id
-- columns:
--   event_id        varchar       Made by the client; counts once.
--   name            varchar       The tracking plan's name of what was done.
--   occurred_at     timestamp(3)  When it was done, UTC.
--   received_at     timestamp(3)  When it came first, UTC.
--   late            boolean       It came more than 72 hours after it was done.
--   source          varchar       client or server.
--   user_id         varchar       The member, when known.
--   anonymous_id    varchar       The browser or app.
--   session_hint    varchar       The client's session id; sessions are derived.
--   device_type     varchar       PC, mobile or app.
--   platform        varchar       The device's platform.
--   os              varchar       Operating system.
--   app_version     varchar       Version of the app.
--   page_url        varchar       The page it was done on.
--   page_title      varchar       Its title.
--   page_referrer   varchar       Where the page was reached from.
--   utm_source      varchar       From the page's address.
--   utm_medium      varchar       From the page's address.
--   utm_campaign    varchar       From the page's address.
--   utm_term        varchar       From the page's address.
--   utm_content     varchar       From the page's address.
--   country         varchar       ISO 3166-1 alpha-2, from the address it came from.
--   schema_version  integer       Of the tracking plan's schema it was checked by.
--   bot             boolean       It was a robot.
--   transaction_id  varchar       The order that a purchase or refund is about.
--   properties      varchar       The event's properties as JSON text.
--   day             date          UTC day of occurred_at; name it in a predicate and only that day is read.
-- guarantee: An event_id counts once, whatever is sent again and on whatever day it is sent (spec §1); the copy received
--   first is kept. A client that repeats an id repeats its occurred_at: with times of two days it told two events.
--   A purchase counts once per transaction_id: of several reports the one that names the user is kept, of those the one
--   received first; once its day is compacted (docs/adr/0007-closed-days-are-rewritten.md) it stays, whatever is reported later. Reports of one order that
--   lie more than ten days apart count twice until the later one's day is compacted, which is after ten days.
--   A predicate on `day` reads that day's files, and what is not compacted of purchases and of what was filed by arrival
--   because it was older than a week (normally next to nothing).
-- example: SELECT name, count(*) FROM events WHERE day = DATE '2026-03-02' GROUP BY name
SELECT
  kept.event_id, kept.name, kept.occurred_at, kept.received_at, kept.late, kept.source, kept.user_id,
  kept.anonymous_id, kept.session_hint, kept.device_type, kept.platform, kept.os, kept.app_version, kept.page_url,
  kept.page_title, kept.page_referrer, kept.utm_source, kept.utm_medium, kept.utm_campaign, kept.utm_term,
  kept.utm_content, kept.country, kept.schema_version, kept.bot, kept.transaction_id, kept.properties,
  kept.day
FROM ${database}.events_compacted AS kept
JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
WHERE kept.filed = 'occurred'
UNION ALL
SELECT
  event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint, device_type, platform,
  os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
  country, schema_version, bot, transaction_id, properties, day
FROM ${database}.events_open
