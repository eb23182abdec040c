import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvHeader } from '../../../lambdas/pinpoint/jobs/csv-record.ts';
import { startWorldOnTables, VALID, type World } from '../campaigns/support/world.ts';
import { raw } from '../support/client.ts';
import { type Engine, newApp, startEngine } from '../support/engine.ts';

/** Names that every object has, or that mean something to whoever handles one. */
const NAMES = [
  ...['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON'],
  ...['__defineGetter__', 'length', 'then', 'name'],
];

let engine: Engine;
let world: World;
let app: string;
beforeAll(async () => {
  engine = await startEngine();
  world = await startWorldOnTables();
  app = await newApp(engine.client);
});
afterAll(async () => {
  await engine.close();
  await world.close();
});

/** As JSON text: in a literal of the language `__proto__` is no member. */
const named = (name: string, value: unknown): string => `{${JSON.stringify(name)}:${JSON.stringify(value)}}`;
const call = async (handler: Engine['handler'], method: string, path: string, body?: string) => {
  const answer = await raw(handler, method, path, body);
  return {
    status: answer.statusCode,
    body: answer.body,
    json: JSON.parse(answer.body || '{}') as Record<string, never>,
  };
};
const membersOf = (value: unknown): [string, unknown][] => Object.entries(value ?? {});

describe.each(NAMES)('a member named %s', (name) => {
  /** Kept as it was given, or refused by its name: never lost, never a failure of ours. */
  const keptOrRefused = async (
    made: Awaited<ReturnType<typeof call>>,
    read: () => Promise<unknown>,
    value: unknown,
  ) => {
    if (made.status === 400) return expect(made.body).toContain(name);
    expect([made.status, made.body]).toEqual([expect.toSatisfy((status) => status < 300), expect.anything()]);
    expect(membersOf(await read())).toContainEqual([name, value]);
  };

  it('is kept or refused as a tag of an application', async () => {
    const made = await call(engine.handler, 'POST', '/v1/apps', `{"Name":"shop","tags":${named(name, 'x')}}`);
    await keptOrRefused(
      made,
      async () => (await call(engine.handler, 'GET', `/v1/apps/${made.json['Id']}`)).json['tags'],
      'x',
    );
  });

  it('is kept or refused as a tag that is added', async () => {
    const { json } = await call(engine.handler, 'GET', `/v1/apps/${app}`);
    const path = `/v1/tags/${encodeURIComponent(json['Arn'] ?? '')}`;
    const made = await call(engine.handler, 'POST', path, `{"tags":${named(name, 'y')}}`);
    await keptOrRefused(made, async () => (await call(engine.handler, 'GET', path)).json['tags'], 'y');
  });

  it('is kept or refused as an attribute, a metric and a user’s attribute', async () => {
    const path = `/v1/apps/${app}/endpoints/e-${name}`;
    const body = `{"ChannelType":"EMAIL","Address":"a@example.com","Attributes":${named(name, ['a'])},"Metrics":${named(name, 1)},"User":{"UserId":"u-${name}","UserAttributes":${named(name, ['b'])}}}`;
    const made = await call(engine.handler, 'PUT', path, body);
    const read = async () =>
      (await call(engine.handler, 'GET', path)).json as Record<string, Record<string, never>>;
    await keptOrRefused(made, async () => (await read())['Attributes'], ['a']);
    await keptOrRefused(made, async () => (await read())['Metrics'], 1);
    await keptOrRefused(made, async () => (await read())['User']?.['UserAttributes'], ['b']);
  });

  it('is kept or refused as a tag of a campaign and in what its message names', async () => {
    const request = {
      ...VALID,
      MessageConfiguration: {
        GCMMessage: { Body: `{{Attributes.${name}}}`, Title: `{{User.UserAttributes.${name}}}` },
      },
    };
    const { tags: _, ...others } = request;
    const body = `${JSON.stringify(others).slice(0, -1)},"tags":${named(name, 'z')}}`;
    const made = await call(world.handler, 'POST', `/v1/apps/${world.app}/campaigns`, body);
    const read = async () =>
      (await call(world.handler, 'GET', `/v1/apps/${world.app}/campaigns/${made.json['Id']}`)).json['tags'];
    await keptOrRefused(made, read, 'z');
  });
});

it('a column named __proto__ is refused like every unknown one', () => {
  for (const prefix of ['Attributes.', 'Metrics.', 'User.UserAttributes.']) {
    expect(csvHeader([`${prefix}constructor`])).toHaveLength(1);
    expect(() => csvHeader(['Id', `${prefix}__proto__`])).toThrow(`${prefix}__proto__`);
  }
});
