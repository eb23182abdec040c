import { packRows, type StreamRecord } from '../shared/stream-writer.ts';
import { laneOf } from './lane.ts';
import { type EventRow, personOf } from './row.ts';

/** Rows on their way into the stream: one lane a person, many lines a record. */
export class Lanes {
  private readonly lanes = new Map<string, EventRow[]>();

  add(row: EventRow): void {
    const lane = laneOf(personOf(row));
    const rows = this.lanes.get(lane);
    if (rows === undefined) this.lanes.set(lane, [row]);
    else rows.push(row);
  }

  records(): StreamRecord[] {
    return [...this.lanes].flatMap(([lane, rows]) => packRows(lane, rows));
  }
}
