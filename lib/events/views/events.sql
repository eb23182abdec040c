-- view: events
-- grain: one row per event that happened: an event_id once, a purchase once per transaction_id
-- columns:
--   event_id        varchar       Made by the client; counts once.
--   name            varchar       The tracking plan's name of what was done.
--   occurred_at     timestamp(3)  When it was done, UTC.
--   received_at     timestamp(3)  When it came first, UTC.
--   late            boolean       It came more than 72 hours after it was done.
--   source          varchar       client or server.
--   user_id         varchar       The member, when known.
--   anonymous_id    varchar       The browser or app.
--   session_hint    varchar       The client's session id; sessions are derived.
--   device_type     varchar       PC, mobile or app.
--   platform        varchar       The device's platform.
--   os              varchar       Operating system.
--   app_version     varchar       Version of the app.
--   page_url        varchar       The page it was done on.
--   page_title      varchar       Its title.
--   page_referrer   varchar       Where the page was reached from.
--   utm_source      varchar       From the page's address.
--   utm_medium      varchar       From the page's address.
--   utm_campaign    varchar       From the page's address.
--   utm_term        varchar       From the page's address.
--   utm_content     varchar       From the page's address.
--   country         varchar       ISO 3166-1 alpha-2, from the address it came from.
--   schema_version  integer       Of the tracking plan's schema it was checked by.
--   bot             boolean       It was a robot.
--   transaction_id  varchar       The order that a purchase or refund is about.
--   properties      varchar       The event's properties as JSON text.
--   item_id         varchar       The item it was done with.
--   item_name       varchar       Its name.
--   category        varchar       Its category, levels joined with "/".
--   price           decimal(18,4) Of one piece, in currency.
--   quantity        decimal(18,4) Pieces.
--   currency        varchar       ISO 4217.
--   revenue         decimal(18,4) Of a purchase or refund, in currency.
--   tax             decimal(18,4) Of a purchase, in currency.
--   shipping        decimal(18,4) Of a purchase, in currency.
--   cost            decimal(18,4) Of a purchase's goods, in currency.
--   cart_value      decimal(18,4) Of the whole cart afterwards, in currency.
--   coupon          varchar       Of a purchase.
--   coupon_used     boolean       Of a checkout or an order.
--   items           array(row(item_id varchar, item_name varchar, category varchar, price decimal(18,4), quantity decimal(18,4), coupon varchar)) The lines of a purchase or refund, in their order; UNNEST(items) makes a row of each.
--   day             date          UTC day of occurred_at; name it in a predicate and only that day is read.
-- guarantee: An event_id counts once, whatever is sent again and on whatever day it is sent (spec §1); the copy received
--   first is kept. A client that repeats an id repeats its occurred_at: with times of two days it told two events.
--   A purchase counts once per transaction_id: of several reports the one that names the user is kept, of those the one
--   received first; once its day is compacted (docs/adr/0007-closed-days-are-rewritten.md) it stays, whatever is reported later. Reports of one order that
--   lie more than ten days apart count twice until the later one's day is compacted, which is after ten days.
--   A predicate on `day` reads that day's files, and what is not compacted of purchases and of what was filed by arrival
--   because it was older than a week (normally next to nothing); and, since such an event may tell of an order of any day, of
--   all compacted days the names and transaction_ids: two columns that pack well.
-- example: SELECT name, count(*) FROM events WHERE day = DATE '2026-03-02' GROUP BY name
SELECT
  kept.event_id, kept.name, kept.occurred_at, kept.received_at, kept.late, kept.source, kept.user_id,
  kept.anonymous_id, kept.session_hint, kept.device_type, kept.platform, kept.os, kept.app_version, kept.page_url,
  kept.page_title, kept.page_referrer, kept.utm_source, kept.utm_medium, kept.utm_campaign, kept.utm_term,
  kept.utm_content, kept.country, kept.schema_version, kept.bot, kept.transaction_id, kept.properties,
  kept.item_id, kept.item_name, kept.category, kept.price, kept.quantity, kept.currency,
  kept.revenue, kept.tax, kept.shipping, kept.cost, kept.cart_value, kept.coupon, kept.coupon_used,
  kept.items,
  kept.day
FROM ${database}.events_compacted AS kept
JOIN ${database}.compacted_days AS closed ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
WHERE kept.filed = 'occurred'
UNION ALL
SELECT
  event_id, name, occurred_at, received_at, late, source, user_id, anonymous_id, session_hint, device_type, platform,
  os, app_version, page_url, page_title, page_referrer, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
  country, schema_version, bot, transaction_id, properties,
  item_id, item_name, category, price, quantity, currency, revenue, tax, shipping, cost, cart_value, coupon,
  coupon_used, items,
  day
FROM ${database}.events_open
