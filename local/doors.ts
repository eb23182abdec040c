import type { RestApi } from './runtime/gateway/api.ts';

/** A REST API of the template under the path it has here. */
export interface Door {
  readonly name: 'private' | 'public' | 'engine';
  /** `/v1`, `/public/v1` or `/pinpoint/v1`. */
  readonly basePath: string;
  readonly api: RestApi;
}

/** What stands before the stage, by the end of the API's name (`repoint-<stage>-private`). */
const PREFIXES: Readonly<Record<string, { name: Door['name']; prefix: string }>> = {
  private: { name: 'private', prefix: '' },
  public: { name: 'public', prefix: '/public' },
  pinpoint: { name: 'engine', prefix: '/pinpoint' },
};

/** Gives every API its path. Throws when the template has an API that has none here, or lacks one. */
export function doorsOf(apis: readonly RestApi[]): Record<Door['name'], Door> {
  const doors = new Map<Door['name'], Door>();
  for (const api of apis) {
    const known = PREFIXES[api.name.slice(api.name.lastIndexOf('-') + 1)];
    if (!known)
      throw new Error(
        `The API ${api.name} has no path here; known are those named *-${Object.keys(PREFIXES).join(', *-')}`,
      );
    doors.set(known.name, { name: known.name, basePath: `${known.prefix}/${api.stage}`, api });
  }
  const found = (name: Door['name']): Door => {
    const door = doors.get(name);
    if (!door) throw new Error(`The template has no ${name} API`);
    return door;
  };
  return { private: found('private'), public: found('public'), engine: found('engine') };
}

/** The door a path leads to, if any. */
export const doorOf = (doors: Readonly<Record<Door['name'], Door>>, path: string): Door | undefined =>
  Object.values(doors).find(({ basePath }) => path === basePath || path.startsWith(`${basePath}/`));
