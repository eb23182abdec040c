-- view: products
-- grain: one row per product that anything was ever done with: an item_id
-- columns:
--   item_id        varchar        The shop's name of the product, as its events tell it.
--   item_name      varchar        As told last; NULL when no event told it.
--   category       varchar        As told last, levels joined with "/".
--   price          decimal(18,2)  Of one piece, as told last.
--   currency       varchar        ISO 4217, told with that price.
--   first_seen_at  timestamp(3)   First event about it, UTC.
--   last_seen_at   timestamp(3)   Latest event about it, UTC.
-- guarantee: What events say of products (view_item, select_item, add_to_cart, … and the lines of purchases and refunds), each
--   column from the latest event that tells it; there is no other list of products. Of two events of one millisecond the one with the
--   greater event_id is the later. A product stays as long as an event about it does (retention). Robots tell nothing.
-- cost: name, time and what is typed of items of all events: ask it seldom, or keep what it answers.
-- example: SELECT item_id, item_name, price FROM products WHERE category LIKE 'Apparel/%' ORDER BY last_seen_at DESC LIMIT 100
WITH told AS (
  SELECT occurred_at, event_id, item_id, item_name, category, price, currency, items
  FROM ${database}.events
  WHERE NOT bot AND name IN (
    'view_item', 'select_item', 'select_promotion', 'add_to_cart', 'remove_from_cart', 'review_view', 'purchase', 'refund'
  )
),
named AS (
  SELECT
    item_id, item_name, category, CAST(price AS decimal(18, 2)) AS price, currency, occurred_at,
    ROW(occurred_at, event_id) AS moment
  FROM told
  WHERE item_id IS NOT NULL
  UNION ALL
  SELECT
    line.item_id, line.item_name, line.category, CAST(line.price AS decimal(18, 2)), told.currency, told.occurred_at,
    ROW(told.occurred_at, told.event_id)
  FROM told
  CROSS JOIN UNNEST(told.items) AS line (item_id, item_name, category, price, quantity, coupon)
  WHERE line.item_id IS NOT NULL
)
SELECT
  item_id,
  max_by(item_name, moment) FILTER (WHERE item_name IS NOT NULL) AS item_name,
  max_by(category, moment) FILTER (WHERE category IS NOT NULL) AS category,
  max_by(price, moment) FILTER (WHERE price IS NOT NULL) AS price,
  max_by(currency, moment) FILTER (WHERE price IS NOT NULL) AS currency,
  min(occurred_at) AS first_seen_at,
  max(occurred_at) AS last_seen_at
FROM named
GROUP BY item_id
