-- view: sessions
-- grain: one row per session
-- columns:
--   day           date           Of its first event, in the deployment's time zone; name it in a predicate.
--   person        varchar        u#<user_id> of the member, also before a later login; else a#<anonymous_id>. Users are distinct persons.
--   member        varchar        The member's user_id; NULL while nobody has logged in there since.
--   visitor       varchar        a#<anonymous_id> of the browser or app, u#<user_id> where events have no anonymous_id.
--   started_at    timestamp(3)   Its first event, UTC; with visitor the key of a session.
--   ended_at      timestamp(3)   Its last event, UTC.
--   duration_s    bigint         Whole seconds from the first to the last event.
--   new_user      boolean        Nothing of the person is known from before it.
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
-- guarantee: As the views session_facts (what a session is) and session_sources (who it was, where it came from), and who was
--   there for the first time (view people). Users over any period are count(DISTINCT person) of its rows.
-- cost: the two or three UTC days of a local day, and the ids and times of all days, for who logs in later and who is new. Where
--   neither is asked, session_facts reads its days only.
-- example: SELECT channel, count(*) AS sessions, count(DISTINCT person) AS users FROM sessions WHERE day = DATE '2026-03-02' GROUP BY channel
SELECT
  told.day,
  told.person,
  told.member,
  told.visitor,
  told.started_at,
  told.ended_at,
  told.duration_s,
  known.first_at >= told.started_at AS new_user,
  told.device_type,
  told.landing_page,
  told.source,
  told.medium,
  told.campaign,
  told.channel,
  told.events,
  told.page_views,
  told.bounced,
  told.steps,
  told.orders,
  told.revenue,
  told.currency
FROM ${database}.session_sources AS told
LEFT JOIN ${database}.people AS known ON known.person = told.person
