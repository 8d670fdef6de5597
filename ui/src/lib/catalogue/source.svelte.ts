import type { CatalogueView } from '$lib/api/schema';
import { joined, newsOf, type Change, type News } from './change';
import { keyOf, publishedOf, type Published } from './fields';

const NEWS_MAX = 20;

/** The catalogue as the hub has it, and what others changed of it while it was looked at. */
export class Source {
  #load: () => Promise<CatalogueView>;
  #onload: () => void;
  /** Who looks at it; an answer that was asked for by somebody before is not theirs. */
  #visit = 0;
  #sending = 0;

  published = $state.raw<Published | null>(null);
  news = $state.raw<News[]>([]);

  constructor(load: () => Promise<CatalogueView>, onload: () => void) {
    this.#load = load;
    this.#onload = onload;
  }

  forget(): void {
    this.#visit += 1;
    this.published = null;
    this.news = [];
  }

  /** Reads the catalogue anew; what differs from before becomes news. */
  async refresh(): Promise<void> {
    if (this.#sending === 0) await this.#read(() => true);
  }

  /** Does something that changes the catalogue from here: of what it sends, nothing is news. */
  async quietly<T>(task: () => Promise<T>, sent?: Change[]): Promise<T> {
    const own = sent?.map(({ kind, id }) => keyOf(kind, id));
    this.#sending += 1;
    try {
      return await task();
    } finally {
      this.#sending -= 1;
      await this.#read(({ kind, id }) => own !== undefined && !own.includes(keyOf(kind, id)));
    }
  }

  async #read(isNews: (one: News) => boolean): Promise<void> {
    const visit = this.#visit;
    const fresh = publishedOf(await this.#load());
    if (visit !== this.#visit) return;
    const news = this.published ? newsOf(this.published, fresh).filter(isNews) : [];
    this.news = joined(news, this.news).slice(0, NEWS_MAX);
    this.published = fresh;
    this.#onload();
  }
}
