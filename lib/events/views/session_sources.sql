-- view: session_sources
-- grain: one row per session: who it was and where it came from, without whether they were new
-- columns:
--   day           date           Of its first event, in the deployment's time zone; name it in a predicate.
--   person        varchar        u#<user_id> of the member, also before a later login; else a#<anonymous_id>. Users are distinct persons.
--   member        varchar        The member's user_id; NULL while nobody has logged in there since.
--   visitor       varchar        a#<anonymous_id> of the browser or app, u#<user_id> where events have no anonymous_id.
--   started_at    timestamp(3)   Its first event, UTC; with visitor the key of a session.
--   ended_at      timestamp(3)   Its last event, UTC.
--   duration_s    bigint         Whole seconds from the first to the last event.
--   device_type   varchar        Of its first event: pc, mobile or app.
--   landing_page  varchar        Address of its first event's page.
--   source        varchar        Where it came from: google, naver, …, the host of a referrer, utm_source, or (direct).
--   medium        varchar        organic, referral, cpc, …, or (none).
--   campaign      varchar        utm_campaign.
--   channel       varchar        Organic Search, Direct, Referral, Social, Paid Search, Display, Affiliates, Email, Message or Other.
--   events        bigint         All that was done in it.
--   page_views    bigint         Its page_view events.
--   bounced       boolean        One page at most was seen and nothing done on it (formula: view session_facts).
--   steps         varchar        v, c, b, p for each view_item, add_to_cart, begin_checkout, purchase, in their order.
--   orders        bigint         Its purchases.
--   revenue       decimal(18,2)  Of its purchases in currency; NULL when they are of several currencies, or more than the type has digits for.
--   currency      varchar        ISO 4217; NULL without an order or when they are of several.
-- guarantee: As the view session_facts, and who it was by the view identities. The source is that of the first event: its utm, else
--   the search engine, social network or host that its referrer names; a referrer of the page's own site is none. Rules
--   are data (view traffic_source_rules): message_click, utm_source repoint and the media of messages are our own
--   (Message); paid clicks from a social network are Social; utm that no rule knows is Other; gclid without utm is
--   google / cpc.
-- cost: the two or three UTC days of a local day, and the ids of all days, for who logs in later. Without member and person ask
--   session_facts, which reads its days only.
-- example: SELECT channel, count(*) AS sessions, count(DISTINCT person) AS users FROM session_sources WHERE day = DATE '2026-03-02' GROUP BY channel
WITH reached AS (
  SELECT
    day, visitor, started_at, ended_at, duration_s, user_id, anonymous_id, device_type, landing_page, first_event,
    utm_source, utm_medium, utm_campaign, events, page_views, bounced, steps, orders, revenue, currency,
    CASE WHEN user_id IS NULL THEN anonymous_id END AS nameless,
    lower(utm_source) AS utm_source_key,
    lower(utm_medium) AS utm_medium_key,
    came_from AS host,
    split_part(came_from, '.', 1) || '.*' AS brand,
    utm_source IS NOT NULL OR utm_medium IS NOT NULL AS tagged,
    google_ad
  FROM ${database}.session_facts
)
SELECT
  reached.day,
  coalesce('u#' || reached.user_id, 'u#' || later.user_id, reached.visitor) AS person,
  coalesce(reached.user_id, later.user_id) AS member,
  reached.visitor,
  reached.started_at,
  reached.ended_at,
  reached.duration_s,
  reached.device_type,
  reached.landing_page,
  CASE
    WHEN reached.first_event = 'message_click' AND NOT reached.tagged THEN 'repoint'
    WHEN reached.tagged THEN coalesce(reached.utm_source, '(not set)')
    WHEN reached.google_ad THEN 'google'
    WHEN reached.host IS NOT NULL THEN coalesce(exact.source, branded.source, reached.host)
    ELSE '(direct)'
  END AS source,
  CASE
    WHEN reached.first_event = 'message_click' AND NOT reached.tagged THEN 'message'
    WHEN reached.tagged THEN coalesce(reached.utm_medium, '(not set)')
    WHEN reached.google_ad THEN 'cpc'
    WHEN reached.host IS NOT NULL THEN coalesce(exact.medium, branded.medium, 'referral')
    ELSE '(none)'
  END AS medium,
  reached.utm_campaign AS campaign,
  CASE
    WHEN reached.first_event = 'message_click' OR utm_by_source.channel = 'Message' THEN 'Message'
    WHEN reached.tagged AND utm_by_source.channel = 'Social'
      AND coalesce(utm_by_medium.channel, 'Social') IN ('Social', 'Referral', 'Paid Search', 'Display') THEN 'Social'
    WHEN reached.tagged THEN coalesce(utm_by_medium.channel, 'Other')
    WHEN reached.google_ad THEN 'Paid Search'
    WHEN reached.host IS NOT NULL THEN coalesce(exact.channel, branded.channel, 'Referral')
    ELSE 'Direct'
  END AS channel,
  reached.events,
  reached.page_views,
  reached.bounced,
  reached.steps,
  reached.orders,
  reached.revenue,
  reached.currency
FROM reached
LEFT JOIN ${database}.identities AS later
  ON later.anonymous_id = reached.nameless
  AND reached.started_at > later.since AND reached.started_at <= later.until
LEFT JOIN ${database}.traffic_source_rules AS utm_by_source
  ON utm_by_source.kind = 'source' AND utm_by_source.pattern = reached.utm_source_key
LEFT JOIN ${database}.traffic_source_rules AS utm_by_medium
  ON utm_by_medium.kind = 'medium' AND utm_by_medium.pattern = reached.utm_medium_key
LEFT JOIN ${database}.traffic_source_rules AS exact
  ON exact.kind = 'host' AND exact.pattern = reached.host
LEFT JOIN ${database}.traffic_source_rules AS branded
  ON branded.kind = 'host' AND branded.pattern = reached.brand
