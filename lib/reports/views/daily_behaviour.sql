-- view: daily_behaviour
-- grain: one row per day of the deployment's time zone on which anybody was there
-- columns:
--   day                      date    In the deployment's time zone; name it in a predicate.
--   sessions                 bigint  Sessions begun on the day.
--   users                    bigint  Distinct persons who began one.
--   new_users                bigint  Of them, those of whom nothing was known before.
--   new_user_share           double  new_users / users
--   page_views               bigint  Page views of these sessions.
--   page_views_per_session   double  page_views / sessions
--   bounces                  bigint  Sessions in which one page at most was seen and nothing done.
--   bounce_rate              double  bounces / sessions
--   anonymised_page_views    bigint  Page views of the day without ids (no consent): they belong to no session and to nobody.
-- guarantee: A session counts with all that is in it on the day it began (no midnight cut). Users are distinct within the
--   day: over a longer period ask the view sessions. Rates are ratios of the columns, never means of rates. Bots are left out.
-- cost: as the view sessions.
-- example: SELECT day, sessions, users, new_user_share, bounce_rate FROM daily_behaviour WHERE day >= DATE '2026-03-02' ORDER BY day
WITH begun AS (
  SELECT
    day,
    count(*) AS sessions,
    count(DISTINCT person) AS users,
    count(DISTINCT CASE WHEN new_user THEN person END) AS new_users,
    sum(page_views) AS page_views,
    count_if(bounced) AS bounces,
    0 AS anonymised_page_views
  FROM ${database}.sessions
  GROUP BY day
  UNION ALL
  SELECT near_day.day, 0, 0, 0, 0, 0, count(*)
  FROM ${database}.events AS told
  JOIN ${database}.local_days AS near_day
    ON near_day.utc_day = told.day
    AND told.occurred_at >= near_day.starts_at AND told.occurred_at < near_day.ends_at
  WHERE NOT told.bot AND told.user_id IS NULL AND told.anonymous_id IS NULL AND told.name = 'page_view'
  GROUP BY near_day.day
),
days AS (
  SELECT
    day,
    CAST(sum(sessions) AS bigint) AS sessions,
    CAST(sum(users) AS bigint) AS users,
    CAST(sum(new_users) AS bigint) AS new_users,
    CAST(sum(page_views) AS bigint) AS page_views,
    CAST(sum(bounces) AS bigint) AS bounces,
    CAST(sum(anonymised_page_views) AS bigint) AS anonymised_page_views
  FROM begun
  GROUP BY day
)
SELECT
  day,
  sessions,
  users,
  new_users,
  CAST(new_users AS double) / nullif(users, 0) AS new_user_share,
  page_views,
  CAST(page_views AS double) / nullif(sessions, 0) AS page_views_per_session,
  bounces,
  CAST(bounces AS double) / nullif(sessions, 0) AS bounce_rate,
  anonymised_page_views
FROM days
