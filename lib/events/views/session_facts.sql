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
--   came_from     varchar        Host of another site that its first event was reached from, in lower case, without www.
--   google_ad     boolean        The address of its first event's page tells of an advertisement of Google's (gclid).
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
--   goes on for hours after a local midnight it has crossed is cut, at the first of 0, 6, 12 and 18 o'clock UTC that is six hours
--   or more after it, which no visitor does; the part after that has no first page or source. Every event of somebody is in one session, but refund, message_open and unsubscribe, which
--   happen without a visit. Of events of one millisecond a page_view is the
--   first, of several that of the shortest address (/shoes before /shoes/quickview). Bots and events without ids (no
--   consent) have no session. Servers should tell the anonymous_id with what they report, or it is a session beside it.
--   A predicate on day reads the UTC days that hold something of it, of the half hour before and of the hours after: two or
--   three; of compacted ones what was kept of them (table activity_pieces), the columns that are asked for.
-- formula: bounced = page_views <= 1, no two pages, and no event but page_view, view_item, app_open and message_click
-- example: SELECT count(*) AS sessions, avg(duration_s) FROM session_facts WHERE day = DATE '2026-03-02'
WITH pieces AS (
  SELECT
    kept.day AS utc_day, true AS kept,
    kept.visitor, kept.named, kept.run_at, kept.first_at, kept.last_at, kept.user_id, kept.device_type,
    kept.landing_page, kept.first_event, kept.referrer, kept.came_from, kept.google_ad, kept.utm_source, kept.utm_medium, kept.utm_campaign,
    kept.events, kept.page_views, kept.deeds, kept.one_page, kept.other_page, kept.steps, kept.orders, kept.revenue,
    kept.one_currency, kept.other_currency
  FROM ${database}.activity_pieces AS kept
  JOIN ${database}.compacted_days AS closed
    ON closed.filed = 'occurred' AND closed.day = kept.day AND closed.version = kept.version
  UNION ALL
  SELECT
    day, false,
    visitor, named, run_at, first_at, last_at, user_id, device_type, landing_page, first_event, referrer, came_from, google_ad,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency
  FROM ${database}.pieces_by_version
  WHERE version = 'open'
),
near AS (
  -- Of what comes after the day only what may have gone on since: a run that began by then, or at the UTC day's first half hour.
  SELECT
    near_day.day, near_day.starts_at, near_day.ends_at, near_day.cut_at, pieces.utc_day, pieces.kept,
    pieces.visitor, pieces.named, pieces.run_at, pieces.first_at, pieces.last_at, pieces.user_id,
    pieces.device_type, pieces.landing_page, pieces.first_event, pieces.referrer, pieces.came_from, pieces.google_ad, pieces.utm_source,
    pieces.utm_medium, pieces.utm_campaign, pieces.events, pieces.page_views, pieces.deeds, pieces.one_page,
    pieces.other_page, pieces.steps, pieces.orders, pieces.revenue, pieces.one_currency, pieces.other_currency
  FROM pieces
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = pieces.utc_day
    AND pieces.last_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND pieces.first_at < near_day.ends_cut_at
    AND (
      pieces.run_at < near_day.ends_at + INTERVAL '30' MINUTE
      OR pieces.run_at < CAST(pieces.utc_day AS timestamp) + INTERVAL '30' MINUTE
    )
),
timely AS (
  -- What was kept knows nothing of what came late: of these visitors and days events were read above.
  SELECT
    near.day, near.starts_at, near.ends_at, near.cut_at,
    near.visitor, near.named, near.run_at, near.first_at, near.last_at, near.user_id, near.device_type,
    near.landing_page, near.first_event, near.referrer, near.came_from, near.google_ad, near.utm_source, near.utm_medium, near.utm_campaign,
    near.events, near.page_views, near.deeds, near.one_page, near.other_page, near.steps, near.orders, near.revenue,
    near.one_currency, near.other_currency
  FROM near
  LEFT JOIN ${database}.late_visitors AS late
    ON late.day = near.utc_day AND late.visitor = near.visitor AND late.named = near.named
  WHERE NOT near.kept OR late.visitor IS NULL
),
paused AS (
  SELECT
    day, starts_at, ends_at, cut_at,
    visitor, named, run_at, first_at, last_at, user_id, device_type, landing_page, first_event, referrer, came_from, google_ad,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    lag(last_at) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS before_at,
    lead(first_at) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS after_at
  FROM timely
),
started AS (
  -- What began before the day is yesterday's, and whatever goes on from there.
  SELECT
    day, starts_at, ends_at, cut_at,
    visitor, named, run_at, first_at, last_at, user_id, device_type, landing_page, first_event, referrer, came_from, google_ad,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    first_at >= starts_at AND (before_at IS NULL OR first_at >= before_at + INTERVAL '30' MINUTE) AS opening,
    after_at IS NULL OR after_at >= last_at + INTERVAL '30' MINUTE AS closing
  FROM paused
),
numbered AS (
  SELECT
    day, starts_at, ends_at, cut_at,
    visitor, named, run_at, first_at, last_at, user_id, device_type, landing_page, first_event, referrer, came_from, google_ad,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    opening, opening AND closing AS whole,
    sum(CASE WHEN opening THEN 1 ELSE 0 END) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS number
  FROM started
),
sessions AS (
  SELECT
    day, visitor, named, number,
    number = 0 AND first_at >= cut_at AS cut,
    bool_or(first_at < ends_at) AS own,
    min(first_at) AS started_at,
    max(last_at) AS ended_at,
    min(user_id) AS user_id,
    max(CASE WHEN opening THEN device_type END) AS device_type,
    max(CASE WHEN opening THEN landing_page END) AS landing_page,
    max(CASE WHEN opening THEN first_event END) AS first_event,
    max(CASE WHEN opening THEN referrer END) AS referrer,
    max(CASE WHEN opening THEN came_from END) AS came_from,
    bool_or(opening AND google_ad) AS google_ad,
    max(CASE WHEN opening THEN utm_source END) AS utm_source,
    max(CASE WHEN opening THEN utm_medium END) AS utm_medium,
    max(CASE WHEN opening THEN utm_campaign END) AS utm_campaign,
    sum(events) AS events,
    sum(page_views) AS page_views,
    sum(deeds) AS deeds,
    min(one_page) AS one_page,
    max(other_page) AS other_page,
    max(CASE WHEN whole THEN steps END) AS whole_steps,
    array_agg(ROW(first_at, steps)) FILTER (WHERE NOT whole AND steps IS NOT NULL) AS part_steps,
    sum(orders) AS orders,
    sum(revenue) AS revenue,
    min(one_currency) AS one_currency,
    max(other_currency) AS other_currency
  FROM numbered
  GROUP BY day, visitor, named, number, number = 0 AND first_at >= cut_at
)
SELECT
  day,
  CASE WHEN named THEN 'u#' ELSE 'a#' END || visitor AS visitor,
  started_at, ended_at,
  date_diff('second', started_at, ended_at) AS duration_s,
  user_id,
  CASE WHEN NOT named THEN visitor END AS anonymous_id,
  device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
  CAST(events AS bigint) AS events,
  CAST(page_views AS bigint) AS page_views,
  page_views <= 1 AND deeds = 0 AND (one_page IS NULL OR one_page = other_page) AS bounced,
  coalesce(whole_steps, array_join(transform(array_sort(part_steps), piece -> piece[2]), ''), '') AS steps,
  CAST(orders AS bigint) AS orders,
  CAST(CASE WHEN orders = 0 THEN 0 WHEN one_currency = other_currency THEN revenue END AS decimal(18, 2)) AS revenue,
  CASE WHEN one_currency = other_currency THEN one_currency END AS currency
FROM sessions
WHERE own AND (number > 0 OR cut)
