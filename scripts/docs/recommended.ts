import type { PlanFile } from '../plan-files.ts';

const ROWS = /\(VALUES\n[\s\S]*?\n\) AS plan/;

/** The view recommended_properties with a row for each property that the plan recommends; the rest of its text stays. */
export function withRecommended(view: string, plan: readonly PlanFile[]): string {
  if (!ROWS.test(view))
    throw new Error('the view recommended_properties has no "(VALUES … ) AS plan" to write');
  const rows = plan.flatMap(({ name, schema }) =>
    (schema['x-recommended'] ?? []).map((property) => `  ('${name}', '${property}')`),
  );
  return view.replace(ROWS, `(VALUES\n${rows.join(',\n')}\n) AS plan`);
}
