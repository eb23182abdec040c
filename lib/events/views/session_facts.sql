-- view: session_facts
-- grain: one row per session, without who it was: what is known of it from its own day
-- columns:
--   day           date           Of its first event, in the deployment's time zone; name it in a predicate.
--   visitor       varchar        a#<anonymous_id> of the browser or app, u#<user_id> where events have no anonymous_id.
--   started_at    timestamp(3)   Its first event, UTC; with visitor the key of a session.
--   ended_at      timestamp(3)   Its last event, UTC.
--   duration_s    bigint         Whole seconds from the first to the last event.
--   user_id       varchar        The member named in it, of several the first by the alphabet; NULL when nobody was.
--   anonymous_id  varchar        The browser or app.
--   device_type   varchar        Of its first event: pc, mobile or app.
--   landing_page  varchar        Address of its first event's page.
--   first_event   varchar        Name of its first event.
--   referrer      varchar        Of its first event.
--   utm_source    varchar        Of its first event.
--   utm_medium    varchar        Of its first event.
--   utm_campaign  varchar        Of its first event.
--   events        bigint         All that was done in it.
--   page_views    bigint         Its page_view events.
--   bounced       boolean        One page at most was seen and nothing done on it; formula below.
--   steps         varchar        v, c, b, p for each view_item, add_to_cart, begin_checkout, purchase, in their order.
--   orders        bigint         Its purchases.
--   revenue       decimal(18,2)  Of its purchases in currency; NULL when they are of several currencies.
--   currency      varchar        ISO 4217; NULL without an order or when they are of several.
-- guarantee: A session is what one browser or app does without a pause of 30 minutes (spec §1); midnight does not cut it. Only what
--   goes on for six hours after a local midnight it has crossed is cut there, which no visitor does; that part has no
--   first page or source. Every event of somebody is in one session, but refund, message_open and unsubscribe, which
--   happen without a visit. Of events of one millisecond a page_view is the
--   first, of several that of the shortest address (/shoes before /shoes/quickview). Bots and events without ids (no
--   consent) have no session. Servers should tell the anonymous_id with what they report, or it is a session beside it.
--   A predicate on day reads the UTC days that hold something of it, of the half hour before and the six hours after: two or
--   three, of them the columns that are asked for, and of properties the purchases'.
-- formula: bounced = page_views <= 1, no two pages, and no event but page_view, view_item, app_open and message_click
-- example: SELECT count(*) AS sessions, avg(duration_s) FROM session_facts WHERE day = DATE '2026-03-02'
WITH near AS (
  SELECT
    near_day.day, told.occurred_at, told.occurred_at < near_day.ends_at AS own,
    date_diff('millisecond', near_day.starts_at, told.occurred_at) + 1800000 AS ms, told.name,
    coalesce(told.anonymous_id, told.user_id) AS visitor, told.anonymous_id IS NULL AS named, told.user_id,
    told.device_type, told.page_url, told.page_referrer, told.utm_source, told.utm_medium, told.utm_campaign,
    CAST(NULL AS varchar) AS properties
  FROM ${database}.events AS told
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = told.day
    AND told.occurred_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND told.occurred_at < near_day.ends_at + INTERVAL '6' HOUR
  WHERE NOT told.bot AND (told.user_id IS NOT NULL OR told.anonymous_id IS NOT NULL)
    AND told.name NOT IN ('purchase', 'refund', 'message_open', 'unsubscribe')
  UNION ALL
  -- Apart, so that properties, by far the widest column, are read for purchases only.
  SELECT
    near_day.day, told.occurred_at, told.occurred_at < near_day.ends_at,
    date_diff('millisecond', near_day.starts_at, told.occurred_at) + 1800000, told.name,
    coalesce(told.anonymous_id, told.user_id), told.anonymous_id IS NULL, told.user_id,
    told.device_type, told.page_url, told.page_referrer, told.utm_source, told.utm_medium, told.utm_campaign,
    told.properties
  FROM ${database}.events AS told
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = told.day
    AND told.occurred_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND told.occurred_at < near_day.ends_at + INTERVAL '6' HOUR
  WHERE NOT told.bot AND (told.user_id IS NOT NULL OR told.anonymous_id IS NOT NULL) AND told.name = 'purchase'
),
digested AS (
  -- Pages are only compared here, which their digests do as well.
  SELECT
    day, occurred_at, own, ms, name, visitor, named, user_id, device_type, page_url, page_referrer, utm_source,
    utm_medium, utm_campaign, properties, from_big_endian_64(xxhash64(to_utf8(page_url))) AS page
  FROM near
),
placed AS (
  -- Which event of a slot is the first: by time, of one millisecond a page_view, of several that of the shortest address.
  SELECT
    day, occurred_at, own, ms, name, visitor, named, user_id, device_type, page_url, page_referrer, utm_source,
    utm_medium, utm_campaign, properties, page,
    (ms * 4 + CASE WHEN name = 'page_view' THEN 0 ELSE 2 END + CASE WHEN page IS NULL THEN 1 ELSE 0 END) * 17179869184
      + coalesce(least(length(page_url), 4095) * 4194304 + abs(page % 4194304), 0) AS place
  FROM digested
),
slots AS (
  -- What lies within one half hour is one session. So pauses are looked for between slots, of which there are far fewer.
  SELECT
    day, visitor, named, ms / 1800000 AS slot,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at,
    bool_or(own) AS own,
    min(user_id) AS user_id,
    min_by(device_type, place) AS device_type,
    min_by(page_url, place) AS landing_page,
    min_by(name, place) AS first_event,
    min_by(page_referrer, place) AS referrer,
    min_by(utm_source, place) AS utm_source,
    min_by(utm_medium, place) AS utm_medium,
    min_by(utm_campaign, place) AS utm_campaign,
    count(*) AS events,
    count_if(name = 'page_view') AS page_views,
    count_if(name NOT IN ('page_view', 'view_item', 'app_open', 'message_click')) AS deeds,
    min(page) AS one_page,
    max(page) AS other_page,
    array_agg(
      ms * 4 + CASE name WHEN 'view_item' THEN 0 WHEN 'add_to_cart' THEN 1 WHEN 'begin_checkout' THEN 2 ELSE 3 END
    ) FILTER (WHERE name IN ('view_item', 'add_to_cart', 'begin_checkout', 'purchase')) AS steps,
    count_if(name = 'purchase') AS orders,
    sum(CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 2))) AS revenue,
    min(json_extract_scalar(properties, '$.currency')) AS one_currency,
    max(json_extract_scalar(properties, '$.currency')) AS other_currency
  FROM placed
  GROUP BY day, visitor, named, ms / 1800000
),
paused AS (
  SELECT
    day, visitor, named, slot, first_at, last_at, own, user_id, device_type, landing_page, first_event, referrer,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    lag(last_at) OVER (PARTITION BY day, visitor, named ORDER BY slot) AS before_at
  FROM slots
),
started AS (
  -- Slot 0 is the half hour before the day: whatever goes on from there is yesterday's.
  SELECT
    day, visitor, named, slot, first_at, last_at, own, user_id, device_type, landing_page, first_event, referrer,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    slot > 0 AND (before_at IS NULL OR first_at >= before_at + INTERVAL '30' MINUTE) AS opening
  FROM paused
),
numbered AS (
  SELECT
    day, visitor, named, slot, first_at, last_at, own, user_id, device_type, landing_page, first_event, referrer,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency, opening,
    sum(CASE WHEN opening THEN 1 ELSE 0 END) OVER (PARTITION BY day, visitor, named ORDER BY slot) AS number
  FROM started
),
sessions AS (
  SELECT
    day, visitor, named,
    min(slot) AS slot,
    min(first_at) AS started_at,
    max(last_at) AS ended_at,
    bool_or(own) AS own,
    min(user_id) AS user_id,
    max(CASE WHEN opening THEN device_type END) AS device_type,
    max(CASE WHEN opening THEN landing_page END) AS landing_page,
    max(CASE WHEN opening THEN first_event END) AS first_event,
    max(CASE WHEN opening THEN referrer END) AS referrer,
    max(CASE WHEN opening THEN utm_source END) AS utm_source,
    max(CASE WHEN opening THEN utm_medium END) AS utm_medium,
    max(CASE WHEN opening THEN utm_campaign END) AS utm_campaign,
    sum(events) AS events,
    sum(page_views) AS page_views,
    sum(deeds) AS deeds,
    min(one_page) AS one_page,
    max(other_page) AS other_page,
    array_join(
      transform(
        array_sort(flatten(array_agg(steps) FILTER (WHERE steps IS NOT NULL))),
        step -> substr('vcbp', CAST(step % 4 AS integer) + 1, 1)
      ), ''
    ) AS steps,
    sum(orders) AS orders,
    sum(revenue) AS revenue,
    min(one_currency) AS one_currency,
    max(other_currency) AS other_currency
  FROM numbered
  GROUP BY day, visitor, named, number, number = 0 AND slot > 12
)
SELECT
  day,
  CASE WHEN named THEN 'u#' ELSE 'a#' END || visitor AS visitor,
  started_at, ended_at,
  date_diff('second', started_at, ended_at) AS duration_s,
  user_id,
  CASE WHEN NOT named THEN visitor END AS anonymous_id,
  device_type, landing_page, first_event, referrer, utm_source, utm_medium, utm_campaign,
  CAST(events AS bigint) AS events,
  CAST(page_views AS bigint) AS page_views,
  page_views <= 1 AND deeds = 0 AND (one_page IS NULL OR one_page = other_page) AS bounced,
  coalesce(steps, '') AS steps,
  CAST(orders AS bigint) AS orders,
  CAST(CASE WHEN orders = 0 THEN 0 WHEN one_currency = other_currency THEN revenue END AS decimal(18, 2)) AS revenue,
  CASE WHEN one_currency = other_currency THEN one_currency END AS currency
FROM sessions
WHERE slot > 0 AND own
