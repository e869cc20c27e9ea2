/** An answer that is not a success, thrown by a route: becomes `{ error, details? }` with `status`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly details: unknown;
  constructor(status: number, error: string, details?: unknown) {
    super(error);
    this.status = status;
    this.details = details;
  }
}
