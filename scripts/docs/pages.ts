import { join } from 'node:path';
import { lakeTables } from '../../lib/shared/glue-columns.ts';
import { viewFiles } from '../../lib/shared/view-files.ts';
import { readPlan } from '../plan-files.ts';
import { dictionaryPage } from './dictionary.ts';
import { withEvents } from './plan-page.ts';
import { withRecommended } from './recommended.ts';

const PLAN = join(import.meta.dirname, '..', '..', 'schemas', 'events', 'plan');

const RECOMMENDED = 'lib/events/views/recommended_properties.sql';

export interface Page {
  readonly file: string;
  readonly text: string;
}

/** Every generated page, and the view that says what the plan recommends, as it should be; `committed` gives a page as it is, for those that are written by hand in part. */
export const pages = (committed: (file: string) => string): Page[] => [
  {
    file: RECOMMENDED,
    text: withRecommended(committed(RECOMMENDED), readPlan(PLAN)),
  },
  {
    file: 'docs/tracking-plan.md',
    text: withEvents(committed('docs/tracking-plan.md'), readPlan(PLAN)),
  },
  { file: 'docs/data-dictionary.md', text: dictionaryPage(lakeTables(), viewFiles()) },
];
