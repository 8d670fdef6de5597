/** The hub's answer "no", as RFC 9457 states it. Final: asking again with the same key gets the same answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string,
    readonly extras: Record<string, unknown>,
  ) {
    super(detail || title);
    this.name = 'Problem';
  }

  /** Not a refusal: whether it happened, or will, is found out by asking again with the same key. */
  get isPassing(): boolean {
    return this.status === 503 || this.code === 'busy';
  }

  /** The dish that it is about, where it is about one. */
  get item(): string | undefined {
    const { item } = this.extras;
    return typeof item === 'string' ? item : undefined;
  }

  /** A number the hub sent beside the problem, such as `retry_after_secs`. */
  number(name: string): number | undefined {
    const value = this.extras[name];
    return typeof value === 'number' ? value : undefined;
  }
}

/** Somebody was asked to let it happen, and did not: nothing was sent. */
export class NotApproved extends Error {
  constructor() {
    super('nobody approved it');
    this.name = 'NotApproved';
  }
}

/** No answer came: the command may or may not have happened, so it is asked again with the same key. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the hub did not answer', { cause });
    this.name = 'Unreachable';
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '');
  return new Problem(
    response.status,
    text('title') || response.statusText || `HTTP ${response.status}`,
    text('detail'),
    text('code'),
    body,
  );
}
