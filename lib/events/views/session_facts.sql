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
--   revenue       decimal(18,2)  Of its purchases in currency; NULL when they are of several currencies, or more than the type has digits for.
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
WITH alone AS (
  -- A piece that begins its run, 30 minutes or more after the UTC day began, and ends 30 minutes or more before its quarter does,
  -- has a pause before and after: it is a session as it is. Most are.
  -- What was kept knows nothing of what came late: of these visitors and days events are read below.
  SELECT
    near_day.day, piece.visitor, piece.named, piece.first_at AS started_at, piece.last_at AS ended_at,
    piece.user_id, piece.device_type, piece.landing_page, piece.first_event, piece.referrer, piece.came_from,
    piece.google_ad, piece.utm_source, piece.utm_medium, piece.utm_campaign, piece.events, piece.page_views,
    piece.deeds, piece.one_page, piece.other_page, coalesce(piece.steps, '') AS steps,
    piece.orders, piece.revenue, piece.one_currency, piece.other_currency
  FROM ${database}.activity_pieces AS piece
  JOIN ${database}.compacted_days AS closed
    ON closed.filed = 'occurred' AND closed.day = piece.day AND closed.version = piece.version
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = piece.day
    AND piece.first_at >= near_day.starts_at
    AND piece.first_at < near_day.ends_at
  LEFT JOIN ${database}.late_visitors AS late
    ON late.day = piece.day AND late.visitor = piece.visitor AND late.named = piece.named
  WHERE late.visitor IS NULL
    AND piece.first_at = piece.run_at AND piece.first_at >= CAST(piece.day AS timestamp) + INTERVAL '30' MINUTE
    AND (hour(piece.last_at) * 60 + minute(piece.last_at)) % 360 < 330
),
pieces AS (
  -- Of what comes after the day only what may have gone on since: a run that began by then, or at the UTC day's first half hour.
  SELECT
    near_day.day, near_day.starts_at, near_day.ends_at, near_day.cut_at,
    piece.visitor, piece.named, piece.first_at, piece.last_at,
    piece.user_id, piece.device_type, piece.landing_page, piece.first_event, piece.referrer, piece.came_from,
    piece.google_ad, piece.utm_source, piece.utm_medium, piece.utm_campaign, piece.events, piece.page_views,
    piece.deeds, piece.one_page, piece.other_page, piece.steps, piece.orders, piece.revenue, piece.one_currency,
    piece.other_currency
  FROM ${database}.activity_pieces AS piece
  JOIN ${database}.compacted_days AS closed
    ON closed.filed = 'occurred' AND closed.day = piece.day AND closed.version = piece.version
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = piece.day
    AND piece.last_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND piece.first_at < near_day.ends_cut_at
  LEFT JOIN ${database}.late_visitors AS late
    ON late.day = piece.day AND late.visitor = piece.visitor AND late.named = piece.named
  WHERE late.visitor IS NULL
    AND NOT (
      piece.first_at = piece.run_at AND piece.first_at >= CAST(piece.day AS timestamp) + INTERVAL '30' MINUTE
      AND (hour(piece.last_at) * 60 + minute(piece.last_at)) % 360 < 330
    )
    AND (
      piece.run_at < near_day.ends_at + INTERVAL '30' MINUTE
      OR piece.run_at < CAST(piece.day AS timestamp) + INTERVAL '30' MINUTE
    )
  UNION ALL
  SELECT
    near_day.day, near_day.starts_at, near_day.ends_at, near_day.cut_at, slot.visitor, slot.named, slot.first_at, slot.last_at,
    slot.user_id, slot.device_type, slot.landing_page, slot.first_event, slot.referrer, slot.came_from,
    slot.google_ad, slot.utm_source, slot.utm_medium, slot.utm_campaign, slot.events, slot.page_views, slot.deeds,
    slot.one_page, slot.other_page, slot.steps, slot.orders, slot.revenue, slot.one_currency, slot.other_currency
  FROM ${database}.slots_by_version AS slot
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = slot.day
    AND slot.last_at >= near_day.starts_at - INTERVAL '30' MINUTE
    AND slot.first_at < near_day.ends_cut_at
  WHERE slot.version = 'open'
),
paused AS (
  SELECT
    day, starts_at, ends_at, cut_at, visitor, named, first_at, last_at,
    user_id, device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    lag(last_at) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS before_at,
    lead(first_at) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS after_at
  FROM pieces
),
started AS (
  -- What began before the day is yesterday's, and whatever goes on from there.
  SELECT
    day, ends_at, cut_at, visitor, named, first_at, last_at,
    user_id, device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    first_at >= starts_at AND (before_at IS NULL OR first_at >= before_at + INTERVAL '30' MINUTE) AS opening,
    after_at IS NULL OR after_at >= last_at + INTERVAL '30' MINUTE AS closing
  FROM paused
),
numbered AS (
  SELECT
    day, ends_at, cut_at, visitor, named, first_at, last_at,
    user_id, device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    opening, opening AND closing AS whole,
    sum(CASE WHEN opening THEN 1 ELSE 0 END) OVER (PARTITION BY day, visitor, named ORDER BY first_at) AS number
  FROM started
),
joined AS (
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
    CASE WHEN count_if(orders > 0 AND revenue IS NULL) = 0 THEN sum(revenue) END AS revenue,
    min(one_currency) AS one_currency,
    max(other_currency) AS other_currency
  FROM numbered
  GROUP BY day, visitor, named, number, number = 0 AND first_at >= cut_at
),
sessions AS (
  SELECT
    day, visitor, named, started_at, ended_at,
    user_id, device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency
  FROM alone
  UNION ALL
  SELECT
    day, visitor, named, started_at, ended_at,
    user_id, device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    CAST(events AS bigint), CAST(page_views AS bigint), CAST(deeds AS bigint), one_page, other_page,
    coalesce(whole_steps, array_join(transform(array_sort(part_steps), piece -> piece[2]), ''), ''),
    CAST(orders AS bigint), TRY_CAST(revenue AS decimal(18, 2)), one_currency, other_currency
  FROM joined
  WHERE own AND (number > 0 OR cut)
)
SELECT
  day,
  CASE WHEN named THEN 'u#' ELSE 'a#' END || visitor AS visitor,
  started_at, ended_at,
  date_diff('second', started_at, ended_at) AS duration_s,
  user_id,
  CASE WHEN NOT named THEN visitor END AS anonymous_id,
  device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
  events, page_views,
  page_views <= 1 AND deeds = 0 AND (one_page IS NULL OR one_page = other_page) AS bounced,
  steps, orders,
  CAST(CASE WHEN orders = 0 THEN 0 WHEN one_currency = other_currency THEN revenue END AS decimal(18, 2)) AS revenue,
  CASE WHEN one_currency = other_currency THEN one_currency END AS currency
FROM sessions
