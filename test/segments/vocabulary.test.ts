import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { knownFor } from '../../lambdas/segments/known-for.ts';
import { knownHere } from '../../lambdas/segments/known-here.ts';
import { readVocabulary } from '../../lambdas/segments/read-vocabulary.ts';
import { parseRule } from '../../lambdas/segments/rule/parse-rule.ts';
import { openApi } from '../../schemas/shared/generated/openapi.js';
import { ctxAt, START } from './support/worlds.ts';

const GRADE = { name: 'grade', types: ['text'] as const, examples: ['GOLD', 'SILVER'] };
const registry = (...rows: (typeof GRADE)[]) => ({ all: async () => rows });
const settings = { retentionDays: 730, timeZone: 'Asia/Seoul' };

describe('what rules are made of', () => {
  it('is told as the API describes it', async () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ ...openApi, $id: 'api' });
    const validate = ajv.compile({ $ref: 'api#/components/schemas/Vocabulary' });
    const told = await readVocabulary({ attributes: registry(GRADE) });
    expect(validate(told) ? undefined : ajv.errorsText(validate.errors)).toBeUndefined();
    expect(told.attributes).toContainEqual({ ...GRADE, source: 'custom' });
    expect(told.attributes).toContainEqual({
      name: 'consents.push.advertising',
      source: 'consent',
      types: ['boolean'],
      examples: [],
    });
    const purchase = told.events.find(({ name }) => name === 'purchase')?.properties.map(({ name }) => name);
    expect(purchase).toEqual(expect.arrayContaining(['transaction_id', 'revenue', 'items.category']));
  });

  it('may be named in rules: every attribute, every event with each of its properties, every field', async () => {
    const told = await readVocabulary({ attributes: registry(GRADE) });
    const deps = knownHere({ names: async () => [] }, { all: async () => [] }, registry(GRADE), settings);
    const rules = [
      ...told.attributes.map(({ name }) => ({ attribute: name, exists: true })),
      ...told.events.map(({ name, properties }) => ({
        did: name,
        where: properties.map((one) => ({ property: one.name, exists: true })).slice(0, 20),
      })),
      { did: '*', where: told.eventFields.map((property) => ({ property, exists: true })) },
      ...told.computed.map(({ name }) => ({ computed: name, exists: true })),
    ].map((rule) => ('where' in rule && rule.where.length === 0 ? { did: rule.did } : rule));
    const rule = { all: rules };
    expect(parseRule(rule, await knownFor(deps, ctxAt(START), rule))).toBe(rule);
  });

  it('of attributes is what members have, once they have any', async () => {
    const rule = { attribute: 'grad', is: 'GOLD' };
    const known = async (...rows: (typeof GRADE)[]) =>
      knownFor(
        knownHere({ names: async () => [] }, { all: async () => [] }, registry(...rows), settings),
        ctxAt(START),
        rule,
      );
    const [told, silent] = [await known(GRADE), await known()];
    expect(() => parseRule(rule, told)).toThrow(/no member has an attribute "grad"; nearest: grade/);
    expect(parseRule(rule, silent)).toBe(rule);
  });
});
