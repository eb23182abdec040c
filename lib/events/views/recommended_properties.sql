-- view: recommended_properties
-- grain: one row per event and property that the tracking plan recommends
-- columns:
--   name      varchar  The event.
--   property  varchar  What its schema lists under x-recommended.
-- guarantee: Exactly what schemas/events/plan/*.json recommend: `npm run docs` writes the rows, and a test compares them.
-- example: SELECT property FROM recommended_properties WHERE name = 'purchase'
SELECT name, property
FROM (VALUES
  ('add_payment_info', 'billing_country'),
  ('add_to_cart', 'price'),
  ('add_to_cart', 'cart_value'),
  ('begin_checkout', 'cart_value'),
  ('begin_checkout', 'items_count'),
  ('begin_checkout', 'coupon_used'),
  ('login', 'method'),
  ('message_click', 'campaign_id'),
  ('message_click', 'channel'),
  ('message_click', 'url'),
  ('message_open', 'campaign_id'),
  ('message_open', 'channel'),
  ('purchase', 'tax'),
  ('purchase', 'shipping'),
  ('purchase', 'cost'),
  ('purchase', 'items'),
  ('refund', 'revenue'),
  ('review_view', 'item_id'),
  ('search', 'results'),
  ('select_item', 'item_id'),
  ('select_item', 'item_name'),
  ('select_item', 'category'),
  ('select_item', 'price'),
  ('select_promotion', 'promotion_name'),
  ('sign_up', 'method'),
  ('unsubscribe', 'channel'),
  ('unsubscribe', 'message_id'),
  ('view_item', 'item_name'),
  ('view_item', 'category'),
  ('view_item', 'price'),
  ('view_item', 'currency')
) AS plan (name, property)
