import { badRequest, PinpointError } from './errors.ts';
import type { OperationSchema } from './shape.ts';

interface Node {
  readonly fixed: Map<string, Node>;
  /** The branch of a `{Label}`. */
  any?: Node;
  readonly byMethod: Map<string, Leaf>;
}

interface Leaf {
  readonly schema: OperationSchema;
  readonly labels: readonly string[];
}

export interface Match {
  readonly schema: OperationSchema;
  /** Path labels, percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Finds the operation of a request. `rawPath` is still percent-encoded: a label may hold an encoded `/`. */
export type Router = (method: string, rawPath: string) => Match;

const emptyNode = (): Node => ({ fixed: new Map(), byMethod: new Map() });

function add(root: Node, schema: OperationSchema): void {
  const [method, uri] = schema[3].http;
  const labels: string[] = [];
  let node = root;
  for (const part of uri.split('/').slice(1)) {
    const label = /^\{(.+)\}$/.exec(part)?.[1];
    if (label) {
      labels.push(label);
      node.any ??= emptyNode();
      node = node.any;
    } else {
      const next = node.fixed.get(part) ?? emptyNode();
      node.fixed.set(part, next);
      node = next;
    }
  }
  node.byMethod.set(method, { schema, labels });
}

/** Fixed parts win over labels: `/templates` is never an application named "templates". */
function find(
  node: Node,
  parts: readonly string[],
  values: readonly string[] = [],
): { node: Node; values: readonly string[] } | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return node.byMethod.size > 0 ? { node, values } : undefined;
  const fixed = node.fixed.get(part);
  const found = fixed && find(fixed, rest, values);
  if (found || !node.any || part === '') return found;
  return find(node.any, rest, [...values, part]);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badRequest(`The path part ${value} is not valid percent-encoding`);
  }
}

/** A router over the client's operation schemas: unknown path 404, known path with another method 405. */
export function routerOf(schemas: readonly OperationSchema[]): Router {
  const root = emptyNode();
  for (const schema of schemas) add(root, schema);
  return (method, rawPath) => {
    const parts = rawPath.split('/').slice(1);
    // A signature covers the path with its dots folded: a path that folds could be routed to what nobody signed.
    if (parts.some((part) => part === '.' || part === '..')) {
      throw badRequest(`The path ${rawPath} has a part that is only dots`);
    }
    const found = find(root, parts);
    if (!found) throw new PinpointError('NotFoundException', `There is no ${rawPath} in the Pinpoint API`);
    const leaf = found.node.byMethod.get(method);
    if (!leaf) {
      const allowed = [...found.node.byMethod.keys()].sort().join(', ');
      throw new PinpointError(
        'MethodNotAllowedException',
        `${method} ${rawPath} does not exist; allowed: ${allowed}`,
      );
    }
    const labels = leaf.labels.map((name, index) => [name, decoded(found.values[index] ?? '')]);
    return { schema: leaf.schema, labels: Object.fromEntries(labels) };
  };
}
