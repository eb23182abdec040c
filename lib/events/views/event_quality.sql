-- view: event_quality
-- grain: one row per UTC day, event, source and property that the tracking plan recommends
-- columns:
--   day           date     UTC day of the events; name it in a predicate and only that day is read.
--   name          varchar  The event.
--   source        varchar  client or server: who told of it.
--   property      varchar  A recommended property.
--   events        bigint   Events of that name.
--   missing       bigint   Of them, those without the property, or with null, an empty text or an empty list in its place.
--   missing_rate  double   missing / events
-- guarantee: Follows the plan by the view recommended_properties. Every event counts once, robots' too: a sender is judged
--   by all it sends.
-- cost: the properties of the events that something is recommended for.
-- example: SELECT source, property, missing_rate FROM event_quality WHERE day = DATE '2026-03-02' AND name = 'purchase'
WITH asked AS (
  SELECT told.day, told.name, told.source, plan.property,
    json_extract_scalar(told.properties, '$.' || plan.property) AS scalar,
    json_format(json_extract(told.properties, '$.' || plan.property)) AS text
  FROM ${database}.events AS told
  JOIN ${database}.recommended_properties AS plan ON plan.name = told.name
)
SELECT
  day, name, source, property,
  count(*) AS events,
  count_if(coalesce(scalar, text, '') IN ('', 'null', '[]')) AS missing,
  CAST(count_if(coalesce(scalar, text, '') IN ('', 'null', '[]')) AS double) / count(*) AS missing_rate
FROM asked
GROUP BY day, name, source, property
