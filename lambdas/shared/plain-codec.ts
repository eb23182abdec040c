/** Text to and from the wire as JSON has it, without a walk along the schema for each value. */
class PlainSerializer {
  #text = '';

  setSerdeContext(): void {}

  write(_schema: unknown, value: unknown): void {
    this.#text = JSON.stringify(value);
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

/** The codec of the client's own protocol, as its setting `jsonCodec` takes it. */
export const PLAIN_JSON = {
  setSerdeContext(): void {},
  createSerializer: () => new PlainSerializer(),
  createDeserializer: () => new PlainDeserializer(),
};
