import { type CarrierChoice, type CarrierRule, type LaneFacts, ruleFor } from './carrier-choice.ts';

/**
 * The account that an open consignment has now. `away`: it does not answer at present; `gone`: it is paused, revoked or no
 * longer this brand's.
 */
export interface PresentCarrier {
  readonly connectionId: string;
  readonly standing: 'usable' | 'away' | 'gone';
  /** It is about to be closed and booked. */
  readonly isDue: boolean;
}

export type Rechoice =
  | { readonly do: 'stay' }
  | { readonly do: 'move'; readonly connectionId: string; readonly reason: string }
  /** No account takes it as it is: nothing is booked until something changes. */
  | { readonly do: 'hold'; readonly why: string; readonly remedy: string };

const rank = (rules: readonly CarrierRule[], connectionId: string, lane: LaneFacts): number => {
  const rule = ruleFor(rules, connectionId, lane);
  return rule?.rule === 'prefer' ? rule.rank : Number.POSITIVE_INFINITY;
};

/**
 * Whether an open consignment keeps its account. The old plan is kept wherever it can be: a lower price alone moves nothing,
 * an account that is away only when the consignment is due. It is moved off an account that is gone, that does not take it
 * any more or that ops ruled out, and onto one that ops prefer. Pure.
 */
export function rechoose(
  choice: CarrierChoice,
  rules: readonly CarrierRule[],
  lane: LaneFacts,
  present: PresentCarrier,
): Rechoice {
  const { connectionId, standing, isDue } = present;
  if (!choice.ok) {
    // Its own account may take it once it is back: then it waits for that, as it would after its booking was asked for.
    return standing === 'usable' ? { do: 'hold', why: choice.why, remedy: choice.remedy } : { do: 'stay' };
  }
  if (choice.connectionId === connectionId || (standing === 'away' && !isDue)) return { do: 'stay' };
  const own = choice.considered.find((one) => one.connectionId === connectionId);
  const isPossible = own?.verdict === 'possible';
  if (isPossible && rank(rules, choice.connectionId, lane) >= rank(rules, connectionId, lane)) return { do: 'stay' };
  const because = isPossible
    ? 'ops prefer another account here by now'
    : standing === 'gone'
      ? 'its account is paused, revoked or not the brand’s any more'
      : standing === 'away'
        ? 'its account does not answer at its cut-off'
        : `its account does not take it any more (${own?.why ?? 'it was not asked'})`;
  return { do: 'move', connectionId: choice.connectionId, reason: `Chosen anew: ${because}. ${choice.reason}` };
}
