import { type Static, Type } from '@sinclair/typebox';
import { outageLimits } from '../../../db/outage-policy.ts';
import { count, Filters, maybe, maybeInstant, maybeText, page, Ref, strict, TimelineEntry, text } from './common.ts';

/** An open outage, as lists of other things name it. */
export const IncidentRef = maybe(Type.Object({ id: text, number: text, state: text, since: text }));

const { q: _q, ...filters } = Filters;
export const IncidentQuery = strict(filters);

export const IncidentReport = Type.Object({
  from: text,
  to: text,
  minutes: count,
  recoveryMinutes: count,
  failures: count,
  probes: count,
  callsSaved: Type.Integer({ description: 'calls and readings that were not even tried' }),
  orders: Type.Object({ delayed: count, pushed: count, notPushed: count, longestWaitMinutes: count }),
  deadlines: Type.Object({ known: count, atRisk: count, missed: count }),
  oversells: count,
  stock: Type.Object({ levelsChanged: count }),
  catalogue: Type.Object({ read: count, new: count, changed: count, vanished: count }),
});

const incident = {
  id: text,
  number: text,
  state: text,
  version: count,
  brandId: maybeText,
  connection: Ref,
  kind: text,
  since: text,
  openedAt: text,
  answeredAt: maybeInstant,
  closedAt: maybeInstant,
  operation: text,
  reason: text,
  stage: Type.String({ description: 'of its stock: frozen, half, zero; lifted: offered as ever' }),
  failures: count,
  callsSaved: count,
  probes: count,
  probeDueAt: maybeInstant,
  report: maybe(IncidentReport),
};
export const IncidentPage = page(Type.Object(incident));
export type IncidentPage = Static<typeof IncidentPage>;

const setting = (name: keyof typeof outageLimits, description: string) =>
  Type.Integer({ minimum: outageLimits[name][0], maximum: outageLimits[name][1], description });

const policy = {
  openAfterFailures: setting('openAfterFailures', 'failures in a row that are an outage'),
  shrinkAfterMinutes: setting('shrinkAfterMinutes', 'from the first failure until the quotas shrink'),
  shrinkToPercent: setting('shrinkToPercent', 'percent of what is available that is offered then'),
  zeroAfterMinutes: setting('zeroAfterMinutes', 'from the first failure until SKUs with few units are not offered'),
  zeroUpToUnits: setting('zeroUpToUnits', 'few: so many available units or fewer'),
  probeFirstSeconds: setting('probeFirstSeconds', 'pause before the first probe; doubled by each one that fails'),
  probeLongestSeconds: setting('probeLongestSeconds', 'longest pause between two probes'),
  atRiskMinutes: setting('atRiskMinutes', 'pushed later than so long before its deadline: at risk'),
  drainAtOnce: setting('drainAtOnce', 'orders sent to the shop at once while it is caught up with'),
};
export const OutagePolicyBody = strict(
  Object.fromEntries(Object.entries(policy).map(([name, schema]) => [name, Type.Optional(schema)])),
);
export const OutagePolicy = Type.Object(policy);
export const OutagePolicySet = Type.Object({ ok: Type.Literal(true), policy: OutagePolicy });

export const IncidentKey = strict({
  id: Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9-]+$', description: 'its id or number' }),
});
export const IncidentDetail = Type.Object({
  ...incident,
  report: IncidentReport,
  policy: OutagePolicy,
  steps: Type.Object({
    answeredAt: maybeInstant,
    drainedAt: maybeInstant,
    caughtUpAt: maybeInstant,
    comparedAt: maybeInstant,
    stockReadAt: maybeInstant,
    closedAt: maybeInstant,
  }),
  orders: Type.Array(
    Type.Object({
      id: text,
      number: text,
      state: text,
      shipBy: maybeInstant,
      waitsSince: text,
      pushedAt: maybeInstant,
    }),
  ),
  timeline: Type.Array(TimelineEntry),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

export const Probing = Type.Object({ ok: Type.Literal(true) });
