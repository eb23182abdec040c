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
--   properties      varchar       The event's properties as JSON text.
--   day             date          UTC day of occurred_at; name it in a predicate and only that day is read.
-- guarantee: An event_id counts once, whatever is sent again and on whatever day it is sent (spec §1); the copy received
--   first is kept. A client that repeats an id repeats its occurred_at: with times of two days it told two events.
--   A purchase counts once per transaction_id among the purchases of its day and the days beside it, so that
--   the browser's and the server's report of one order are one also across midnight; the report that names the user is
--   kept, of several the one received first. A predicate on `day` reads that day's files, the purchases of the days
--   beside it, and what was filed by arrival because it was older than a week (normally next to nothing).
-- example: SELECT name, count(*) FROM events WHERE day = DATE '2026-03-02' GROUP BY name
WITH filed_by_arrival AS (
  -- An old event may be sent again on another day of arrival, so its copies are looked for over all days.
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint,
    device_type, platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, country, schema_version, bot, properties,
    CAST(occurred_at AS date) AS day,
    row_number() OVER (PARTITION BY event_id ORDER BY received_at) AS copy
  FROM ${database}.events_raw
  WHERE filed = 'received'
),
filed AS (
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint,
    device_type, platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, country, schema_version, bot, properties,
    day, 1 AS preference
  FROM ${database}.events_raw
  WHERE filed = 'occurred'
  UNION ALL
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint,
    device_type, platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, country, schema_version, bot, properties,
    day, 2 AS preference
  FROM filed_by_arrival
  WHERE copy = 1
),
copies AS (
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint,
    device_type, platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, country, schema_version, bot, properties,
    day,
    CASE WHEN name = 'purchase' THEN json_extract_scalar(properties, '$.transaction_id') END AS transaction_id,
    row_number() OVER (PARTITION BY day, event_id ORDER BY preference, received_at) AS copy
  FROM filed
),
reports AS (
  -- Every report of an order, under its own day and under both days beside it.
  SELECT day, event_id, received_at, user_id IS NULL AS nameless, json_extract_scalar(properties, '$.transaction_id') AS transaction_id
  FROM ${database}.events_raw
  WHERE filed = 'occurred' AND name = 'purchase'
  UNION ALL
  SELECT date_add('day', 1, day), event_id, received_at, user_id IS NULL, json_extract_scalar(properties, '$.transaction_id')
  FROM ${database}.events_raw
  WHERE filed = 'occurred' AND name = 'purchase'
  UNION ALL
  SELECT date_add('day', -1, day), event_id, received_at, user_id IS NULL, json_extract_scalar(properties, '$.transaction_id')
  FROM ${database}.events_raw
  WHERE filed = 'occurred' AND name = 'purchase'
  UNION ALL
  SELECT date_add('day', beside.days, CAST(occurred_at AS date)), event_id, received_at, user_id IS NULL,
    json_extract_scalar(properties, '$.transaction_id')
  FROM ${database}.events_raw
  CROSS JOIN (VALUES -1, 0, 1) AS beside (days)
  WHERE filed = 'received' AND name = 'purchase'
),
orders AS (
  SELECT day, transaction_id, event_id,
    row_number() OVER (PARTITION BY day, transaction_id ORDER BY nameless, received_at, event_id) AS report
  FROM reports
  WHERE transaction_id IS NOT NULL
)
SELECT
  copies.event_id, copies.name, copies.occurred_at, copies.received_at, copies.late, copies.source,
  copies.user_id, copies.anonymous_id, copies.session_hint, copies.device_type, copies.platform, copies.os,
  copies.app_version, copies.page_url, copies.page_title, copies.page_referrer, copies.utm_source,
  copies.utm_medium, copies.utm_campaign, copies.utm_term, copies.utm_content, copies.country,
  copies.schema_version, copies.bot, copies.properties, copies.day
FROM copies
LEFT JOIN orders
  ON orders.day = copies.day AND orders.transaction_id = copies.transaction_id AND orders.report = 1
WHERE copies.copy = 1
  AND (copies.transaction_id IS NULL OR orders.event_id = copies.event_id)
