import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import { RepointError } from '../../shared/errors.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { KakaoContent } from './content.ts';
import type { KakaoContents, KakaoMessage, KakaoOutcome, KakaoProvider } from './ports.ts';
import { compileKakao } from './render.ts';
import { renderedProblems } from './rendered.ts';

/** What the engine tells a custom channel (pinpoint.md §3.2), as far as it matters here. */
export interface CustomChannelEvent {
  /** JSON of `KakaoOrder`. */
  readonly Data: string;
  readonly ActivityId: string;
  readonly Endpoints: Readonly<Record<string, EndpointResponse>>;
}

/** What a campaign on Kakao writes into CustomMessage.Data (5 KB at most): where its content lies. */
export interface KakaoOrder {
  readonly template: { readonly name: string; readonly version: number };
  readonly advertising: boolean;
  /** By dotted variable name. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export interface KakaoDeps {
  readonly contents: KakaoContents;
  readonly provider: KakaoProvider;
  /** What the templates of one call may know of their moment. */
  readonly moment: () => RenderContext;
}

interface Result {
  readonly Outcome: KakaoOutcome['kind'];
  readonly Text?: string;
  readonly MessageId?: string;
  readonly Gone?: true;
}

/** Our extension of a custom channel's answer: what became of each endpoint (docs/pinpoint-api.md). */
export interface CustomChannelAnswer {
  readonly Repoint: { readonly Results: Readonly<Record<string, Result>> };
}

/** Renders the message of each endpoint, leaves out what Kakao would refuse, and gives the rest to the provider. */
export async function deliverKakao(deps: KakaoDeps, event: CustomChannelEvent): Promise<CustomChannelAnswer> {
  const order = orderOf(event.Data);
  const { name, version } = order.template;
  const content = await deps.contents.get(name, version);
  if (!content)
    throw new RepointError('not_found', `There is no Kakao template "${name}" version ${version}`);
  const compiled = compileKakao(content, order.defaults ?? {});
  const moment = deps.moment();
  const prepared = Object.entries(event.Endpoints).map(([id, endpoint]) => {
    const rendered = compiled.render({ ...endpoint, Id: id }, moment);
    return prepare(event, order, rendered, id, endpoint.Address ?? '');
  });
  const messages = prepared.flatMap(({ message }) => (message === undefined ? [] : [message]));
  const outcomes = messages.length === 0 ? [] : await deps.provider.send(messages);
  const byId = new Map(messages.map(({ id }, index) => [id, outcomes[index]]));
  const results = prepared.map(({ endpointId, message, problem }) => [
    endpointId,
    shown(problem ?? byId.get(message?.id ?? '') ?? MISSING),
  ]);
  return { Repoint: { Results: Object.fromEntries(results) } };
}

const MISSING: KakaoOutcome = { kind: 'uncertain', text: 'the provider said nothing of it' };

const shown = (outcome: KakaoOutcome): Result => ({
  Outcome: outcome.kind,
  ...('text' in outcome ? { Text: outcome.text } : {}),
  ...('gone' in outcome && outcome.gone ? { Gone: true } : {}),
  ...('providerMessageId' in outcome && outcome.providerMessageId !== undefined
    ? { MessageId: outcome.providerMessageId }
    : {}),
});

function orderOf(text: string): KakaoOrder {
  const order = JSON.parse(text) as Partial<KakaoOrder>;
  if (order.template === undefined)
    throw new RepointError('validation', 'Data names no template: expected {"template":{"name","version"}}');
  return { advertising: false, ...order, template: order.template };
}

interface Prepared {
  readonly endpointId: string;
  readonly message?: KakaoMessage;
  readonly problem?: KakaoOutcome;
}

function prepare(
  event: CustomChannelEvent,
  { advertising }: KakaoOrder,
  content: KakaoContent,
  endpointId: string,
  to: string,
): Prepared {
  const [problem] = renderedProblems(content);
  if (problem) return { endpointId, problem: { kind: 'permanent', text: problem.message } };
  return { endpointId, message: { id: `${event.ActivityId}:${endpointId}`, to, advertising, content } };
}
