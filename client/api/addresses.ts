import type { ConnectionFinding, ConnectionReport } from '../../connectors/contract/common.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { targetsOf } from '../../connectors/registry.ts';
import { assertPublicTarget } from '../../connectors/transport/index.ts';
import type { ApiDeps, ConnectorInfo, Values } from './deps.ts';
import { ApiError } from './errors.ts';

/** Settings as people type them, made whole: an address without a scheme is one over https. */
export function withScheme({ settings: schema }: ConnectorInfo, settings: Values): Values {
  const properties: Record<string, { pattern?: unknown }> = schema.properties ?? {};
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const isAddress = String(properties[name]?.pattern ?? '').startsWith('^https?://');
      if (!isAddress || typeof value !== 'string') return [name, value];
      const typed = value.trim();
      return [name, /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`];
    }),
  );
}

type Allowing = { readonly config: Pick<ApiDeps['config'], 'allowPrivateTargets'> };

const isPlain = (url: string): boolean => /^http:\/\//i.test(url);

/**
 * Plain http is somebody's explicit choice: whatever is sent can be read on the way. Where private addresses are allowed
 * (sandbox, shops inside one's own network) nobody is asked.
 * @throws ApiError InvalidInput
 */
export function demandHttps(
  { config }: Allowing,
  settings: Values,
  { plainHttp = false, known = {} }: { plainHttp?: boolean | undefined; known?: Values },
): void {
  if (config.allowPrivateTargets || plainHttp) return;
  const agreed = targetsOf(known);
  const plain = targetsOf(settings).find((url) => isPlain(url) && !agreed.includes(url));
  if (plain === undefined) return;
  throw new ApiError('InvalidInput', `The address ${plain} is without https: what is sent can be read on the way.`, {
    remedy: 'Use https://. If the shop really has none, choose plain http (plainHttp).',
    details: { field: 'plainHttp' },
  });
}

/** The report with a warning where an account is called over plain http. */
export function withHttpWarning({ config }: Allowing, settings: Values, report: ConnectionReport): ConnectionReport {
  if (config.allowPrivateTargets || !targetsOf(settings).some(isPlain)) return report;
  const finding: ConnectionFinding = {
    severity: 'warning',
    what: 'The shop is called over plain http: orders and prices can be read and changed on the way.',
    remedy: 'Give the shop a certificate, and change the address to https://.',
  };
  return { ...report, findings: [...report.findings, finding] };
}

/** Looks at every address in the settings before anything is done with it. @throws ApiError InvalidInput */
export async function demandPublicTargets({ config, resolve }: ApiDeps, settings: Values): Promise<void> {
  const options = { allowPrivate: config.allowPrivateTargets, ...(resolve ? { resolve } : {}) };
  for (const url of targetsOf(settings)) {
    try {
      await assertPublicTarget(url, options);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { remedy = 'Check the address.' } = error.details;
      throw new ApiError('InvalidInput', error.message, { remedy, details: { field: 'url' } });
    }
  }
}
