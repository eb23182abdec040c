-- view: add_to_cart_rate
-- grain: one row per day of the deployment's time zone with a session
-- columns:
--   day               date    In the deployment's time zone; name it in a predicate.
--   sessions          bigint  Sessions begun on the day.
--   view_sessions     bigint  Of them, those with a view_item.
--   cart_sessions     bigint  Of them, those with an add_to_cart.
--   add_to_cart_rate  double  cart_sessions / sessions
-- guarantee: A session counts once however much it puts into the cart. Over days sum the columns first. Bots are left out.
-- cost: the two or three UTC days of a local day.
-- example: SELECT day, add_to_cart_rate FROM add_to_cart_rate WHERE day = DATE '2026-03-02'
SELECT
  day,
  count(*) AS sessions,
  count_if(steps LIKE '%v%') AS view_sessions,
  count_if(steps LIKE '%c%') AS cart_sessions,
  CAST(count_if(steps LIKE '%c%') AS double) / count(*) AS add_to_cart_rate
FROM ${database}.session_facts
GROUP BY day
