import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { apiPage, openApi } from '../../schemas/shared/generated/openapi.js';
import { openApiDocument } from '../../scripts/openapi/document.ts';
import { described } from '../support/openapi.ts';

describe('the description of the API', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(openApi))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('is not made of two schemas with one title: the second would be told as the first', () => {
    const root = mkdtempSync(join(tmpdir(), 'repoint-openapi-'));
    const write = (path: string, content: object) => writeFileSync(join(root, path), JSON.stringify(content));
    for (const domain of ['shared', 'a', 'b']) mkdirSync(join(root, domain));
    write('shared/openapi.json', { tags: [], paths: {}, components: { schemas: {} } });
    for (const domain of ['a', 'b']) {
      write(`${domain}/thing.json`, { title: 'Thing', type: 'object' });
      write(`${domain}/openapi.json`, {
        tags: [],
        paths: { [`/${domain}`]: { get: { responses: { 200: { $ref: 'thing.json' } } } } },
      });
    }
    expect(() => openApiDocument(root)).toThrow(/both have the title "Thing"/);
    rmSync(root, { recursive: true });
  });

  it('names each operation once', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('declares every parameter of a path', () => {
    for (const { path, operation } of described) {
      const declared = (operation.parameters ?? [])
        .filter((one) => one.in === 'path')
        .map(({ name }) => name);
      expect(declared, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it('shows a body for whatever takes one', () => {
    const without = described.filter(
      ({ operation }) =>
        operation.requestBody !== undefined &&
        Object.keys(operation.requestBody.content['application/json']?.examples ?? {}).length === 0,
    );
    expect(without.map(({ operation }) => operation.operationId)).toEqual([]);
  });

  it('lets a repeated POST be kept apart from a new one', () => {
    const posts = described.filter(({ method, path }) => method === 'POST' && path !== '/events');
    for (const { operation } of posts)
      expect(JSON.stringify(operation.parameters), operation.operationId).toContain('idempotencyKey');
  });

  it('says of whatever may be asked wrongly how that is answered', () => {
    const asked = described.filter(
      ({ operation: { requestBody, parameters = [] } }) =>
        requestBody !== undefined || parameters.some((one) => one.in === 'query'),
    );
    expect(asked.map(({ operation }) => operation.operationId)).toContain('listCampaigns');
    for (const { operation } of asked)
      expect(operation.responses, operation.operationId).toHaveProperty('400');
  });

  it('shows what is judged by its kind, and names no file that a reader does not have', () => {
    const shown = JSON.stringify(openApi);
    for (const kind of ['KakaoAlimtalk', 'KakaoText', 'KakaoCarousel', 'KakaoWideList', 'BehaviourCondition'])
      expect(shown).toContain(`#/components/schemas/${kind}`);
    expect(shown).not.toMatch(/\.(?:request|response)\.json/);
  });

  it('is on the page, every operation of it', () => {
    for (const { path, operation } of described) {
      expect(apiPage).toContain(`id="${operation.operationId}"`);
      expect(apiPage).toContain(`/v1${path}`);
    }
  });
});
