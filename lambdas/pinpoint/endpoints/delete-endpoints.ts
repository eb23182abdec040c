import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import { requireApp } from '../apps/app.ts';
import type { Operation } from '../protocol/operation.ts';
import type { EndpointRows } from './ports.ts';
import { readEndpoint, readUserEndpoints } from './read-endpoints.ts';
import type { EndpointDeps } from './write-endpoints.ts';

/** The rows that point to the endpoint go first: cut short, the endpoint is still there to be deleted again. */
async function remove(rows: EndpointRows, endpoint: EndpointResponse): Promise<void> {
  const { Id = '', Address, ChannelType, User } = endpoint;
  if (User?.UserId !== undefined) await rows.removeEntry(User.UserId, Id);
  if (Address && ChannelType) await rows.releaseAddress({ channel: ChannelType, address: Address }, Id);
  await rows.deleteEndpoint(Id);
}

export const deleteEndpoint =
  ({ registry, rowsOf }: EndpointDeps): Operation<'DeleteEndpoint'> =>
  async ({ ApplicationId, EndpointId = '' }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const rows = rowsOf(app.id);
    const endpoint = await readEndpoint(rows, app.id, EndpointId);
    await remove(rows, endpoint);
    return { EndpointResponse: endpoint };
  };

/** DeleteUserEndpoints: the user's endpoints and its attributes. */
export const deleteUserEndpoints =
  ({ registry, rowsOf }: EndpointDeps): Operation<'DeleteUserEndpoints'> =>
  async ({ ApplicationId, UserId = '' }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const rows = rowsOf(app.id);
    const endpoints = await readUserEndpoints(rows, app.id, UserId);
    for (const endpoint of endpoints) await remove(rows, endpoint);
    await rows.deleteUser(UserId);
    return { EndpointsResponse: { Item: endpoints } };
  };
