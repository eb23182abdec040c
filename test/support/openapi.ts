import { openApi } from '../../schemas/shared/generated/openapi.js';

interface Media {
  readonly schema: Record<string, unknown>;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Response {
  readonly content?: Readonly<Record<string, Media>>;
  readonly links?: Readonly<
    Record<
      string,
      {
        readonly operationId: string;
        readonly parameters?: Readonly<Record<string, string>>;
        readonly requestBody?: unknown;
        /** Only after this example of the operation. */
        readonly 'x-after'?: string;
        /** What the linked operation answers here. */
        readonly 'x-status'?: number;
      }
    >
  >;
}

/** An operation of the document, as far as tests look at it. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly example?: unknown;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Described {
  readonly method: string;
  /** As the document and API Gateway write it: `/members/{userId}`. */
  readonly path: string;
  readonly operation: Operation;
}

/** All operations of the API's description, in its order. */
export const described: readonly Described[] = Object.entries(
  openApi['paths'] as Record<string, Record<string, Operation>>,
).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
