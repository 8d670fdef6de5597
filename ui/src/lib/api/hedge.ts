/** An answer that takes less is never late. */
const HASTE_MS = 40;
/** One that takes so many times as long as answers usually do may not come at all. */
const UNUSUAL = 4;
/** How much one answer says about what is usual. */
const WEIGHT = 1 / 8;

/**
 * Asks once more where an answer is late. A packet that radio loses is sent again after 200 ms at the soonest; another that
 * goes out meanwhile arrives, and shows both sides that the first is missing. For what is done once however often it comes.
 */
export class Hedge {
  #usual_ms = 0;

  /** The first answer; what the last one failed of when all did. */
  first(ask: () => Promise<Response>): Promise<Response> {
    const askedAt = performance.now();
    return new Promise((resolve, reject) => {
      let waiting = 0;
      const answered = (response: Response) => {
        clearTimeout(timer);
        this.#usual_ms += (performance.now() - askedAt - this.#usual_ms) * WEIGHT;
        resolve(response);
      };
      const failed = (problem: unknown) => {
        waiting -= 1;
        if (waiting > 0) return;
        clearTimeout(timer);
        reject(problem);
      };
      const send = () => {
        waiting += 1;
        ask().then(answered, failed);
      };
      const timer = setTimeout(send, Math.max(HASTE_MS, UNUSUAL * this.#usual_ms));
      send();
    });
  }
}
