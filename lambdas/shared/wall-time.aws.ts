import { setTimeout as sleep } from 'node:timers/promises';
import type { Time } from './time.ts';

export const wallTime: Time = { now: () => Date.now(), sleep: (ms) => sleep(ms) };
