// The local Stripe's control calls: what customers, banks and people at the Dashboard do.

type Json = Record<string, unknown>;

export class Stripe {
  constructor(private readonly base: string) {}

  /** The session id in the address of a pay page. */
  static session(url: string): string {
    const found = url.match(/cs_[A-Za-z0-9_]+/);
    if (!found) throw new Error(`no Checkout Session in ${url}`);
    return found[0];
  }

  /** The customer pays; `card` as the sandbox names them. */
  pay(session: string, card?: string): Promise<Json> {
    return this.act('pay', card ? { session, card } : { session });
  }

  /** The customer's card is declined; the session stays open. */
  decline(session: string): Promise<Json> {
    return this.act('decline', { session });
  }

  /** The bank answers about a delayed payment. */
  settle(session: string, outcome: 'succeeded' | 'failed'): Promise<Json> {
    return this.act('settle_delayed', { session, outcome });
  }

  /** The session's time runs out. */
  expire(session: string): Promise<Json> {
    return this.act('expire', { session });
  }

  /** Changes how events are delivered: delay, order, copies … */
  delivery(settings: Json): Promise<Json> {
    return this.act('delivery', settings);
  }

  /** Releases the events held back. */
  flush(): Promise<Json> {
    return this.act('flush', {});
  }

  /** Waits until every event has arrived. */
  idle(): Promise<Json> {
    return this.act('wait_until_idle', {});
  }

  /** Any other control call. */
  async act(action: string, body: Json): Promise<Json> {
    const answer = await fetch(`${this.base}/_sandbox/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Json;
  }
}
