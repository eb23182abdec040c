import { describe, expect, test } from 'vitest';
import { doorOf, doorsOf } from '../../../local/doors.ts';
import type { RestApi } from '../../../local/runtime/gateway/api.ts';

const api = (name: string): RestApi => ({ name, stage: 'v1' }) as RestApi;
const ALL = ['repoint-local-private', 'repoint-local-public', 'repoint-local-pinpoint'].map(api);

describe('the paths of the APIs', () => {
  test.each([
    ['/v1/events', 'private'],
    ['/v1', 'private'],
    ['/public/v1/events', 'public'],
    ['/pinpoint/v1/apps/a%2Fb', 'engine'],
    ['/v10/events', undefined],
    ['/local/health', undefined],
    ['/', undefined],
  ])('%s leads to %s', (path, name) => {
    expect(doorOf(doorsOf(ALL), path)?.name).toBe(name);
  });

  test('an API without a path here, or a missing one, stops the system at start', () => {
    expect(() => doorsOf([...ALL, api('repoint-local-partners')])).toThrow('repoint-local-partners');
    expect(() => doorsOf(ALL.slice(1))).toThrow('private');
  });
});
