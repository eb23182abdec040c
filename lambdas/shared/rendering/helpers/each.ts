import Handlebars from 'handlebars';
import { RenderingError } from '../errors.ts';
import { Boxed, unboxed } from '../values.ts';

/** Pinpoint's documented end of a list. */
const MAX_ITEMS = 15;
/** Loops inside loops multiply: what they make together ends here. */
const MAX_CHARACTERS = 5_000_000;
const MAX_ROUNDS = 10_000;

/** What the loops of one rendering may still do. */
export interface Budget {
  rounds: number;
  characters: number;
}
export const newBudget = (): Budget => ({ rounds: MAX_ROUNDS, characters: MAX_CHARACTERS });

/** What `@…` names in each round. */
const PLACES = Array.from({ length: MAX_ITEMS }, (_, index) => ({
  index: new Boxed(index),
  key: new Boxed(index),
  index_1: new Boxed(index + 1),
  first: index === 0 ? 'first' : '',
  odd: index % 2 === 0 ? '' : 'odd',
  even: index % 2 === 0 ? 'even' : '',
}));

interface Frame {
  readonly budget: Budget;
  [name: string]: unknown;
}

function spend(budget: Budget, text: string): void {
  budget.rounds -= 1;
  budget.characters -= text.length;
  if (budget.rounds < 0 || budget.characters < 0)
    throw new RenderingError(`its loops make more than ${MAX_ROUNDS} rounds or ${MAX_CHARACTERS} characters`);
}

/** `each`: the first 15 values of a list, each as `this`; without values the block's other part. */
export function each(this: unknown, list: unknown, options: Handlebars.HelperOptions): string {
  const values = unboxed(list);
  if (typeof values !== 'object' || values.length === 0) return options.inverse(this);
  const items = values.slice(0, MAX_ITEMS);
  const outer = options.data as Frame;
  const frame = Handlebars.createFrame(outer) as Frame;
  let text = '';
  for (const [index, item] of items.entries()) {
    Object.assign(frame, PLACES[index]);
    frame['last'] = index === items.length - 1 ? 'last' : '';
    const round = options.fn(item, { data: frame, blockParams: [item, frame['index']] });
    spend(outer.budget, round);
    text += round;
  }
  return text;
}
