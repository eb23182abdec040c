import { packLines, type StreamRecord } from '../shared/stream-writer.ts';
import { laneOf } from './lane.ts';
import { type EventRow, personOf } from './row.ts';

/** Rows on their way into the stream: one lane a person, many lines a record. */
export class Lanes {
  private readonly lanes = new Map<string, string[]>();

  add(row: EventRow): void {
    const lane = laneOf(personOf(row));
    const lines = this.lanes.get(lane);
    if (lines === undefined) this.lanes.set(lane, [JSON.stringify(row)]);
    else lines.push(JSON.stringify(row));
  }

  records(): StreamRecord[] {
    return [...this.lanes].flatMap(([lane, lines]) => packLines(lane, lines));
  }
}
