import { HttpClient, type HttpResponse } from 'toxiproxy-node-client/dist/HttpClient.js';
import { ControlRejected, ControlTimeout, ControlUnreachable } from './control-error.ts';

/**
 * The transport of toxiproxy-node-client with what it lacks: every call ends within `timeoutMs` and fails with a
 * `ControlError`. A call that is given up is also cancelled, else its socket would keep this process alive.
 */
export class BoundedHttpClient extends HttpClient {
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    super();
    this.#timeoutMs = timeoutMs;
  }

  override async get<T>(url: string): Promise<HttpResponse<T>> {
    return { data: parse<T>(await this.#send('GET', url)) };
  }

  override async post<T>(url: string, body?: unknown): Promise<HttpResponse<T>> {
    return { data: parse<T>(await this.#send('POST', url, body)) };
  }

  override async delete(url: string): Promise<void> {
    await this.#send('DELETE', url);
  }

  override getText(url: string): Promise<string> {
    return this.#send('GET', url);
  }

  async #send(method: string, url: string, body?: unknown): Promise<string> {
    const { host, pathname } = new URL(url);
    const call = `${method} ${pathname}`;
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      if (!response.ok) throw new ControlRejected(host, call, response.status, text);
      return text;
    } catch (error) {
      if (error instanceof ControlRejected) throw error;
      if (signal.aborted) throw new ControlTimeout(host, call, this.#timeoutMs, error);
      throw new ControlUnreachable(host, call, error);
    }
  }
}

/** The shape of an answer is the server's (2.5.0) and is fixed by its API; the caller names it. */
function parse<T>(text: string): T {
  return JSON.parse(text.length === 0 ? 'null' : text) as T;
}
