import { Agent, request } from 'undici';

/** What a client saw of one HTTP request; without `status` no complete answer arrived. */
export type Exchange =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: undefined; readonly error: string };

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** HTTP against one base address, with a bound on every exchange. Never rejects: no answer is an answer. */
export class HttpPeer implements AsyncDisposable {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 4_000 });

  constructor(baseUrl: string, timeoutMs: number) {
    this.#baseUrl = baseUrl;
    this.#timeoutMs = timeoutMs;
  }

  async exchange({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<Exchange> {
    try {
      const response = await request(`${this.#baseUrl}${path}`, {
        method,
        dispatcher: this.#agent,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: parseJson(text) };
    } catch (error) {
      return { status: undefined, error: describe(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`;
}
