-- view: traffic_sources
-- grain: one row per day of the deployment's time zone, channel, source and medium that sessions began from
-- columns:
--   day              date           In the deployment's time zone; name it in a predicate.
--   channel          varchar        Organic Search, Direct, Referral, Social, Paid Search, Display, Affiliates, Email, Message or Other.
--   source           varchar        google, naver, …, the host of a referrer, utm_source, or (direct).
--   medium           varchar        organic, referral, cpc, …, or (none).
--   sessions         bigint         Sessions begun.
--   users            bigint         Distinct persons who began one.
--   bounces          bigint         Sessions in which one page at most was seen and nothing done.
--   orders           bigint         Purchases in these sessions.
--   revenue          decimal(18,2)  Of these orders in currency; NULL when they are of several currencies, or more than the type has digits for.
--   currency         varchar        ISO 4217; NULL without an order or when they are of several.
--   conversion_rate  double         Sessions with an order / sessions
-- guarantee: An order counts once, for the session it was placed in. Users are distinct within a row: over rows ask the view
--   sessions. Amounts of different currencies are never added. Bots are left out.
-- cost: as the view session_sources.
-- example: SELECT channel, sum(sessions) AS sessions, sum(orders) AS orders FROM traffic_sources WHERE day = DATE '2026-03-02' GROUP BY channel
SELECT
  day,
  channel,
  source,
  medium,
  count(*) AS sessions,
  count(DISTINCT person) AS users,
  count_if(bounced) AS bounces,
  CAST(sum(orders) AS bigint) AS orders,
  TRY_CAST(CASE
    WHEN sum(orders) = 0 THEN 0
    WHEN min(currency) = max(currency) AND count_if(orders > 0 AND revenue IS NULL) = 0 THEN sum(revenue)
  END AS decimal(18, 2)) AS revenue,
  CASE WHEN min(currency) = max(currency) AND count_if(orders > 0 AND currency IS NULL) = 0 THEN min(currency) END AS currency,
  CAST(count_if(orders > 0) AS double) / count(*) AS conversion_rate
FROM ${database}.session_sources
GROUP BY day, channel, source, medium
