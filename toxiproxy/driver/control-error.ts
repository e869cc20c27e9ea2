/** A call to a Toxiproxy server's control API did not do what was asked. `call` is method and path, e.g. `POST /proxies`. */
class ControlError extends Error {
  readonly server: string;
  readonly call: string;

  constructor(server: string, call: string, what: string, cause?: unknown) {
    super(`Toxiproxy at ${server}: ${call} ${what}`, { cause });
    this.name = new.target.name;
    this.server = server;
    this.call = call;
  }
}

/**
 * No answer in time. The lock behind the control API can be lost for good when a toxic is removed under load
 * (Shopify/toxiproxy#558), so waiting longer does not help: replace the server.
 */
export class ControlTimeout extends ControlError {
  readonly timeoutMs: number;

  constructor(server: string, call: string, timeoutMs: number, cause?: unknown) {
    super(server, call, `gave no answer within ${timeoutMs} ms; replace the server`, cause);
    this.timeoutMs = timeoutMs;
  }
}

/** Nothing listens there, or the connection broke: the server is gone. */
export class ControlUnreachable extends ControlError {
  constructor(server: string, call: string, cause: unknown) {
    super(server, call, `could not be sent (${causeOf(cause)}); is the server running?`, cause);
  }
}

/** The server answered with an HTTP error, e.g. 404 for an unknown proxy or 409 for a name in use. */
export class ControlRejected extends ControlError {
  readonly status: number;

  constructor(server: string, call: string, status: number, body: string) {
    super(server, call, `was answered ${status}: ${body.trim() || 'no text'}`);
    this.status = status;
  }
}

/** fetch hides the system's error code one level down. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
