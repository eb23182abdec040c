import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, type WireAnswer } from '../wire/server.ts';
import type { OutboxFilter, PageFacts } from './facts.ts';
import { type Html, html } from './html.ts';
import { contentSecurity, layout, PAGE_HEADERS } from './layout.ts';
import { outboxSection } from './outbox-section.ts';

export type { PageFacts } from './facts.ts';

const apis = (facts: PageFacts): Html => html`
  <h2>주소 / APIs</h2>
  <table>${facts.apis.map(
    ({ name, url, note }) =>
      html`<tr><th>${name}</th><td><code>${url}</code></td><td class="soft">${note}</td></tr>`,
  )}</table>
  <h2>캠페인 보내 보기 / Post a campaign</h2>
  <pre>${facts.curl}</pre>
  <h2>파일 / Files</h2>
  <table>${facts.files.map(
    ({ name, path }) => html`<tr><th>${name}</th><td class="wide"><code>${path}</code></td></tr>`,
  )}</table>`;

const functions = (facts: PageFacts): Html => html`
  <h2>함수 / Functions</h2>
  <table><tr><th>name</th><th>state</th><th class="n">invocations</th><th class="n">errors</th></tr>
  ${facts
    .functions()
    .map(
      ({ name, state, invocations, errors }) =>
        html`<tr><td><code>${name}</code></td><td>${state}</td><td class="n">${invocations}</td><td class="n">${errors}</td></tr>`,
    )}</table>`;

function filterOf(query: URLSearchParams): OutboxFilter {
  const names = ['channel', 'campaign', 'to', 'q'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  );
}

async function front(facts: PageFacts, query: URLSearchParams): Promise<WireAnswer> {
  const nonce = randomUUID();
  const cursor = query.get('cursor') ?? undefined;
  const outbox = await outboxSection(facts.outbox, filterOf(query), cursor);
  const body = html`<h1>Repoint <span class="soft">${facts.stage}</span></h1>
    <p class="soft">${new Date(facts.now()).toISOString()} (local clock)</p>
    ${outbox} ${apis(facts)} ${functions(facts)}`;
  return {
    status: 200,
    headers: { ...PAGE_HEADERS, 'content-security-policy': contentSecurity(nonce) },
    body: layout(`Repoint ${facts.stage}`, nonce, body),
  };
}

const failure = (error: unknown): WireAnswer => {
  console.error('The page failed', error);
  return { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: String(error) };
};

/** The page at `/`; false when the request is for somebody else. */
export function page(facts: PageFacts): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname !== '/' || request.method !== 'GET') return false;
    void front(facts, url.searchParams)
      .catch(failure)
      .then((answer) => send(response, answer));
    return true;
  };
}
