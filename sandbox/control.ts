/** The control surface of one simulated system, as the demo world uses it. */
export interface Control {
  readonly url: string;
  get<Answer = unknown>(path: string): Promise<Answer>;
  post<Answer = unknown>(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<void>;
}

export class ControlRefused extends Error {
  override readonly name = 'ControlRefused';
  readonly status: number;
  constructor(status: number, path: string, body: string) {
    super(`${path} answered ${status}: ${body.slice(0, 300)}`);
    this.status = status;
  }
}

/** `url` without a trailing slash. Answers other than 2xx are thrown as `ControlRefused`. */
export function controlOf(url: string): Control {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/__control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ControlRefused(response.status, `${method} ${path}`, text);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    url,
    get: async <Answer>(path: string) => (await call('GET', path)) as Answer,
    post: async <Answer>(path: string, body: unknown = {}) => (await call('POST', path, body)) as Answer,
    delete: async (path) => {
      await call('DELETE', path);
    },
  };
}
