import { describe, expect, it } from 'vitest';
import { chartModel } from '../../../../state-machines/chart.ts';
import { machineNames, machines } from '../../../../state-machines/index.ts';
import type { MachineDefinition } from '../../../../state-machines/kit.ts';
import type { MachineChart } from '../../api/types/common.ts';
import { box, layOut, stepsOf } from './layout.ts';

const chartOf = (name: keyof typeof machines): MachineChart => ({
  name,
  ...chartModel(machines[name] as MachineDefinition),
  events: [],
  guards: [],
});

describe.each(machineNames)('the drawing of %s', (name) => {
  const chart = chartOf(name);
  const drawing = layOut(chart);

  it('shows every state once, inside of the drawing and apart from the others', () => {
    expect(drawing.nodes.map((node) => node.name).sort()).toEqual(chart.states.map((state) => state.name).sort());
    for (const node of drawing.nodes) {
      expect(node.x - box.width / 2).toBeGreaterThanOrEqual(0);
      expect(node.x + box.width / 2).toBeLessThanOrEqual(drawing.width);
      expect(node.y - box.height / 2).toBeGreaterThanOrEqual(0);
      expect(node.y + box.height / 2).toBeLessThanOrEqual(drawing.height);
      const near = drawing.nodes.filter(
        (other) => Math.abs(other.x - node.x) < box.width && Math.abs(other.y - node.y) < box.height,
      );
      expect(near).toEqual([node]);
    }
  });

  it('has one arrow for each pair of states that an event connects', () => {
    const pairs = new Set(chart.edges.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from}>${to}`));
    expect(new Set(drawing.arrows.map(({ key }) => key))).toEqual(pairs);
    expect(drawing.arrows).toHaveLength(pairs.size);
  });

  it('keeps the arcs inside of the drawing', () => {
    for (const { d } of drawing.arrows) {
      const [, startY = '0', , bendY = '0'] = d.match(/-?[\d.]+/g) ?? [];
      if (!d.includes('C')) continue;
      // A cubic curve reaches three quarters of the way to its two equal control points.
      const reach = Number(startY) + 0.75 * (Number(bendY) - Number(startY));
      expect(reach).toBeGreaterThanOrEqual(0);
      expect(reach).toBeLessThanOrEqual(drawing.height);
    }
  });
});

describe('a path', () => {
  it('is made of moves only', () => {
    expect(stepsOf(['NEW', 'NEW', 'EDITED', 'APPROVED'])).toEqual([
      ['NEW', 'EDITED'],
      ['EDITED', 'APPROVED'],
    ]);
    expect(stepsOf([])).toEqual([]);
  });

  it('is drawn also where the machine has no such step any more', () => {
    const { arrows } = layOut(chartOf('order'), ['NEW', 'QUEUE']);
    expect(arrows.find(({ key }) => key === 'NEW>QUEUE')?.events).toEqual([]);
  });
});
