-- view: funnel
-- grain: one row per day of the deployment's time zone and step
-- columns:
--   day              date     In the deployment's time zone; name it in a predicate.
--   step             integer  1 to 4.
--   name             varchar  view_item, add_to_cart, begin_checkout, purchase.
--   sessions         bigint   Sessions that came as far as this step.
--   dropped          bigint   Sessions that came to the step before and not to this one; 0 for the first.
--   step_rate        double   sessions / sessions of the step before; 1 for the first.
--   conversion_rate  double   sessions / sessions of the first step
-- guarantee: Ordered and within a session: a step counts when it is done at or after the first occurrence that counts of the
--   step before, and once however often it is done. add_to_cart without a view_item before it is no step. Over days sum
--   sessions first. Bots are left out.
-- cost: the two or three UTC days of a local day.
-- example: SELECT name, sessions, dropped, step_rate FROM funnel WHERE day = DATE '2026-03-02' ORDER BY step
WITH counts AS (
  SELECT
    day,
    count_if(steps LIKE '%v%') AS viewed,
    count_if(steps LIKE '%v%c%') AS carted,
    count_if(steps LIKE '%v%c%b%') AS checked_out,
    count_if(steps LIKE '%v%c%b%p%') AS purchased
  FROM ${database}.session_facts
  WHERE steps LIKE '%v%'
  GROUP BY day
),
steps AS (
  SELECT
    counts.day, numbers.step,
    CASE numbers.step WHEN 1 THEN viewed WHEN 2 THEN carted WHEN 3 THEN checked_out ELSE purchased END AS sessions,
    CASE numbers.step WHEN 1 THEN viewed WHEN 2 THEN viewed WHEN 3 THEN carted ELSE checked_out END AS before,
    viewed AS entered
  FROM counts
  CROSS JOIN (VALUES 1, 2, 3, 4) AS numbers (step)
)
SELECT
  day,
  step,
  CASE step WHEN 1 THEN 'view_item' WHEN 2 THEN 'add_to_cart' WHEN 3 THEN 'begin_checkout' ELSE 'purchase' END AS name,
  sessions,
  before - sessions AS dropped,
  CAST(sessions AS double) / nullif(before, 0) AS step_rate,
  CAST(sessions AS double) / nullif(entered, 0) AS conversion_rate
FROM steps
