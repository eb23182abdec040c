-- view: page_performance
-- grain: one row per day of the deployment's time zone and page that a session began on
-- columns:
--   day                      date           In the deployment's time zone; name it in a predicate.
--   page                     varchar        Address of the landing page without query and fragment.
--   sessions                 bigint         Sessions that began there.
--   bounces                  bigint         Of them, those in which nothing else was seen or done.
--   bounce_rate              double         bounces / sessions
--   converted_sessions       bigint         Of them, those with an order.
--   landing_conversion_rate  double         converted_sessions / sessions
--   orders                   bigint         Purchases in them.
--   page_views               bigint         All page views of them.
-- guarantee: A session counts for its landing page only, on the day it began. Rates are ratios of the columns: over days sum
--   those first. Sessions whose first event has no page are left out, and so are bots.
-- cost: the two or three UTC days of a local day.
-- example: SELECT page, sessions, bounce_rate FROM page_performance WHERE day = DATE '2026-03-02' ORDER BY sessions DESC
SELECT
  day,
  split_part(split_part(landing_page, '#', 1), '?', 1) AS page,
  count(*) AS sessions,
  count_if(bounced) AS bounces,
  CAST(count_if(bounced) AS double) / count(*) AS bounce_rate,
  count_if(orders > 0) AS converted_sessions,
  CAST(count_if(orders > 0) AS double) / count(*) AS landing_conversion_rate,
  CAST(sum(orders) AS bigint) AS orders,
  CAST(sum(page_views) AS bigint) AS page_views
FROM ${database}.session_facts
WHERE landing_page IS NOT NULL
GROUP BY day, split_part(split_part(landing_page, '#', 1), '?', 1)
