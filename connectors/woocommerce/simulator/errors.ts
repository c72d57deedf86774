import type { JsonObject } from './json.ts';

/** An error that WordPress answers as `{"code", "message", "data"}`. */
export class WpError extends Error {
  readonly status: number;
  readonly code: string;
  /** `data` as answered; refund errors have a bare number here. */
  readonly data: JsonObject | number;

  constructor(status: number, code: string, message: string, data: JsonObject | number = {}) {
    super(message);
    this.name = 'WpError';
    this.status = status;
    this.code = code;
    this.data = typeof data === 'number' ? data : { status, ...data };
  }

  /** The JSON body. */
  get body(): { code: string; message: string; data: JsonObject | number } {
    return { code: this.code, message: this.message, data: this.data };
  }
}

export const noRoute = () =>
  new WpError(404, 'rest_no_route', 'No route was found matching the URL and request method.');
