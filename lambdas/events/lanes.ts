import { packRows, type StreamRecord } from '../shared/stream-writer.ts';
import { laneOf } from './lane.ts';
import { type EventRow, personOf } from './row.ts';

/** Rows on their way into the stream: one lane a person, many lines a record. */
export class Lanes {
  private readonly lanes = new Map<string, EventRow[]>();
  /** What a person's lane has so far: most of a batch is by few people. */
  private readonly people = new Map<string, EventRow[]>();

  add(row: EventRow): void {
    const person = personOf(row);
    const rows = this.people.get(person) ?? this.laneOfNew(person);
    rows.push(row);
  }

  private laneOfNew(person: string): EventRow[] {
    const lane = laneOf(person);
    const rows = this.lanes.get(lane) ?? [];
    this.lanes.set(lane, rows);
    this.people.set(person, rows);
    return rows;
  }

  records(): StreamRecord[] {
    return [...this.lanes].flatMap(([lane, rows]) => packRows(lane, rows));
  }
}
