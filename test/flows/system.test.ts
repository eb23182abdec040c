import { afterAll, beforeAll, describe } from 'vitest';
import { advertising } from './advertising.ts';
import { steered } from './control.ts';
import { describedExamples } from './described.ts';
import { fresh } from './fresh.ts';
import { joined } from './joined.ts';
import { kakao } from './kakao.ts';
import { life } from './life.ts';
import { personal } from './personal.ts';
import { quarantine } from './quarantine.ts';
import { refusals } from './refusals.ts';
import { repeats } from './repeats.ts';
import { segments } from './segments.ts';
import { spine } from './spine.ts';
import { type Flow, startFlow } from './support.ts';
import { templates } from './templates.ts';

let flow: Flow;
beforeAll(async () => {
  flow = await startFlow();
});
afterAll(() => flow.end());

const [spineFlow, steeredFlow, lifeFlow] = [spine(() => flow), steered(() => flow), life(() => flow)];

/** Beside its neighbours, its own tests one after the other. */
const beside = (name: string, tests: () => void): void =>
  void describe.concurrent(name, () => void describe.sequential('in order', tests));

// One system for all: starting it and its functions takes longer than what they ask of it. Their data have names apart, so
// that flows which wait for messages do so side by side.
describe('side by side', () => {
  beside('from members and events to messages and results', spineFlow.fromMembersToResults);
  beside('a run that is steered', steeredFlow.inTheMiddle);
  beside('a campaign that people steer', lifeFlow.byHand);
  beside('a stored template', () => templates(() => flow));
  beside('a message to each member', () => personal(() => flow));
  beside('a visitor who signs in', () => joined(() => flow));
  beside('a Kakao message', () => kakao(() => flow));
  beside('a repeated request', () => repeats(() => flow));
  beside('what is not accepted', () => quarantine(() => flow));
  beside('segments of every kind', () => segments(() => flow));
});

// What stops all sending, beside what sends nothing.
describe('the kill switch', () => {
  beside('a run', steeredFlow.byKillSwitch);
  beside('refusals', () => refusals(() => flow));
});

// What moves the clock, which moves leases too: beside nothing, and the furthest leap last.
describe('a campaign for a later time', spineFlow.later);
describe('a cycle', lifeFlow.cycle);
describe('what happened a moment ago', () => fresh(() => flow));
// Its members are golden as well: after whoever counts those.
describe('the API as it is described', () => describedExamples(() => flow));
describe('advertising', () => advertising(() => flow));
