-- view: events_open
-- grain: one row per event that happened and is in no compacted day
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
--   item_id         varchar       The item it was done with.
--   item_name       varchar       Its name.
--   category        varchar       Its category, levels joined with "/".
--   price           decimal(18,4) Of one piece, in currency.
--   quantity        decimal(18,4) Pieces.
--   currency        varchar       ISO 4217.
--   revenue         decimal(18,4) Of a purchase or refund, in currency.
--   tax             decimal(18,4) Of a purchase, in currency.
--   shipping        decimal(18,4) Of a purchase, in currency.
--   cost            decimal(18,4) Of a purchase's goods, in currency.
--   cart_value      decimal(18,4) Of the whole cart afterwards, in currency.
--   coupon          varchar       Of a purchase.
--   coupon_used     boolean       Of a checkout or an order.
--   items           array(row(item_id varchar, item_name varchar, category varchar, price decimal(18,4), quantity decimal(18,4), coupon varchar)) The lines of a purchase or refund, in their order; UNNEST(items) makes a row of each.
--   day             date          UTC day of occurred_at; name it in a predicate and only that day is read.
-- guarantee: Half of the view events, which says what counts once: all of the days of the last nine, and what was filed by
--   arrival because it was older than a week. Ask events; this one is apart so that compacted days are read as they are.
-- cost: with a predicate on day that day's files, and what is not compacted of purchases and of what was filed by arrival; of all
--   compacted days the names and transaction_ids.
-- example: SELECT count(*) FROM events_open WHERE day = DATE '2026-03-02'
WITH late AS (
  SELECT
    raw.event_id, raw.name, raw.occurred_at, raw.received_at, raw.late, raw.source, raw.user_id, raw.anonymous_id,
    raw.session_hint, raw.device_type, raw.platform, raw.os, raw.app_version, raw.page_url, raw.page_title,
    raw.page_referrer, raw.utm_source, raw.utm_medium, raw.utm_campaign, raw.utm_term, raw.utm_content, raw.country,
    raw.schema_version, raw.bot, raw.transaction_id, raw.properties,
    raw.filed, raw.day
  FROM ${database}.events_raw AS raw
  LEFT JOIN ${database}.compacted_days AS closed ON closed.filed = raw.filed AND closed.day = raw.day
  WHERE raw.filed = 'received' AND closed.version IS NULL
  UNION ALL
  SELECT
    kept.event_id, kept.name, kept.occurred_at, kept.received_at, kept.late, kept.source, kept.user_id,
    kept.anonymous_id, kept.session_hint, kept.device_type, kept.platform, kept.os, kept.app_version, kept.page_url,
    kept.page_title, kept.page_referrer, kept.utm_source, kept.utm_medium, kept.utm_campaign, kept.utm_term,
    kept.utm_content, kept.country, kept.schema_version, kept.bot, kept.transaction_id, kept.properties,
    kept.filed, kept.day
  FROM ${database}.events_compacted AS kept
  JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  WHERE kept.filed = 'received'
),
late_copies AS (
  -- An old event may be sent again on another day of arrival, so its copies are looked for over all days.
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint, device_type,
    platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium, utm_campaign, utm_term,
    utm_content, country, schema_version, bot, transaction_id, properties,
    CAST(occurred_at AS date) AS day,
    row_number() OVER (PARTITION BY event_id ORDER BY received_at, transaction_id) AS copy
  FROM late
),
known AS (
  -- Old events that a compacted day has.
  SELECT kept.day, kept.event_id
  FROM ${database}.events_compacted AS kept
  JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  WHERE kept.filed = 'occurred'
    AND kept.day IN (SELECT CAST(occurred_at AS date) FROM late)
    AND kept.event_id IN (SELECT event_id FROM late)
),
known_orders AS (
  -- Orders told of by an old event, that a compacted day has.
  SELECT kept.transaction_id
  FROM ${database}.events_compacted AS kept
  JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  WHERE kept.filed = 'occurred' AND kept.name = 'purchase'
    AND kept.transaction_id IN (SELECT transaction_id FROM late WHERE name = 'purchase')
),
open_copies AS (
  SELECT
    raw.event_id, raw.name, raw.occurred_at, raw.received_at, raw.late, raw.source, raw.user_id, raw.anonymous_id,
    raw.session_hint, raw.device_type, raw.platform, raw.os, raw.app_version, raw.page_url, raw.page_title,
    raw.page_referrer, raw.utm_source, raw.utm_medium, raw.utm_campaign, raw.utm_term, raw.utm_content, raw.country,
    raw.schema_version, raw.bot, raw.transaction_id, raw.properties,
    raw.day, 1 AS preference
  FROM ${database}.events_raw AS raw
  LEFT JOIN ${database}.compacted_days AS closed ON closed.filed = raw.filed AND closed.day = raw.day
  WHERE raw.filed = 'occurred' AND closed.version IS NULL
  UNION ALL
  SELECT
    late_copies.event_id, late_copies.name, late_copies.occurred_at, late_copies.received_at, late_copies.late,
    late_copies.source, late_copies.user_id, late_copies.anonymous_id, late_copies.session_hint,
    late_copies.device_type, late_copies.platform, late_copies.os, late_copies.app_version, late_copies.page_url,
    late_copies.page_title, late_copies.page_referrer, late_copies.utm_source, late_copies.utm_medium,
    late_copies.utm_campaign, late_copies.utm_term, late_copies.utm_content, late_copies.country,
    late_copies.schema_version, late_copies.bot, late_copies.transaction_id, late_copies.properties,
    late_copies.day, 2 AS preference
  FROM late_copies
  LEFT JOIN known ON known.day = late_copies.day AND known.event_id = late_copies.event_id
  WHERE late_copies.copy = 1 AND known.event_id IS NULL
    AND (
      late_copies.name <> 'purchase' OR late_copies.transaction_id IS NULL
      OR late_copies.transaction_id NOT IN (SELECT transaction_id FROM known_orders)
    )
),
numbered AS (
  SELECT
    event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint, device_type,
    platform, os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium, utm_campaign, utm_term,
    utm_content, country, schema_version, bot, transaction_id, properties,
    day,
    row_number() OVER (PARTITION BY day, event_id ORDER BY preference, received_at, transaction_id) AS copy
  FROM open_copies
),
counted AS (
  -- Orders of the last days that are compacted: another report of one may still lie in a day that is open.
  SELECT kept.transaction_id
  FROM ${database}.events_compacted AS kept
  JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  WHERE kept.filed = 'occurred' AND kept.name = 'purchase' AND kept.transaction_id IS NOT NULL
    AND kept.day >= date_add('day', -20, CAST(now() AT TIME ZONE 'UTC' AS date))
),
reports AS (
  -- A report is a copy that counts: an id that was told of two orders in one day tells of the first one alone.
  SELECT day, event_id, transaction_id, nameless, received_at,
    row_number() OVER (PARTITION BY day, event_id ORDER BY preference, received_at, transaction_id) AS copy
  FROM (
    SELECT raw.day, raw.event_id, raw.transaction_id, raw.user_id IS NULL AS nameless, raw.received_at, 1 AS preference
    FROM ${database}.events_raw AS raw
    LEFT JOIN ${database}.compacted_days AS closed ON closed.filed = raw.filed AND closed.day = raw.day
    WHERE raw.filed = 'occurred' AND closed.version IS NULL AND raw.name = 'purchase' AND raw.transaction_id IS NOT NULL
    UNION ALL
    SELECT day, event_id, transaction_id, user_id IS NULL, received_at, 2
    FROM late_copies
    WHERE copy = 1 AND name = 'purchase' AND transaction_id IS NOT NULL
  ) AS told
),
orders AS (
  SELECT transaction_id, event_id, day,
    row_number() OVER (PARTITION BY transaction_id ORDER BY nameless, received_at, event_id, day) AS report
  FROM reports
  WHERE copy = 1 AND transaction_id NOT IN (SELECT transaction_id FROM counted)
)
SELECT
  numbered.event_id, numbered.name, numbered.occurred_at, numbered.received_at, numbered.late, numbered.source,
  numbered.user_id, numbered.anonymous_id, numbered.session_hint, numbered.device_type, numbered.platform,
  numbered.os, numbered.app_version, numbered.page_url, numbered.page_title, numbered.page_referrer,
  numbered.utm_source, numbered.utm_medium, numbered.utm_campaign, numbered.utm_term, numbered.utm_content,
  numbered.country, numbered.schema_version, numbered.bot, numbered.transaction_id, numbered.properties,
  -- Of closed days the compaction keeps these (lambdas/events/compaction/typed-columns.ts).
  CASE WHEN json_format(json_extract(properties, '$.item_id')) LIKE '"%' THEN json_extract_scalar(properties, '$.item_id') END AS item_id,
  CASE WHEN json_format(json_extract(properties, '$.item_name')) LIKE '"%' THEN json_extract_scalar(properties, '$.item_name') END AS item_name,
  CASE WHEN json_format(json_extract(properties, '$.category')) LIKE '"%' THEN json_extract_scalar(properties, '$.category') END AS category,
  TRY_CAST(json_extract_scalar(properties, '$.price') AS decimal(18, 4)) AS price,
  TRY_CAST(json_extract_scalar(properties, '$.quantity') AS decimal(18, 4)) AS quantity,
  CASE WHEN json_format(json_extract(properties, '$.currency')) LIKE '"%' THEN json_extract_scalar(properties, '$.currency') END AS currency,
  TRY_CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 4)) AS revenue,
  TRY_CAST(json_extract_scalar(properties, '$.tax') AS decimal(18, 4)) AS tax,
  TRY_CAST(json_extract_scalar(properties, '$.shipping') AS decimal(18, 4)) AS shipping,
  TRY_CAST(json_extract_scalar(properties, '$.cost') AS decimal(18, 4)) AS cost,
  TRY_CAST(json_extract_scalar(properties, '$.cart_value') AS decimal(18, 4)) AS cart_value,
  CASE WHEN json_format(json_extract(properties, '$.coupon')) LIKE '"%' THEN json_extract_scalar(properties, '$.coupon') END AS coupon,
  CASE json_format(json_extract(properties, '$.coupon_used')) WHEN 'true' THEN true WHEN 'false' THEN false END AS coupon_used,
  transform(
    TRY_CAST(json_extract(properties, '$.items') AS array(json)),
    item -> CAST(
      ROW(
        CASE WHEN json_format(json_extract(item, '$.item_id')) LIKE '"%' THEN json_extract_scalar(item, '$.item_id') END,
        CASE WHEN json_format(json_extract(item, '$.item_name')) LIKE '"%' THEN json_extract_scalar(item, '$.item_name') END,
        CASE WHEN json_format(json_extract(item, '$.category')) LIKE '"%' THEN json_extract_scalar(item, '$.category') END,
        TRY_CAST(json_extract_scalar(item, '$.price') AS decimal(18, 4)),
        TRY_CAST(json_extract_scalar(item, '$.quantity') AS decimal(18, 4)),
        CASE WHEN json_format(json_extract(item, '$.coupon')) LIKE '"%' THEN json_extract_scalar(item, '$.coupon') END
      ) AS ROW(item_id varchar, item_name varchar, category varchar, price decimal(18, 4), quantity decimal(18, 4), coupon varchar)
    )
  ) AS items,
  numbered.day
FROM numbered
LEFT JOIN orders
  ON orders.transaction_id = numbered.transaction_id AND orders.report = 1 AND numbered.name = 'purchase'
WHERE numbered.copy = 1
  AND (
    numbered.name <> 'purchase' OR numbered.transaction_id IS NULL
    OR orders.event_id = numbered.event_id AND orders.day = numbered.day
  )
