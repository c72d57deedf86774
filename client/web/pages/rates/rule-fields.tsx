import type { Fee, PriceRule } from '../../api/types/prices.ts';

interface RuleFieldsProps {
  rule: PriceRule;
  currency: string;
  onChange: (rule: PriceRule) => void;
}

interface NumberFieldProps {
  label: string;
  value: string;
  hint?: string;
  onChange: (value: string) => void;
}

function NumberField({ label, value, hint, onChange }: NumberFieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        inputMode="decimal"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      {hint ? <small className="muted">{hint}</small> : null}
    </label>
  );
}

const whole = (text: string, before: number): number => (/^\d{1,9}$/.test(text) ? Number(text) : before);

/** The parts of a rule. Numbers stay as they are typed; the preview says what cannot be reckoned with. */
export function RuleFields({ rule, currency, onChange }: RuleFieldsProps) {
  const set = (part: Partial<PriceRule>) => onChange({ ...rule, ...part });
  const round = (part: Partial<PriceRule['rounding']>) => set({ rounding: { ...rule.rounding, ...part } });
  const { multipleMinor, endingMinor, direction } = rule.rounding;
  return (
    <>
      <Fees fees={rule.fees} currency={currency} onChange={(fees) => set({ fees })} />
      <fieldset>
        <legend>Rounding</legend>
        <NumberField
          label="Multiple of (minor units)"
          value={String(multipleMinor)}
          onChange={(text) => round({ multipleMinor: Math.max(1, whole(text, multipleMinor)) })}
        />
        <NumberField
          label="Ending in (minor units)"
          value={String(endingMinor)}
          hint="1000 and 900: prices such as 99,900."
          onChange={(text) => round({ endingMinor: whole(text, endingMinor) })}
        />
        <label className="field">
          <span>Direction</span>
          <select value={direction} onChange={(event) => round({ direction: event.target.value as typeof direction })}>
            <option value="up">up</option>
            <option value="down">down</option>
            <option value="nearest">to the nearest</option>
          </select>
        </label>
      </fieldset>
      <fieldset>
        <legend>Limits</legend>
        <NumberField
          label="Margin floor, %"
          value={rule.floorPercent ?? ''}
          hint="What must remain of the price after fees and cost; empty: nothing is demanded."
          onChange={(text) => set({ floorPercent: text === '' ? null : text })}
        />
        <NumberField
          label="Cost, % of the brand’s price"
          value={rule.costPercent}
          hint="Where the cost of a SKU is not known."
          onChange={(costPercent) => set({ costPercent })}
        />
        <NumberField
          label="A change by more than, %, waits for a person"
          value={rule.changePercent ?? ''}
          hint="Empty: only changes by a factor of ten do."
          onChange={(text) => set({ changePercent: text === '' ? null : text })}
        />
        <NumberField
          label="Oldest exchange rate, days"
          value={String(rule.maxRateAgeDays)}
          onChange={(text) => set({ maxRateAgeDays: whole(text, rule.maxRateAgeDays) })}
        />
        <label>
          <input
            type="checkbox"
            checked={rule.sales === 'follow'}
            onChange={(event) => set({ sales: event.target.checked ? 'follow' : 'ignore' })}
          />{' '}
          Take the brand’s sale prices over
        </label>
      </fieldset>
    </>
  );
}

const kinds: readonly (readonly [code: string, kind: Fee['kind'], label: string])[] = [
  ['commission', 'percentOfPrice', 'Commission, % of the selling price'],
  ['payment', 'percentOfPrice', 'Payment fee, % of the selling price'],
  ['freight', 'fixed', 'Freight share, amount'],
  ['fixed', 'fixed', 'Fixed fee, amount'],
  ['duty', 'percentOfValue', 'Duty part, % of the amount so far'],
  ['tax', 'percentOfValue', 'Tax part, % of the amount so far'],
  ['markup', 'percentOfValue', 'Markup, % of the amount so far'],
];
const labelOf = (fee: Fee): string =>
  kinds.find(([code, kind]) => code === fee.code && kind === fee.kind)?.[2] ?? `${fee.code}, ${fee.kind}`;
const numberOf = (fee: Fee): string => (fee.kind === 'fixed' ? fee.amount : fee.percent);
const withNumber = (fee: Fee, text: string): Fee =>
  fee.kind === 'fixed' ? { ...fee, amount: text } : { ...fee, percent: text };

/** The first, the second … of its kind: fees may stand in the list twice. */
function nameOf(fees: readonly Fee[], index: number): string {
  const code = fees[index]?.code;
  return `${code} ${fees.slice(0, index).filter((fee) => fee.code === code).length}`;
}

function Fees({
  fees,
  currency,
  onChange,
}: {
  fees: readonly Fee[];
  currency: string;
  onChange: (fees: Fee[]) => void;
}) {
  const replace = (index: number, fee: Fee | null) =>
    onChange(fees.flatMap((one, at) => (at === index ? (fee ? [fee] : []) : [one])));
  const earlier = (index: number) => {
    const [moved] = fees.slice(index, index + 1);
    if (!moved || index === 0) return;
    const rest = fees.filter((_, at) => at !== index);
    onChange([...rest.slice(0, index - 1), moved, ...rest.slice(index - 1)]);
  };
  const add = (text: string) => {
    const found = kinds.find(([, , label]) => label === text);
    if (!found) return;
    const [code, kind] = found;
    onChange([...fees, (kind === 'fixed' ? { code, kind, amount: '0' } : { code, kind, percent: '0' }) as Fee]);
  };
  return (
    <fieldset>
      <legend>Fees, in this order{currency ? `; amounts in ${currency}` : ''}</legend>
      {fees.map((fee, index) => (
        <div key={nameOf(fees, index)} className="fee">
          <NumberField
            label={labelOf(fee)}
            value={numberOf(fee)}
            onChange={(text) => replace(index, withNumber(fee, text))}
          />
          <button type="button" className="quiet" disabled={index === 0} onClick={() => earlier(index)}>
            Earlier
          </button>
          <button type="button" className="quiet" onClick={() => replace(index, null)}>
            Remove
          </button>
        </div>
      ))}
      <label className="field">
        <span>Add</span>
        <select value="" onChange={(event) => add(event.target.value)}>
          <option value="">a fee …</option>
          {kinds.map(([, , label]) => (
            <option key={label} value={label}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}
