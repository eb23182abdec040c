import { afterAll, beforeAll, describe } from 'vitest';
import { control } from './control.ts';
import { describedExamples } from './described.ts';
import { life } from './life.ts';
import { personal } from './personal.ts';
import { refusals } from './refusals.ts';
import { spine } from './spine.ts';
import { type Flow, startFlow } from './support.ts';
import { templates } from './templates.ts';

let flow: Flow;
beforeAll(async () => {
  flow = await startFlow();
});
afterAll(() => flow.end());

// One system for all: starting it and its functions takes longer than what they ask of it. Their data have names apart.
describe('the spine', () => spine(() => flow));
describe('refusals', () => refusals(() => flow));
describe('a run that is steered', () => control(() => flow));
describe('a stored template', () => templates(() => flow));
describe('a message to each member', () => personal(() => flow));
describe('the life of a campaign', () => life(() => flow));
describe('the API as it is described', () => describedExamples(() => flow));
