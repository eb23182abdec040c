/** A modelled error of the Kinesis API: the client raises it by this name. */
export class KinesisError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
  }
}

export const invalid = (message: string): KinesisError =>
  new KinesisError('InvalidArgumentException', message);
