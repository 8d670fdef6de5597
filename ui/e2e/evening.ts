import type { components } from '../src/lib/api/generated';
import type { Hub } from './hub';

type Schemas = components['schemas'];
type NewLine = Schemas['NewLine'];

const PRINTERS_MS_MAX = 10_000;

/** A lively evening, played through the API: every kind of table, ticket, note and trouble is there at once. */
export class Evening {
  /** A table of four with everything: courses held and started, an allergy, a void. */
  full = '';
  /** A check in three shares, one of them paid. */
  shared = '';
  /** A check with nothing on it. */
  quiet = '';
  allergyLine = '';

  #items = new Map<string, Schemas['ItemView']>();
  #tables = new Map<string, string>();
  #tickets = new Map<string, string>();

  private constructor(private readonly hub: Hub) {}

  static async play(hub: Hub): Promise<Evening> {
    const evening = new Evening(hub);
    await evening.#learn();
    await evening.#run();
    return evening;
  }

  /** The same in a venue that has traded before: a day is closed, and a lunch is paid. */
  static async afterLunch(hub: Hub): Promise<Evening> {
    const evening = new Evening(hub);
    await evening.#learn();
    await evening.#lunch();
    const counted = [{ denomination_minor: 2000, count: 6 }];
    await evening.#do('/day/close', { counted });
    await evening.#lunch();
    await evening.#run();
    return evening;
  }

  async #run() {
    await this.#fullTable();
    await this.#rushedTable();
    await this.#sharedCheck();
    await this.#trouble();
    this.quiet = await this.#seat('S8', 2);
    for (const station of ['pizza', 'grill', 'bar'])
      this.#tickets.set(station, (await this.#openTickets(station))[0]!.id);
  }

  ticketOf(station: string): string {
    return `ticket-${this.#tickets.get(station)}`;
  }

  async orderPizza(table: string): Promise<{ check: string; line: string }> {
    const check = await this.#seat(table, 2);
    const [line] = await this.#add(check, [this.#line('Diavola', 1)]);
    await this.#fire(check);
    return { check, line: line! };
  }

  /** Orders and fires one pizza; when the hub was asked to fire it, and when it answered. */
  async fireAt(table: string): Promise<{ line: string; firedAt: number; answeredAt: number }> {
    const check = await this.#seat(table, 2);
    const [line] = await this.#add(check, [this.#line('Diavola', 1)]);
    const firedAt = Date.now();
    await this.#fire(check);
    return { line: line!, firedAt, answeredAt: Date.now() };
  }

  /** Fills a station with so many tickets; one line of each. */
  async crowd(station: string, count: number): Promise<{ ticket: string; line: string }[]> {
    for (let order = 0; order < count; order += 1) await this.orderPizza('S11');
    const tickets = await this.#openTickets(station);
    return tickets.slice(-count).map(({ id, lines }) => ({ ticket: id, line: lines[0]!.id }));
  }

  async #learn() {
    const menu = await this.hub.get<Schemas['MenuView']>('/menu');
    this.#items = new Map(menu.items.map((item) => [item.name, item]));
    const floor = await this.hub.get<Schemas['FloorView']>('/floor');
    for (const { tables } of floor.areas)
      for (const { name, id } of tables) this.#tables.set(name, id);
  }

  async #lunch() {
    await this.#sell('S2', 'cash', 'Margherita', 'Diavola', 'Negroni');
    await this.#sell('S3', 'card', 'Tagliata di manzo', 'Prosecco DOC', 'Tiramisù');
    await this.#sell('S4', 'card', 'Lasagna al forno', 'Bruschetta al pomodoro');
    await this.#sell('S5', 'voucher', 'Aurora', 'Capricciosa', 'Tiramisù');
  }

  /** A party that orders, pays and leaves. */
  async #sell(table: string, kind: 'cash' | 'card' | 'voucher', ...names: string[]) {
    const check = await this.#seat(table, 2);
    await this.#add(
      check,
      names.map((name) => this.#line(name, null)),
    );
    const { total_minor } = await this.hub.get<Schemas['CheckView']>(`/checks/${check}`);
    await this.#do(`/checks/${check}/tenders`, {
      kind,
      amount_minor: total_minor,
      tip_minor: kind === 'card' ? 200 : 0,
      share_id: null,
    });
    await this.#do(`/checks/${check}/close`, {});
    await this.#do(`/tables/${this.#tables.get(table)}/state`, { state: 'free' });
  }

  async #fullTable() {
    this.full = await this.#seat('S7', 4);
    const lines = await this.#add(this.full, [
      this.#line('Negroni', 2),
      this.#line('Bruschetta al pomodoro', 1),
      { ...this.#line('Margherita', 1), note: 'ALLERGY gluten, nuts; well done' },
      { ...this.#line('Diavola', 2), note: 'cut in eight' },
      this.#line('Tagliata di manzo', 3),
      this.#line('Tiramisù', 4),
    ]);
    this.allergyLine = lines[2]!;
    await this.#do(`/checks/${this.full}/hold`, { course: 4 });
    await this.#fire(this.full);
    const reason = 'Guest changed their mind';
    await this.#do(`/checks/${this.full}/lines/${lines[3]!}/void`, { quantity: 1, reason });
    const [grill] = await this.#openTickets('grill');
    const line = grill!.lines[0]!.id;
    await this.#do(`/kitchen/tickets/${grill!.id}/lines/${line}/progress`, { progress: 'started' });
  }

  async #rushedTable() {
    const check = await this.#seat('S10', 6);
    await this.#add(check, [this.#line('Capricciosa', 1), this.#line('Prosecco DOC', null)]);
    await this.#fire(check);
    await this.#do(`/checks/${check}/rush`, { on: true });
    for (const ticket of await this.#openTickets('pizza'))
      if (ticket.check_id === check) await this.#do(`/kitchen/tickets/${ticket.id}/bump`, {});
  }

  async #sharedCheck() {
    this.shared = await this.#seat('S12', 3);
    await this.#add(this.shared, [this.#line('Aurora', 1), this.#line('Lasagna al forno', 2)]);
    await this.#fire(this.shared);
    await this.#do(`/checks/${this.shared}/discounts`, { basis_points: 1000, reason: 'Group' });
    await this.#do(`/checks/${this.shared}/split`, { by: 'even', parts: 3 });
    const { shares } = await this.hub.get<Schemas['CheckView']>(`/checks/${this.shared}`);
    const { id: share_id, amount_minor } = shares[0]!;
    await this.#do(`/checks/${this.shared}/tenders`, {
      kind: 'card',
      amount_minor,
      tip_minor: 100,
      share_id,
    });
    await this.#seat('S12', 1);
  }

  async #trouble() {
    await this.#do('/day/drawer', { kind: 'float', amount_minor: 20_000, reason: '' });
    await this.#do(`/tables/${this.#tables.get('S1')}/state`, { state: 'dirty' });
    await this.#do(`/tables/${this.#tables.get('S9')}/state`, { state: 'blocked' });
    const off = this.#items.get('Caprese')!.id;
    await this.#do(`/menu/items/${off}/availability`, { available: false });
    const few = this.#items.get('Calzone')!.id;
    await this.#do(`/menu/items/${few}/availability`, { available: true, remaining: 1 });
    const { id } = await this.#printer('Kitchen');
    await this.#do(`/demo/printers/${id}/fault`, { fault: 'paper_out' });
  }

  async #printer(name: string): Promise<Schemas['DemoPrinter']> {
    const deadline = Date.now() + PRINTERS_MS_MAX;
    while (Date.now() < deadline) {
      const printers = await this.hub.get<Schemas['DemoPrinter'][]>('/demo/printers');
      const printer = printers.find((one) => one.name === name);
      if (printer) return printer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no printer ${name}: another hub has its port`);
  }

  #line(name: string, seat: number | null): NewLine {
    const item = this.#items.get(name);
    if (!item) throw new Error(`no ${name} on the menu`);
    const modifiers = item.modifier_groups.flatMap((group) =>
      group.modifiers.slice(0, group.min).map((modifier) => modifier.id),
    );
    return { item_id: item.id, quantity: 1, seat, modifiers };
  }

  #seat(table: string, covers: number): Promise<string> {
    return this.seatAt(this.#tables.get(table)!, covers);
  }

  /** Seats a party at a table that this evening does not know by name. */
  async seatAt(table_id: string, covers: number): Promise<string> {
    return (await this.hub.post<Schemas['CheckView']>('/checks', { table_id, covers })).id;
  }

  async #add(check: string, lines: NewLine[]): Promise<string[]> {
    const path = `/checks/${check}/lines`;
    const added = await this.hub.post<Schemas['LinesAdded']>(path, { lines });
    return added.lines.map((line) => line.id);
  }

  #fire(check: string) {
    return this.#do(`/checks/${check}/fire`, { course: null });
  }

  #openTickets(station: string) {
    return this.hub.get<Schemas['TicketView'][]>(`/kitchen/tickets?station=${station}`);
  }

  #do(path: string, body: unknown) {
    return this.hub.post<unknown>(path, body);
  }
}
