-- view: slots_by_version
-- grain: one row per writing of a day (or the day as it is open), visitor, and half hour of the UTC day in which anything was done
-- columns:
--   version         varchar        The writing in events_compacted; 'open' for what no writing has, and of whom events came late.
--   day             date           UTC day.
--   visitor         varchar        The browser or app, or the member where events have no anonymous_id.
--   named           boolean        The visitor is a member.
--   slot            bigint         Which half hour of the day, from 0.
--   first_at        timestamp(3)   Its first event, UTC.
--   last_at         timestamp(3)   Its last event, UTC.
--   user_id         varchar        The member named in it, of several the first by the alphabet.
--   device_type     varchar        Of its first event: pc, mobile or app.
--   landing_page    varchar        Address of that event's page.
--   first_event     varchar        Name of that event.
--   referrer        varchar        Of that event.
--   came_from       varchar        Host of another site that that event was reached from, in lower case, without www.
--   google_ad       boolean        The address of that event's page tells of an advertisement of Google's (gclid).
--   utm_source      varchar        Of that event.
--   utm_medium      varchar        Of that event.
--   utm_campaign    varchar        Of that event.
--   events          bigint         All that was done in it.
--   page_views      bigint         Its page_view events.
--   deeds           bigint         Its events that say more than that a page was seen.
--   one_page        bigint         Digest of a page; of several the smallest.
--   other_page      bigint         Of several pages the greatest digest.
--   steps           varchar        v, c, b, p for each view_item, add_to_cart, begin_checkout, purchase, in their order.
--   orders          bigint         Its purchases.
--   revenue         decimal(18,2)  Of its purchases, whatever their currency; NULL when that has more digits.
--   one_currency    varchar        ISO 4217; of several the first by the alphabet.
--   other_currency  varchar        Of several the last by the alphabet.
-- guarantee: What lies within one half hour has no pause of 30 minutes: so pauses are looked for between slots, of which there are far
--   fewer than events. Of events of one millisecond a page_view is the first, of several that of the shortest address. Ask
--   session_facts; of a compacted day this one reads all events again.
-- cost: the columns asked for, of all events of the days asked for.
-- example: SELECT visitor, slot, events FROM slots_by_version WHERE version = 'open' AND day = DATE '2026-03-02'
WITH told AS (
  SELECT
    version, day,
    occurred_at, name, bot, user_id, anonymous_id, device_type, page_url, page_referrer, utm_source, utm_medium,
    utm_campaign, revenue, currency
  FROM ${database}.events_compacted
  WHERE filed = 'occurred' AND version <> 'open'
  UNION ALL
  SELECT
    'open', day,
    occurred_at, name, bot, user_id, anonymous_id, device_type, page_url, page_referrer, utm_source, utm_medium,
    utm_campaign, revenue, currency
  FROM ${database}.events_open
  UNION ALL
  SELECT
    'open', kept.day,
    kept.occurred_at, kept.name, kept.bot, kept.user_id, kept.anonymous_id, kept.device_type, kept.page_url,
    kept.page_referrer, kept.utm_source, kept.utm_medium, kept.utm_campaign, kept.revenue, kept.currency
  FROM ${database}.events_compacted AS kept
  JOIN ${database}.compacted_days AS closed
    ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  JOIN ${database}.late_visitors AS late
    ON late.day = kept.day AND late.visitor = coalesce(kept.anonymous_id, kept.user_id)
    AND late.named = (kept.anonymous_id IS NULL)
  WHERE kept.filed = 'occurred'
),
digested AS (
  -- Pages are only compared here, which their digests do as well.
  SELECT
    version, day, occurred_at, date_diff('millisecond', CAST(day AS timestamp), occurred_at) AS ms, name,
    coalesce(anonymous_id, user_id) AS visitor, anonymous_id IS NULL AS named, user_id, device_type, page_url,
    page_referrer, utm_source, utm_medium, utm_campaign,
    CASE WHEN name = 'purchase' THEN CAST(revenue AS decimal(18, 2)) END AS revenue,
    CASE WHEN name = 'purchase' THEN currency END AS currency,
    from_big_endian_64(xxhash64(to_utf8(page_url))) AS page
  FROM told
  WHERE NOT bot AND (user_id IS NOT NULL OR anonymous_id IS NOT NULL)
    AND name NOT IN ('refund', 'message_open', 'unsubscribe')
),
placed AS (
  -- Which event of a slot is the first: by time, of one millisecond a page_view, of several that of the shortest address, of
  -- several there that of the shortest name, so that it is the same one whenever it is asked for.
  SELECT
    version, day, occurred_at, ms, name, visitor, named, user_id, device_type, page_url, page_referrer, utm_source,
    utm_medium, utm_campaign, revenue, currency, page,
    (ms * 4 + CASE WHEN name = 'page_view' THEN 0 ELSE 2 END + CASE WHEN page IS NULL THEN 1 ELSE 0 END) * 17179869184
      + coalesce(least(length(page_url), 4095) * 4194304 + abs(page % 262144) * 16, 0) + length(name) % 16 AS place
  FROM digested
),
slots AS (
  SELECT
    version, day, visitor, named, ms / 1800000 AS slot,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at,
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
    array_join(
      transform(
        array_sort(
          array_agg(
            ms * 4 + CASE name WHEN 'view_item' THEN 0 WHEN 'add_to_cart' THEN 1 WHEN 'begin_checkout' THEN 2 ELSE 3 END
          ) FILTER (WHERE name IN ('view_item', 'add_to_cart', 'begin_checkout', 'purchase'))
        ),
        step -> substr('vcbp', CAST(step % 4 AS integer) + 1, 1)
      ), ''
    ) AS steps,
    count_if(name = 'purchase') AS orders,
    sum(revenue) AS revenue,
    min(currency) AS one_currency,
    max(currency) AS other_currency
  FROM placed
  GROUP BY version, day, visitor, named, ms / 1800000
),
hosts AS (
  SELECT
    version, day, visitor, named, slot, first_at, last_at, user_id, device_type, landing_page, first_event, referrer,
    utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders, revenue,
    one_currency, other_currency,
    regexp_replace(lower(split_part(split_part(referrer, '/', 3), ':', 1)), '^www\.', '') AS host,
    regexp_replace(lower(split_part(split_part(landing_page, '/', 3), ':', 1)), '^(www|m)\.', '') AS own_host
  FROM slots
)
SELECT
  version, day, visitor, named, slot, first_at, last_at, user_id, device_type, landing_page, first_event, referrer,
  CASE WHEN host <> '' AND regexp_replace(host, '^m\.', '') <> coalesce(own_host, '') THEN host END AS came_from,
  coalesce(strpos(landing_page, 'gclid=') > 0, false) AS google_ad,
  utm_source, utm_medium, utm_campaign, events, page_views, deeds, one_page, other_page, steps, orders,
  TRY_CAST(revenue AS decimal(18, 2)) AS revenue,
  one_currency, other_currency
FROM hosts
