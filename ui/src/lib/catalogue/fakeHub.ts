import type { Problem } from '$lib/api/problem';
import type { CatalogueView } from '$lib/api/schema';
import type { Change, Finding } from './change';
import { Draft } from './draft.svelte';
import type { Item, Venue } from './entities';

export const item = (id: string, fields: Partial<Item> = {}): Item => ({
  id,
  name: id,
  names: {},
  description: '',
  category: 'drinks',
  price: 700,
  price_schedules: [],
  tax: 'vat',
  station: null,
  course: 1,
  prep_secs: 60,
  allergens: [],
  modifier_groups: [],
  sort: 0,
  favourite: false,
  open: false,
  archived: false,
  ...fields,
});

export const finding = (id: string, field: string, code: string): Finding => ({
  severity: 'error',
  code,
  kind: 'item',
  id,
  name: id,
  field,
  other_kind: null,
  other_id: null,
  other_name: null,
  index: 0,
  detail: '',
});

export const catalogue = (...items: Item[]): CatalogueView => ({
  venue: { name: 'Aurora' } as Venue,
  taxes: [],
  categories: [],
  modifier_groups: [],
  stations: [],
  items,
  areas: [],
  tables: [],
  decor: [],
  sections: [],
  printers: [],
  devices: [],
  staff: [],
});

export class FakeShelf {
  held: Record<string, string> = {};
  getItem = (name: string) => this.held[name] ?? null;
  setItem = (name: string, text: string) => void (this.held[name] = text);
  removeItem = (name: string) => void delete this.held[name];
}

export const settled = () => new Promise((done) => setTimeout(done, 1));

/** A hub of one menu, and drafts that talk to it. */
export class FakeHub {
  view = catalogue(item('spritz'), item('negroni'));
  shelf = new FakeShelf();
  now = 0;
  waiting: (() => void)[] = [];
  sent: Change[][] = [];
  findings: Finding[] = [];
  /** What is wrong with the menu as it is published. */
  already: Finding[] = [];
  refusal: Problem | null = null;

  draft(): Draft {
    return new Draft({
      load: async () => this.view,
      check: async (changes) => (changes.length ? this.findings : this.already),
      publish: async (changes) => this.#take(changes),
      shelf: this.shelf,
      now: () => this.now,
      later: (_ms, task) => {
        this.waiting.push(task);
        return () => (this.waiting = this.waiting.filter((one) => one !== task));
      },
    });
  }

  #take(changes: Change[]): void {
    if (this.refusal) throw this.refusal;
    this.sent.push(changes);
    for (const { id, entity } of changes) {
      const before = this.view.items.find((one) => one.id === id);
      const after = (entity ?? { ...before, archived: true }) as unknown as Item;
      this.view = catalogue(...this.view.items.filter((one) => one.id !== id), after);
    }
  }
}
