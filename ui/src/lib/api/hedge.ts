/** An answer that takes less is never late. */
const HASTE_MS = 40;
/** One that takes so many times as long as answers usually do may not come at all. */
const UNUSUAL = 3;
/** The last one is waited for. */
const ASKS_MAX = 3;
/** How much one answer says about what is usual. */
const WEIGHT = 1 / 8;

/**
 * Asks once more where an answer is late, and once more after that. A packet that radio loses is sent again after 200 ms at the
 * soonest; another that goes out meanwhile arrives, and shows both sides that the first is missing. For what is done once
 * however often it comes.
 */
export class Hedge {
  #usual_ms = 0;

  /** The first answer; what the last one failed of when all did. */
  first(ask: () => Promise<Response>): Promise<Response> {
    const patience_ms = Math.max(HASTE_MS, UNUSUAL * this.#usual_ms);
    return new Promise((resolve, reject) => {
      let asks = 0;
      let waiting = 0;
      let isAnswered = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const failed = (problem: unknown) => {
        waiting -= 1;
        if (waiting > 0 || isAnswered) return;
        clearTimeout(timer);
        reject(problem);
      };
      const send = () => {
        asks += 1;
        waiting += 1;
        const askedAt = performance.now();
        const answered = (response: Response) => {
          // What was lost, and came after all, says nothing about how long answers take.
          if (isAnswered) return;
          isAnswered = true;
          clearTimeout(timer);
          this.#usual_ms += (performance.now() - askedAt - this.#usual_ms) * WEIGHT;
          resolve(response);
        };
        ask().then(answered, failed);
        timer = asks < ASKS_MAX ? setTimeout(send, patience_ms) : undefined;
      };
      send();
    });
  }
}
