/** An error of the S3 API: its code is what the client raises, its status what it answers. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export const notImplemented = (what: string): S3Error =>
  new S3Error('NotImplemented', 501, `The local S3 does not have ${what}`);
export const noSuchKey = (key: string): S3Error =>
  new S3Error('NoSuchKey', 404, `The specified key does not exist: ${key}`);
export const preconditionFailed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', 412, `The condition ${condition} did not hold`);
export const invalidRequest = (message: string): S3Error => new S3Error('InvalidRequest', 400, message);
