import type { EndpointWriter } from '../ports.ts';
import type { Operations } from '../protocol/operation.ts';
import { deleteEndpoint, deleteUserEndpoints } from './delete-endpoints.ts';
import { text } from './dotted.ts';
import type { RowsOf } from './ports.ts';
import { getEndpoint, getUserEndpoints } from './read-endpoints.ts';
import { readdressEndpoint } from './readdress-endpoint.ts';
import { type EndpointDeps, putEndpoint, putEndpoints } from './write-endpoints.ts';

export const endpointOperations = (deps: EndpointDeps) =>
  ({
    UpdateEndpoint: putEndpoint(deps),
    UpdateEndpointsBatch: putEndpoints(deps),
    GetEndpoint: getEndpoint(deps),
    GetUserEndpoints: getUserEndpoints(deps),
    DeleteEndpoint: deleteEndpoint(deps),
    DeleteUserEndpoints: deleteUserEndpoints(deps),
  }) satisfies Operations;

/** What delivery writes back to endpoints. */
export const endpointWriter = (rowsOf: RowsOf): EndpointWriter => ({
  async deactivate(appId, endpointId, address) {
    const rows = rowsOf(appId);
    const userId = text(await rows.deactivate(endpointId, address), 'User.UserId');
    if (userId !== undefined) await rows.setEntryStatus(userId, endpointId, 'INACTIVE');
  },
  readdress: (appId, endpointId, from, to) => readdressEndpoint(rowsOf(appId), endpointId, from, to),
});
