import { errorTypeRegistries } from '@aws-sdk/client-dynamodb';

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
const PLAIN_JSON = {
  setSerdeContext(): void {},
  createSerializer: () => new PlainSerializer(),
  createDeserializer: () => new PlainDeserializer(),
};

/**
 * Settings of a DynamoDB client whose rows hold no binary values, as none of ours do: then what it sends and gets is JSON
 * as it stands, and nobody need walk along the schema for each of the hundred rows that a call reads.
 */
export const WITHOUT_BINARY = {
  protocolSettings: {
    defaultNamespace: 'com.amazonaws.dynamodb',
    errorTypeRegistries,
    xmlNamespace: 'http://dynamodb.amazonaws.com/doc/2012-08-10/',
    version: '2012-08-10',
    serviceTarget: 'DynamoDB_20120810',
    jsonCodec: PLAIN_JSON,
  },
};
