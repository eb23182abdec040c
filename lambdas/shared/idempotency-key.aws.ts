import type {
  $Command,
  PinpointClient,
  PinpointClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-pinpoint';

/**
 * Sends one `Create…` command with the engine's extension header `Idempotency-Key`: however often it is repeated
 * with the same body, one thing is created and the first answer comes back.
 */
export function withIdempotencyKey<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: PinpointClient,
  key: string,
  command: $Command<Input, Output, PinpointClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
): Promise<Output> {
  command.middlewareStack.add(
    (next) => (args) => {
      // The `build` step runs before signing, so the header is covered by the signature.
      const request = args.request as { headers: Record<string, string> };
      request.headers['idempotency-key'] = key;
      return next(args);
    },
    { step: 'build', name: 'idempotencyKey', override: true },
  );
  return client.send(command);
}
