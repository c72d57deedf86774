import { renderMermaid, renderText } from '../../state-machines/chart.ts';
import { type MachineDefinition, machineNames, machines, statesOf } from '../../state-machines/index.ts';
import { renderTable } from '../../state-machines/table.ts';
import { editTablePage } from './edit-table-page.ts';
import type { Page } from './page.ts';
import { cell, generatedNote } from './page.ts';
import { purposes, renderStateMachinesPage } from './state-machines-page.ts';

/** Everything that is made from the machines: the tables, a chart page each, and the page that leads to them. */
export function machinePages(): Page[] {
  return [
    ...machineNames.map((name) => ({
      path: `state-machines/tables/${name}.txt`,
      content: renderTable(machines[name]),
    })),
    ...machineNames.map((name) => ({
      path: `docs/charts/${name}.md`,
      content: renderChartPage(machines[name], purposes[name]),
    })),
    { path: 'docs/state-machines.md', content: renderStateMachinesPage() },
    editTablePage(),
  ];
}

function renderChartPage(definition: MachineDefinition, purpose: string): string {
  const { name, closed, events, whyNot } = definition;
  const lines = [
    `# ${name}`,
    '',
    generatedNote(`state-machines/`),
    '',
    purpose,
    '',
    closed.length === 0
      ? `${statesOf(definition).length} states; none of them is closed: the thing lives on.`
      : `${statesOf(definition).length} states; closed (dashed below) are ${closed.join(', ')}.`,
    '',
    '```mermaid',
    renderMermaid(definition),
    '```',
    '',
    '## Events',
    '',
    '| Event | Button | Meaning | Who may send it |',
    '| --- | --- | --- | --- |',
    ...Object.entries(events).map(
      ([type, { label, means, by }]) => `| \`${type}\` | ${cell(label)} | ${cell(means)} | ${by.join(', ')} |`,
    ),
    '',
    ...guardLines(whyNot),
    '## As text',
    '',
    '```text',
    renderText(definition).trimEnd(),
    '```',
    '',
  ];
  return lines.join('\n');
}

function guardLines(whyNot: Readonly<Record<string, string>>): string[] {
  const guards = Object.entries(whyNot);
  if (guards.length === 0) return [];
  return [
    '## Guards',
    '',
    'What a person reads when the guard refuses.',
    '',
    '| Guard | Sentence |',
    '| --- | --- |',
    ...guards.map(([guard, sentence]) => `| \`${guard}\` | ${cell(sentence)} |`),
    '',
  ];
}
