const words: Readonly<Record<string, string>> = {
  frozen: 'frozen at the last known levels',
  half: 'less is offered',
  zero: 'less is offered, few units not at all',
  lifted: 'offered as ever',
};

/** What marketplaces are offered of a shop during its outage, in words. */
export const stageWords = (stage: string): string => words[stage] ?? stage;
