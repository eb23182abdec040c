import type { EndpointBatchItem, MessageBody } from '@aws-sdk/client-pinpoint';
import { requireApp } from '../apps/app.ts';
import type { Registry } from '../ports.ts';
import { badRequest } from '../protocol/errors.ts';
import type { EngineCtx, Operation } from '../protocol/operation.ts';
import { checkEndpoint, checkId } from './check-endpoint.ts';
import { cohortOf } from './cohort.ts';
import type { RowsOf } from './ports.ts';
import { type Moment, updateEndpoints } from './update-endpoints.ts';

export interface EndpointDeps {
  readonly registry: Registry;
  readonly rowsOf: RowsOf;
}

/** Pinpoint's largest batch. */
const MAX_BATCH = 100;

const momentOf = (ctx: EngineCtx, appId: string): Moment => ({
  now: ctx.now,
  requestId: ctx.requestId,
  cohortOf: cohortOf(appId),
});
const accepted = (ctx: EngineCtx): MessageBody => ({ Message: 'Accepted', RequestID: ctx.requestId });

function checkedItems(items: readonly EndpointBatchItem[]) {
  if (items.length === 0 || items.length > MAX_BATCH) {
    throw badRequest(`Item has ${items.length} endpoints; 1 to ${MAX_BATCH} are allowed`);
  }
  const problems: string[] = [];
  const updates = items.map(({ Id = '', ...request }, index) => {
    checkId(`Item[${index}].Id`, Id, (problem) => problems.push(problem));
    checkEndpoint(request, `Item[${index}].`, (problem) => problems.push(problem));
    return { id: Id, request };
  });
  if (problems.length > 0) throw badRequest(problems.slice(0, 10).join('; '));
  return updates;
}

/** UpdateEndpoint: an upsert that merges; the answer comes when everything is written. */
export const putEndpoint =
  ({ registry, rowsOf }: EndpointDeps): Operation<'UpdateEndpoint'> =>
  async ({ ApplicationId, EndpointId, EndpointRequest = {} }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const problems: string[] = [];
    checkId('EndpointId', EndpointId ?? '', (problem) => problems.push(problem));
    checkEndpoint(EndpointRequest, '', (problem) => problems.push(problem));
    if (problems.length > 0) throw badRequest(problems.join('; '));
    const update = { id: EndpointId ?? '', request: EndpointRequest };
    const [refused] = (await updateEndpoints(rowsOf(app.id), [update], momentOf(ctx, app.id))).values();
    if (refused) throw refused;
    return { MessageBody: accepted(ctx) };
  };

/**
 * UpdateEndpointsBatch: nothing is written when an item is malformed. The model has no result per item: when some are
 * refused for what is stored (a user's sixteenth endpoint), the error names them and the others are done.
 */
export const putEndpoints =
  ({ registry, rowsOf }: EndpointDeps): Operation<'UpdateEndpointsBatch'> =>
  async ({ ApplicationId, EndpointBatchRequest }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const updates = checkedItems(EndpointBatchRequest?.Item ?? []);
    const refused = await updateEndpoints(rowsOf(app.id), updates, momentOf(ctx, app.id));
    if (refused.size > 0) {
      const messages = [...refused].map(([id, { message }]) => `${id}: ${message}`);
      throw badRequest(
        `${refused.size} of ${updates.length} endpoints were refused, the others are updated: ${messages.join('; ')}`,
      );
    }
    return { MessageBody: accepted(ctx) };
  };
