import { afterAll, beforeAll, describe } from 'vitest';
import { refusals } from './refusals.ts';
import { spine } from './spine.ts';
import { type Flow, startFlow } from './support.ts';

let flow: Flow;
beforeAll(async () => {
  flow = await startFlow();
});
afterAll(() => flow.end());

// One system for both: starting it and its functions takes longer than what they ask of it. Their data have names apart.
describe('the spine', () => spine(() => flow));
describe('refusals', () => refusals(() => flow));
