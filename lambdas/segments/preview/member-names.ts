import type { MemberRows } from '../../members/index.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Names } from './ports.ts';

const CALLS_IN_FLIGHT = 10;

/** Names in members' own rows, for the few that are shown. */
export const memberNames = (rows: MemberRows): Names => ({
  async of(userIds) {
    const found = await inParallel(userIds, CALLS_IN_FLIGHT, (userId) => rows.row(userId));
    return new Map(
      found.flatMap((row) => {
        const name = row?.attributes['name'];
        return row !== undefined && typeof name === 'string' ? [[row.userId, name] as const] : [];
      }),
    );
  },
});
