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
--   first, of several that of the first page by the alphabet. Bots and events without ids (no
--   consent) have no session. Servers should tell the anonymous_id with what they report, or it is a session beside it.
--   A predicate on day reads the UTC days that the local day touches or is next to: three.
-- formula: bounced = page_views <= 1, no two pages, and no event but page_view, view_item, app_open and message_click
-- example: SELECT count(*) AS sessions, avg(duration_s) FROM session_facts WHERE day = DATE '2026-03-02'
WITH near AS (
  SELECT
    near_day.day, near_day.starts_at, near_day.ends_at, told.occurred_at, told.name, told.user_id, told.anonymous_id,
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
    near_day.day, near_day.starts_at, near_day.ends_at, told.occurred_at, told.name, told.user_id, told.anonymous_id,
    told.device_type, told.page_url, told.page_referrer, told.utm_source, told.utm_medium, told.utm_campaign,
    told.properties
  FROM ${database}.events AS told
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = told.day
    AND told.occurred_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND told.occurred_at < near_day.ends_at + INTERVAL '6' HOUR
  WHERE NOT told.bot AND (told.user_id IS NOT NULL OR told.anonymous_id IS NOT NULL) AND told.name = 'purchase'
),
paused AS (
  SELECT
    day, starts_at, ends_at, occurred_at, name, user_id, anonymous_id, device_type, page_url, page_referrer,
    utm_source, utm_medium, utm_campaign, properties,
    coalesce('a#' || anonymous_id, 'u#' || user_id) AS visitor,
    lag(occurred_at) OVER (
      PARTITION BY day, coalesce('a#' || anonymous_id, 'u#' || user_id)
      ORDER BY occurred_at, CASE WHEN name = 'page_view' THEN 0 ELSE 1 END, page_url
    ) AS before_at
  FROM near
),
started AS (
  SELECT
    day, starts_at, ends_at, occurred_at, name, user_id, anonymous_id, device_type, page_url, page_referrer,
    utm_source, utm_medium, utm_campaign, properties, visitor,
    before_at IS NULL OR occurred_at >= before_at + INTERVAL '30' MINUTE AS opening
  FROM paused
),
numbered AS (
  -- 0: what yesterday's session goes on with.
  SELECT
    day, starts_at, ends_at, occurred_at, name, user_id, anonymous_id, device_type, page_url, page_referrer,
    utm_source, utm_medium, utm_campaign, properties, visitor, opening,
    sum(CASE WHEN opening AND occurred_at >= starts_at THEN 1 ELSE 0 END)
      OVER (PARTITION BY day, visitor ORDER BY occurred_at) AS number
  FROM started
),
sessions AS (
  SELECT
    day, visitor, starts_at, ends_at,
    min(occurred_at) AS started_at,
    max(occurred_at) AS ended_at,
    min(user_id) AS user_id,
    min(anonymous_id) AS anonymous_id,
    max(CASE WHEN opening THEN device_type END) AS device_type,
    max(CASE WHEN opening THEN page_url END) AS landing_page,
    max(CASE WHEN opening THEN name END) AS first_event,
    max(CASE WHEN opening THEN page_referrer END) AS referrer,
    max(CASE WHEN opening THEN utm_source END) AS utm_source,
    max(CASE WHEN opening THEN utm_medium END) AS utm_medium,
    max(CASE WHEN opening THEN utm_campaign END) AS utm_campaign,
    count(*) AS events,
    count_if(name = 'page_view') AS page_views,
    count_if(name NOT IN ('page_view', 'view_item', 'app_open', 'message_click')) AS deeds,
    min(page_url) AS one_page,
    max(page_url) AS other_page,
    array_join(array_agg(
      CASE name WHEN 'view_item' THEN 'v' WHEN 'add_to_cart' THEN 'c' WHEN 'begin_checkout' THEN 'b' ELSE 'p' END
      ORDER BY occurred_at, CASE name WHEN 'view_item' THEN 1 WHEN 'add_to_cart' THEN 2 WHEN 'begin_checkout' THEN 3 ELSE 4 END
    ) FILTER (WHERE name IN ('view_item', 'add_to_cart', 'begin_checkout', 'purchase')), '') AS steps,
    count_if(name = 'purchase') AS orders,
    sum(CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 2))) AS revenue,
    min(json_extract_scalar(properties, '$.currency')) AS one_currency,
    max(json_extract_scalar(properties, '$.currency')) AS other_currency
  FROM numbered
  GROUP BY day, visitor, starts_at, ends_at, number, number = 0 AND occurred_at >= starts_at + INTERVAL '6' HOUR
)
SELECT
  day, visitor, started_at, ended_at,
  date_diff('second', started_at, ended_at) AS duration_s,
  user_id, anonymous_id, device_type, landing_page, first_event, referrer, utm_source, utm_medium, utm_campaign,
  events,
  page_views,
  page_views <= 1 AND deeds = 0 AND (one_page IS NULL OR one_page = other_page) AS bounced,
  coalesce(steps, '') AS steps,
  orders,
  CAST(CASE WHEN orders = 0 THEN 0 WHEN one_currency = other_currency THEN revenue END AS decimal(18, 2)) AS revenue,
  CASE WHEN one_currency = other_currency THEN one_currency END AS currency
FROM sessions
WHERE started_at >= starts_at AND started_at < ends_at
