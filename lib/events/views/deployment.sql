-- view: deployment
-- grain: one row: what views have to know of this deployment
-- columns:
--   time_zone  varchar  IANA name; days that people read are days there.
-- guarantee: It is written when the deployment is synthesised; a new zone in the configuration is a new text of this view.
-- example: SELECT time_zone FROM deployment
SELECT '${timeZone}' AS time_zone
