/** A path with named parts (`/products/:id`, `:id(\\d+)`) bound to a method, a name for log and faults, and a handler. */
export interface Route<H> {
  method: string;
  pattern: string;
  operation: string;
  handler: H;
}

/** A route that fits a request; `params` are percent-decoded. */
export interface RouteMatch<H> {
  route: Route<H>;
  params: Record<string, string>;
}

interface Compiled<H> {
  route: Route<H>;
  regex: RegExp;
}

/** A small router: first fitting route wins, in the order added. */
export class Router<H> {
  readonly #routes: Compiled<H>[] = [];

  on(method: string, pattern: string, operation: string, handler: H): this {
    this.#routes.push({ route: { method, pattern, operation, handler }, regex: compile(pattern) });
    return this;
  }

  find(method: string, path: string): RouteMatch<H> | undefined {
    for (const { route, regex } of this.#routes) {
      if (route.method !== method) continue;
      const groups = regex.exec(path);
      if (groups) return { route, params: decodeAll(groups.groups ?? {}) };
    }
    return undefined;
  }

  /** Methods that have a route at this path, in the order added. */
  methodsAt(path: string): string[] {
    return [...new Set(this.#routes.filter(({ regex }) => regex.test(path)).map(({ route }) => route.method))];
  }
}

function compile(pattern: string): RegExp {
  const source = pattern
    .split(/(:[A-Za-z]\w*(?:\([^)]*\))?)/)
    .map((part) => {
      const named = /^:(\w+)(?:\(([^)]*)\))?$/.exec(part);
      if (named) return `(?<${named[1]}>${named[2] ?? '[^/]+'})`;
      return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}/?$`);
}

function decodeAll(groups: Record<string, string>): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    try {
      decoded[name] = decodeURIComponent(value);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      decoded[name] = value;
    }
  }
  return decoded;
}
