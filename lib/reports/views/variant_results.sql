-- view: variant_results
-- grain: one row a campaign, send, part, variant and UTC week of its messages
-- columns:
--   campaign_id      varchar  Repoint's campaign
--   send_id          varchar  its send: a recurring campaign has many
--   part             varchar  first: the whole send, or the test of its variants; rest: what the winner of the test got
--   variant          varchar  0, 1, ... as the campaign numbers its variants, or holdout
--   week             date     Monday of the UTC week of the messages; name it in a predicate and two weeks are read, not all
--   members          bigint   everybody the split gave the variant, reached or not
--   sent             bigint   members with a message that the provider took
--   delivered        bigint   push: sent; others: confirmed by the provider; an opened or clicked message was delivered
--   opened           bigint   members who opened within 7 days
--   clicked          bigint   members who clicked within 7 days
--   converted        bigint   members with a credited order
--   orders           bigint   credited orders
--   revenue          double   of the credited orders in currency
--   revenue_squares  double   sum of the squares of each member's revenue: with members and revenue its variance
--   currency         varchar  the one most credited orders of the send's week are in; NULL without an order
--   foreign_orders   bigint   credited orders in another currency, which are not in revenue
--   open_rate        double   opened / delivered
--   click_rate       double   clicked / delivered
--   conversion_rate  double   converted / members: the holdout has it too
--   revenue_per_member double revenue / members
-- guarantee: All counts are of members: whoever has three devices counts once a week of the send, and a send seldom has two
--   weeks. An order counts for one message at most (view touches: last touch within 7 days), and for the holdout exactly as
--   if the message had gone out, so that the two can be compared. Orders are those of events that name the member.
-- example: SELECT variant, delivered, opened, converted FROM variant_results WHERE send_id = 'c1-20261121T0900' AND week = DATE '2026-11-16'
-- cost: with a predicate on week, the ledger and the events of that week and the next one, each read several times (Trino
--   puts a WITH wherever it is named, and carries the predicate along the joins on week); without one, all there is.
WITH told_of AS (
  -- What happens within 7 days of a message lies in its week or the next one.
  SELECT date_trunc('week', day) AS week, message_id, event, at
  FROM ${database}.message_events
  UNION ALL
  SELECT date_add('day', -7, date_trunc('week', day)), message_id, event, at
  FROM ${database}.message_events
),
told AS (
  SELECT
    t.week,
    t.message_id,
    bool_or(n.event = 'delivered') AS confirmed,
    bool_or(n.event = 'open') AS opened,
    bool_or(n.event = 'click') AS clicked
  FROM ${database}.touches t
  JOIN told_of n ON n.week = t.week AND n.message_id = t.message_id AND n.at < date_add('day', 7, t.at)
  GROUP BY t.week, t.message_id
),
reached AS (
  SELECT
    t.week, t.campaign_id, t.send_id, t.part, t.variant, t.member,
    bool_or(t.sent) AS sent,
    bool_or(
      coalesce(n.confirmed OR n.opened OR n.clicked, false)
      OR (t.sent AND t.channel IN ('GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'ADM', 'BAIDU'))
    ) AS delivered,
    bool_or(coalesce(n.opened, false)) AS opened,
    bool_or(coalesce(n.clicked, false)) AS clicked
  FROM ${database}.touches t
  LEFT JOIN told n ON n.week = t.week AND n.message_id = t.message_id
  WHERE t.campaign_id IS NOT NULL
  GROUP BY t.week, t.campaign_id, t.send_id, t.part, t.variant, t.member
),
purchases AS (
  SELECT date_trunc('week', day) AS week, user_id, occurred_at, currency, revenue
  FROM ${database}.events
  WHERE name = 'purchase'
  UNION ALL
  SELECT date_add('day', -7, date_trunc('week', day)), user_id, occurred_at, currency, revenue
  FROM ${database}.events
  WHERE name = 'purchase'
),
credited AS (
  SELECT
    t.week, t.campaign_id, t.send_id, t.part, t.variant, t.member,
    p.currency,
    CAST(p.revenue AS double) AS revenue
  FROM ${database}.touches t
  JOIN purchases p
    ON p.week = t.week AND p.user_id = t.user_id AND p.occurred_at >= t.at AND p.occurred_at < t.credited_until
  WHERE t.campaign_id IS NOT NULL
),
counted AS (
  SELECT
    week, campaign_id, send_id, part, variant, member, currency, revenue,
    count(*) OVER (PARTITION BY week, campaign_id, send_id, currency) AS orders_in_currency
  FROM credited
),
priced AS (
  SELECT
    week, campaign_id, send_id, part, variant, member, currency, revenue,
    first_value(currency) OVER (
      PARTITION BY week, campaign_id, send_id ORDER BY orders_in_currency DESC, currency
    ) AS main_currency
  FROM counted
),
spent AS (
  SELECT
    week, campaign_id, send_id, part, variant, member,
    max(main_currency) AS currency,
    count(*) AS orders,
    count_if(currency <> main_currency) AS foreign_orders,
    sum(CASE WHEN currency = main_currency THEN revenue ELSE 0 END) AS revenue
  FROM priced
  GROUP BY week, campaign_id, send_id, part, variant, member
),
counts AS (
  SELECT
    r.campaign_id, r.send_id, r.part, r.variant, r.week,
    count(*) AS members,
    count_if(r.sent) AS sent,
    count_if(r.delivered) AS delivered,
    count_if(r.opened) AS opened,
    count_if(r.clicked) AS clicked,
    count(s.member) AS converted,
    coalesce(sum(s.orders), 0) AS orders,
    coalesce(sum(s.revenue), 0) AS revenue,
    coalesce(sum(s.revenue * s.revenue), 0) AS revenue_squares,
    max(s.currency) AS currency,
    coalesce(sum(s.foreign_orders), 0) AS foreign_orders
  FROM reached r
  LEFT JOIN spent s
    ON s.week = r.week AND s.campaign_id = r.campaign_id AND s.send_id = r.send_id AND s.part = r.part
    AND s.variant = r.variant AND s.member = r.member
  GROUP BY r.campaign_id, r.send_id, r.part, r.variant, r.week
)
SELECT
  campaign_id,
  send_id,
  part,
  variant,
  week,
  members,
  sent,
  delivered,
  opened,
  clicked,
  converted,
  CAST(orders AS bigint) AS orders,
  revenue,
  revenue_squares,
  currency,
  CAST(foreign_orders AS bigint) AS foreign_orders,
  CAST(opened AS double) / nullif(delivered, 0) AS open_rate,
  CAST(clicked AS double) / nullif(delivered, 0) AS click_rate,
  CAST(converted AS double) / nullif(members, 0) AS conversion_rate,
  revenue / nullif(members, 0) AS revenue_per_member
FROM counts
