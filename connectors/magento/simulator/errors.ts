/** A refusal of the shop: status and message with its placeholders, the values beside it. */
export class MagentoError extends Error {
  readonly status: number;
  readonly parameters: Record<string, unknown> | readonly unknown[] | undefined;

  constructor(status: number, message: string, parameters?: Record<string, unknown> | readonly unknown[]) {
    super(message);
    this.name = 'MagentoError';
    this.status = status;
    this.parameters = parameters;
  }

  /** The message with its values put in, as logs and bulk operations show it. */
  get filled(): string {
    const values = this.parameters;
    if (values === undefined) return this.message;
    if (Array.isArray(values))
      return this.message.replace(/%(\d+)/g, (_all, n: string) => String(values[Number(n) - 1]));
    const named = new Map(Object.entries(values));
    return this.message.replace(/%(\w+)/g, (all, name: string) => String(named.get(name) ?? all));
  }
}

export const noProduct = (): MagentoError =>
  new MagentoError(404, "The product that was requested doesn't exist. Verify the product and try again.");

export const noEntity = (): MagentoError =>
  new MagentoError(404, "The entity that was requested doesn't exist. Verify the entity and try again.");

export const required = (fieldName: string): MagentoError =>
  new MagentoError(400, '"%fieldName" is required. Enter and try again.', { fieldName });

export const notAuthorized = (resources: string): MagentoError =>
  new MagentoError(401, "The consumer isn't authorized to access %resources.", { resources });
