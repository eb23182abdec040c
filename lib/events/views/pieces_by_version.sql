-- view: pieces_by_version
-- grain: one row per writing of a day (or the day as it is open), visitor, and piece: what was done without a pause of 30 minutes in one of the four quarters of a UTC day
-- columns:
--   version         varchar        The writing in events_compacted; 'open' for what no writing has, and of whom events came late.
--   day             date           UTC day.
--   visitor         varchar        The browser or app, or the member where events have no anonymous_id.
--   named           boolean        The visitor is a member.
--   run_at          timestamp(3)   Since when there was no pause of 30 minutes that day, UTC.
--   first_at        timestamp(3)   The piece's first event, UTC.
--   last_at         timestamp(3)   Its last event, UTC.
--   user_id         varchar        The member named in it, of several the first by the alphabet.
--   device_type     varchar        Of the first event of the run, in its first piece: pc, mobile or app.
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
-- guarantee: What the compaction keeps of a day in the table activity_pieces (docs/adr/0014-closed-days-keep-what-is-asked-for.md); sessions are
--   pieces without a pause between them. Ask session_facts; of a compacted day this one reads all events again.
-- cost: the columns asked for, of all events of the days asked for.
-- example: SELECT visitor, first_at FROM pieces_by_version WHERE version = 'open' AND day = DATE '2026-03-02'
WITH paused AS (
  SELECT
    version, day, visitor, named, slot, first_at, last_at, user_id,
    device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    lag(last_at) OVER (PARTITION BY version, day, visitor, named ORDER BY slot) AS before_at
  FROM ${database}.slots_by_version
),
started AS (
  SELECT
    version, day, visitor, named, slot, first_at, last_at, user_id,
    device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    CASE WHEN before_at IS NULL OR first_at >= before_at + INTERVAL '30' MINUTE THEN first_at END AS begun_at
  FROM paused
),
runs AS (
  SELECT
    version, day, visitor, named, slot, first_at, last_at, user_id,
    device_type, landing_page, first_event, referrer, came_from, google_ad, utm_source, utm_medium, utm_campaign,
    events, page_views, deeds, one_page, other_page, steps, orders, revenue, one_currency, other_currency,
    begun_at,
    max(begun_at) OVER (PARTITION BY version, day, visitor, named ORDER BY slot) AS run_at
  FROM started
)
SELECT
  version, day, visitor, named, run_at,
  min(first_at) AS first_at,
  max(last_at) AS last_at,
  min(user_id) AS user_id,
  max(CASE WHEN begun_at = run_at THEN device_type END) AS device_type,
  max(CASE WHEN begun_at = run_at THEN landing_page END) AS landing_page,
  max(CASE WHEN begun_at = run_at THEN first_event END) AS first_event,
  max(CASE WHEN begun_at = run_at THEN referrer END) AS referrer,
  max(CASE WHEN begun_at = run_at THEN came_from END) AS came_from,
  coalesce(bool_or(begun_at = run_at AND google_ad), false) AS google_ad,
  max(CASE WHEN begun_at = run_at THEN utm_source END) AS utm_source,
  max(CASE WHEN begun_at = run_at THEN utm_medium END) AS utm_medium,
  max(CASE WHEN begun_at = run_at THEN utm_campaign END) AS utm_campaign,
  CAST(sum(events) AS bigint) AS events,
  CAST(sum(page_views) AS bigint) AS page_views,
  CAST(sum(deeds) AS bigint) AS deeds,
  min(one_page) AS one_page,
  max(other_page) AS other_page,
  array_join(
    transform(array_sort(array_agg(ROW(slot, steps)) FILTER (WHERE steps IS NOT NULL)), done -> done[2]), ''
  ) AS steps,
  CAST(sum(orders) AS bigint) AS orders,
  TRY_CAST(CASE WHEN count_if(orders > 0 AND revenue IS NULL) = 0 THEN sum(revenue) END AS decimal(18, 2)) AS revenue,
  min(one_currency) AS one_currency,
  max(other_currency) AS other_currency
FROM runs
GROUP BY version, day, visitor, named, run_at, slot / 12
