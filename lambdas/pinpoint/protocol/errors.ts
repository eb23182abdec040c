/** The errors Pinpoint models, with their HTTP status. */
const STATUS = {
  BadRequestException: 400,
  ForbiddenException: 403,
  NotFoundException: 404,
  MethodNotAllowedException: 405,
  ConflictException: 409,
  PayloadTooLargeException: 413,
  TooManyRequestsException: 429,
  InternalServerErrorException: 500,
} as const;

export type PinpointErrorName = keyof typeof STATUS;

/** An error the caller gets as Pinpoint models it: the message says what was wrong, the value, and what is allowed. */
export class PinpointError extends Error {
  override readonly name: PinpointErrorName;
  readonly status: number;

  constructor(name: PinpointErrorName, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
    this.status = STATUS[name];
  }
}

export const badRequest = (message: string): PinpointError =>
  new PinpointError('BadRequestException', message);
export const notFound = (message: string): PinpointError => new PinpointError('NotFoundException', message);
export const conflict = (message: string): PinpointError => new PinpointError('ConflictException', message);
export const forbidden = (message: string): PinpointError => new PinpointError('ForbiddenException', message);
