import type { Method, ResourceNode } from './api.ts';

export interface Match {
  readonly resource: ResourceNode;
  readonly method: Method;
  /** Still percent-encoded, as REST APIs hand them on. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Parameters = Record<string, string>;

/**
 * Finds the method for a raw path (percent-encoded, without the stage). A literal part wins over `{name}`, which wins
 * over `{name+}`; a method of its own wins over ANY. Undefined when there is none.
 */
export function matchRoute(root: ResourceNode, httpMethod: string, rawPath: string): Match | undefined {
  const parts = rawPath.replace(/^\//, '').replace(/\/$/, '').split('/');
  const found = descend(root, parts[0] === '' && parts.length === 1 ? [] : parts, {}, httpMethod);
  if (!found) return undefined;
  const method = found.resource.methods.get(httpMethod) ?? found.resource.methods.get('ANY');
  return method && { ...found, method };
}

type Found = Omit<Match, 'method'>;

function descend(
  resource: ResourceNode,
  parts: readonly string[],
  pathParameters: Parameters,
  httpMethod: string,
): Found | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) {
    const takes = resource.methods.has(httpMethod) || resource.methods.has('ANY');
    return takes ? { resource, pathParameters } : undefined;
  }
  for (const child of bySpecificity(resource.children, part)) {
    const name = parameterName(child.part);
    const greedy = child.part.endsWith('+}');
    const own = name === undefined ? {} : { [name]: greedy ? parts.join('/') : part };
    const found = descend(child, greedy ? [] : rest, { ...pathParameters, ...own }, httpMethod);
    if (found) return found;
  }
  return undefined;
}

function bySpecificity(children: readonly ResourceNode[], part: string): ResourceNode[] {
  const rank = ({ part: own }: ResourceNode): number => (own === part ? 0 : own.endsWith('+}') ? 2 : 1);
  return children
    .filter(({ part: own }) => own === part || (own.startsWith('{') && part !== ''))
    .sort((a, b) => rank(a) - rank(b));
}

const parameterName = (part: string): string | undefined => /^\{(.+?)\+?\}$/.exec(part)?.[1];
