-- view: cart_abandonment
-- grain: one row per day of the deployment's time zone with a session that put something into the cart
-- columns:
--   day               date    In the deployment's time zone; name it in a predicate.
--   cart_sessions     bigint  Sessions with an add_to_cart.
--   checkout_sessions bigint  Of them, those with a begin_checkout after it.
--   bought_sessions   bigint  Of them, those with a purchase after it.
--   abandoned         bigint  cart_sessions - bought_sessions
--   abandonment_rate  double  abandoned / cart_sessions
-- guarantee: Within a session: a cart that is bought in a later session was abandoned in this one. Over days sum the
--   columns first. Bots are left out.
-- cost: the two or three UTC days of a local day.
-- example: SELECT day, cart_sessions, abandonment_rate FROM cart_abandonment WHERE day = DATE '2026-03-02'
SELECT
  day,
  count(*) AS cart_sessions,
  count_if(steps LIKE '%c%b%') AS checkout_sessions,
  count_if(steps LIKE '%c%p%') AS bought_sessions,
  count(*) - count_if(steps LIKE '%c%p%') AS abandoned,
  CAST(count(*) - count_if(steps LIKE '%c%p%') AS double) / count(*) AS abandonment_rate
FROM ${database}.session_facts
WHERE steps LIKE '%c%'
GROUP BY day
