import type { RateCard } from './card.ts';
import type { FreightPiece } from './quote.ts';

export interface MeasuredPiece {
  readonly id: string;
  readonly weightGrams: number;
  /** The longest side first, as carriers count. */
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly volumetricGrams: number;
  readonly goods: readonly string[];
  readonly sides: string;
}

/** The three sides as the carrier counts them: rounded as its card says, the longest first. */
export function countedSides(
  card: Pick<RateCard, 'sideRounding'>,
  { lengthMm, widthMm, heightMm }: Pick<FreightPiece, 'lengthMm' | 'widthMm' | 'heightMm'>,
): readonly [length: number, width: number, height: number] {
  const round = { up: Math.ceil, nearest: Math.round, none: (value: number) => value }[card.sideRounding];
  const counted = [lengthMm, widthMm, heightMm].map((mm) =>
    card.sideRounding === 'none' ? mm : Math.max(1, round(mm / 10)) * 10,
  );
  const [length = 0, width = 0, height = 0] = counted.sort((a, b) => b - a);
  return [length, width, height];
}

/** A piece with its volumetric weight: cubic centimetres by the divisor, rounded up to the gram. */
export function measure(card: RateCard, piece: FreightPiece): MeasuredPiece {
  if (piece.weightGrams === null) throw new Error(`${piece.id}: a piece without a weight cannot be measured`);
  const [lengthMm, widthMm, heightMm] = countedSides(card, piece);
  // cm³ / divisor is kilograms, so mm³ / divisor is grams.
  const volumetricGrams = Math.ceil((lengthMm * widthMm * heightMm) / card.divisor);
  const sides = `${[lengthMm, widthMm, heightMm].map((mm) => mm / 10).join(' × ')} cm`;
  const { id, weightGrams, goods } = piece;
  return { id, weightGrams, lengthMm, widthMm, heightMm, volumetricGrams, goods, sides };
}

/** Rounds a weight up to the step that holds it; above the last step its step goes on. */
export function roundUpToStep(card: Pick<RateCard, 'steps'>, grams: number): number {
  const step = card.steps.find(({ upToGrams }) => grams <= upToGrams) ?? card.steps.at(-1);
  return step ? Math.ceil(grams / step.stepGrams) * step.stepGrams : grams;
}
