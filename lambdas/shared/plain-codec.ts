/** Text to and from the wire as JSON has it, without a walk along the schema for each value. */
class PlainSerializer {
  #text = '';

  constructor(private readonly textOf: (value: unknown) => string) {}

  setSerdeContext(): void {}

  write(_schema: unknown, value: unknown): void {
    this.#text = this.textOf(value);
  }

  flush(): string {
    return this.#text;
  }
}

const decoder = new TextDecoder();

class PlainDeserializer {
  setSerdeContext(): void {}

  async read(_schema: unknown, data: Uint8Array | string): Promise<unknown> {
    return JSON.parse(typeof data === 'string' ? data : decoder.decode(data)) as unknown;
  }

  readObject(_schema: unknown, value: unknown): unknown {
    return value;
  }
}

/** A codec of the client's own protocol, as its setting `jsonCodec` takes it, for commands whose text as JSON is `textOf`. */
export const plainCodec = (textOf: (value: unknown) => string) => ({
  setSerdeContext(): void {},
  createSerializer: () => new PlainSerializer(textOf),
  createDeserializer: () => new PlainDeserializer(),
});

export const PLAIN_JSON = plainCodec(JSON.stringify);
