/** Puts JSON messages on one queue. A message that could not be queued throws: nothing is dropped in silence. */
export interface QueueSender<Body> {
  send(body: Body, options?: { delaySeconds?: number }): Promise<void>;
  /** All at once, in as few calls as the queue allows; `groupId` keeps one tenant from starving the others (fair queues). */
  sendAll(bodies: readonly Body[], options?: { groupId?: string }): Promise<void>;
}
