import type { EndpointRequest } from '@aws-sdk/client-pinpoint';
import { PinpointError } from '../protocol/errors.ts';
import { type Dotted, flatten } from './dotted.ts';
import type { EndpointRows } from './ports.ts';
import { readSnapshot, type Snapshot, type Update, updateOf } from './snapshot.ts';
import { updateEndpoint } from './update-endpoint.ts';

export interface EndpointUpdate {
  readonly id: string;
  readonly request: EndpointRequest;
}

/** What an update needs of its moment. */
export interface Moment {
  readonly now: number;
  readonly requestId: string;
  /** `0`…`99`, evenly spread and the same at each call for an endpoint. */
  readonly cohortOf: (endpointId: string) => string;
}

/** Users of a batch are worked on side by side, the endpoints of one user one after another. */
const PARALLEL = 16;

/** An endpoint that comes twice is updated once, with what came later winning name by name. */
function valuesById(items: readonly EndpointUpdate[]): Map<string, Dotted> {
  const byId = new Map<string, Dotted>();
  for (const { id, request } of items) byId.set(id, { ...byId.get(id), ...flatten(request) });
  return byId;
}

/** Endpoints that share a user share its row, so they wait for each other. */
function lanesOf(updates: readonly Update[]): Update[][] {
  const lanes = new Map<string, Update[]>();
  for (const update of updates) {
    const key = update.userId === undefined ? `E#${update.id}` : `U#${update.userId}`;
    const lane = lanes.get(key);
    if (lane) lane.push(update);
    else lanes.set(key, [update]);
  }
  return [...lanes.values()];
}

/**
 * Merges the updates into their endpoints. Answers with the error of each endpoint that was refused, by its id; the
 * others are done. An error that is no refusal (the store is down) ends the whole call.
 */
export async function updateEndpoints(
  rows: EndpointRows,
  items: readonly EndpointUpdate[],
  moment: Moment,
): Promise<Map<string, PinpointError>> {
  const values = valuesById(items);
  const endpoints = await rows.endpoints([...values.keys()]);
  const updates = [...values].map(([id, supplied]) =>
    updateOf(id, supplied, endpoints.get(id), { ...moment, cohortId: moment.cohortOf(id) }),
  );
  const snapshot = await readSnapshot(rows, endpoints, updates);
  const lanes = lanesOf(updates);
  const refused = new Map<string, PinpointError>();
  const worker = async () => {
    for (let lane = lanes.shift(); lane; lane = lanes.shift())
      await workThrough(rows, snapshot, lane, refused);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return refused;
}

async function workThrough(
  rows: EndpointRows,
  snapshot: Snapshot,
  lane: readonly Update[],
  refused: Map<string, PinpointError>,
) {
  for (const update of lane) {
    try {
      await updateEndpoint(rows, snapshot, update);
    } catch (error) {
      if (!(error instanceof PinpointError)) throw error;
      refused.set(update.id, error);
    }
  }
}
